// SPDX-License-Identifier: MIT
#include "core/cli/pool_tool.hpp"

#include <Poco/URI.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/cli/app.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kPoolType = "pool";

std::string Escaped(const std::string& text) {
  std::string out;
  Poco::URI::encode(text, "/?#&=+%:;,@", out);
  return out;
}

std::string Path(std::initializer_list<std::string> segments) {
  std::string path;
  for (const auto& segment : segments) path += "/" + Escaped(segment);
  return path;
}

void AddParameter(std::string& query, const char* name, const std::string& value) {
  if (!value.empty()) query += (query.empty() ? "" : "&") + std::string(name) + "=" + Escaped(value);
}

EndpointRequest Change(std::string method, std::string path, const Json& body = {}) {
  return {.method = std::move(method), .path = std::move(path), .query = {}, .body = body.is_null() ? "" : body.dump()};
}

/// One line, so that `printf '%s' "$KEY" |` and a typed line do the same.
std::string ReadSecret(std::istream& in) {
  std::string line;
  std::getline(in, line);
  return line;
}

/// What the endpoint says is wrong.
std::string ErrorOf(const EndpointAnswer& answer) {
  const auto body = Json::parse(answer.body, nullptr, false);
  const auto message = "/error/message"_json_pointer;
  if (body.is_object() && body.contains(message) && body.at(message).is_string()) return body.at(message);
  return "status " + std::to_string(answer.status);
}

/// The first page, with the items of all others behind its own.
sdk::Result<EndpointAnswer> ReadPages(const std::function<sdk::Result<EndpointAnswer>(const EndpointRequest&)>& ask,
                                      EndpointRequest request, const char* items) {
  const auto filter = request.query;
  Json all;
  for (;;) {
    auto answer = ask(request);
    if (!answer || answer->status >= 300) return answer;
    auto page = Json::parse(answer->body, nullptr, false);
    if (!page.is_object() || !page.contains(items)) {
      return sdk::Error{.code = sdk::Errc::kInternal, .message = "the component answered no list"};
    }
    if (all.is_null()) all = Json{{items, Json::array()}};
    for (auto& item : page.at(items)) all.at(items).push_back(std::move(item));
    if (!page.contains("next") || !page.at("next").is_string()) break;
    request.query = filter;
    AddParameter(request.query, "cursor", page.at("next").get<std::string>());
  }
  return EndpointAnswer{.status = 200, .body = all.dump()};
}

}  // namespace

void PoolCommands::AddTo(CLI::App& app) {
  AddUsers(app);
  AddKeys(app);
  AddDevices(app);
  AddUsage(app);
}

CLI::App* PoolCommands::Add(CLI::App* group, const char* name, const char* summary, std::vector<const char*> about,
                            MakeRequest request, const char* pages) {
  auto* const command = name == nullptr ? group : group->add_subcommand(name, summary);
  for (const std::string_view what : about) {
    if (what == "USER") command->add_option("USER", user_, "id of the user")->required();
    if (what == "KEY") command->add_option("KEY", key_, "id of the key")->required();
    if (what == "DEVICE") command->add_option("DEVICE", device_, "id of the device")->required();
    if (what == "STORE") command->add_option("STORE", store_, "type of the store: torbox")->required();
  }
  AddConfigFlags(command, flags_);
  command->add_option("--component", component_, "the pool, where the configuration has several");
  commands_.push_back({command, std::move(request), pages});
  return command;
}

void PoolCommands::AddUsers(CLI::App& app) {
  auto* const users = app.add_subcommand("users", "Who may have keys of the pool");
  users->require_subcommand(1);
  const auto edit = [this](Json change) { return Change("PATCH", Path({"users", user_}), change); };
  auto* const list = Add(
      users, "list", "Show them", {},
      [this](std::istream&) {
        EndpointRequest request{.path = "/users"};
        AddParameter(request.query, "search", search_);
        return request;
      },
      "users");
  list->add_option("--search", search_, "a part of the name or id");
  auto* const create =
      Add(users, "create", "Add one; prints their id, and the link to their own page", {}, [this](std::istream&) {
        Json body{{"name", name_}};
        if (!user_.empty()) body["id"] = user_;
        if (device_limit_ != 0) body["device_limit"] = device_limit_;
        return Change("POST", "/users", body);
      });
  create->add_option("NAME", name_, "how you call them")->required();
  create->add_option("--id", user_, "a UUID; default: a new one");
  create->add_option("--device-limit", device_limit_, "devices at most; default: the pool's");
  Add(users, "show", "Show one", {"USER"}, [this](std::istream&) {
    return EndpointRequest{.path = Path({"users", user_})};
  });
  Add(users, "disable", "Refuse one from now on, and cut what they are being sent", {"USER"}, [edit](std::istream&) {
    return edit({{"disabled", true}});
  });
  Add(users, "enable", "Let one in again", {"USER"}, [edit](std::istream&) { return edit({{"disabled", false}}); });
  auto* const limit = Add(users, "limit", "Set how many devices one may have", {"USER"}, [this, edit](std::istream&) {
    return edit({{"device_limit", device_limit_}});
  });
  limit->add_option("DEVICES", device_limit_, "devices at most")->required();
  Add(users, "link", "Give one a new link to their own page; the one before ends", {"USER"}, [this](std::istream&) {
    return Change("POST", Path({"users", user_, "link"}));
  });
  Add(users, "assign", "Give one a certain key of a store", {"USER", "STORE", "KEY"}, [this](std::istream&) {
    return Change("PUT", Path({"users", user_, "keys", store_}), {{"key", key_}});
  });
  Add(users, "unassign", "Let the pool choose one's key of a store again", {"USER", "STORE"}, [this](std::istream&) {
    return Change("DELETE", Path({"users", user_, "keys", store_}));
  });
  Add(users, "delete", "Forget one, their devices too", {"USER"}, [this](std::istream&) {
    return Change("DELETE", Path({"users", user_}));
  });
}

void PoolCommands::AddKeys(CLI::App& app) {
  auto* const keys = app.add_subcommand("keys", "The pool's keys of stores");
  keys->require_subcommand(1);
  const auto edit = [this](Json change) { return Change("PATCH", Path({"keys", key_}), change); };
  Add(
      keys, "list", "Show them, without their secrets", {},
      [](std::istream&) { return EndpointRequest{.path = "/keys"}; }, "keys");
  auto* const add =
      Add(keys, "add", "Add one; its secret is one line of standard input", {"STORE"}, [this](std::istream& in) {
        return Change("POST", "/keys", {{"store", store_}, {"label", label_}, {"secret", ReadSecret(in)}});
      });
  add->add_option("LABEL", label_, "how you call it")->required();
  Add(keys, "disable", "Lend it to nobody; its users get others", {"KEY"}, [edit](std::istream&) {
    return edit({{"disabled", true}});
  });
  Add(keys, "enable", "Lend it again", {"KEY"}, [edit](std::istream&) { return edit({{"disabled", false}}); });
  Add(keys, "check", "Ask its store whether it is good", {"KEY"}, [this](std::istream&) {
    return Change("POST", Path({"keys", key_, "check"}));
  });
  Add(keys, "delete", "Forget it; its users get others", {"KEY"}, [this](std::istream&) {
    return Change("DELETE", Path({"keys", key_}));
  });
}

void PoolCommands::AddDevices(CLI::App& app) {
  auto* const devices = app.add_subcommand("devices", "What users play on");
  devices->require_subcommand(1);
  Add(
      devices, "list", "Show one user's", {"USER"},
      [this](std::istream&) {
        return EndpointRequest{.path = Path({"users", user_, "devices"})};
      },
      "devices");
  Add(devices, "drop", "Forget one, so that another has its place", {"USER", "DEVICE"}, [this](std::istream&) {
    return Change("DELETE", Path({"users", user_, "devices", device_}));
  });
}

void PoolCommands::AddUsage(CLI::App& app) {
  auto* const usage = app.add_subcommand("usage", "What users were served");
  Add(usage, nullptr, "", {}, [this](std::istream&) {
    EndpointRequest request{.path = "/usage"};
    AddParameter(request.query, "user", user_);
    AddParameter(request.query, "key", key_);
    AddParameter(request.query, "from", from_);
    AddParameter(request.query, "to", to_);
    AddParameter(request.query, "format", format_);
    return request;
  });
  usage->add_option("--user", user_, "of one user");
  usage->add_option("--key", key_, "of one key");
  usage->add_option("--from", from_, "from this time on, Unix seconds");
  usage->add_option("--to", to_, "before this time, Unix seconds");
  usage->add_option("--format", format_, "json or csv")->check(CLI::IsMember({"json", "csv"}));
}

bool PoolCommands::parsed() const {
  for (const auto& command : commands_) {
    if (command.app->parsed()) return true;
  }
  return false;
}

int PoolCommands::Run(std::istream& in, std::ostream& out, std::ostream& errors) {
  const auto fail = [&](const std::string& why, int code) {
    errors << "sluice: " << telemetry::Redact(why) << '\n';
    return code;
  };
  const auto app = PreparedApp(flags_, errors);
  if (app == nullptr) return kExitUsage;
  const auto snapshot = app->snapshot();
  const auto pool = FindEndpoint(*snapshot, kPoolType, component_);
  if (!pool) return fail(pool.error().message, kExitUsage);
  const auto ask = [&](const EndpointRequest& request) { return CallEndpoint(*snapshot, *pool, request); };
  for (const auto& command : commands_) {
    if (!command.app->parsed()) continue;
    const auto request = command.request(in);
    const auto answer = command.pages == nullptr ? ask(request) : ReadPages(ask, request, command.pages);
    if (!answer) return fail(answer.error().message, kExitFailed);
    if (answer->status >= 300) return fail(ErrorOf(*answer), kExitFailed);
    const auto body = Json::parse(answer->body, nullptr, false);
    if (body.is_discarded()) {
      out << answer->body;
    } else if (!body.is_null()) {
      out << body.dump(2) << '\n';
    }
    return kExitOk;
  }
  return kExitUsage;
}

}  // namespace sluice::cli

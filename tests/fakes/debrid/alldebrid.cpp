// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/alldebrid.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "tests/fakes/debrid/strict.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"

namespace sluice::fakes::debrid {

using Json = nlohmann::json;
using namespace std::chrono_literals;

namespace {

struct AdOperation {
  std::string_view path, name, method;
  std::set<std::string> fields;
};
const std::array kAdOperations{
    AdOperation{"/v4/user", "user", "GET", {}},
    AdOperation{"/v4/magnet/upload", "magnet/upload", "POST", {"magnets[]"}},
    AdOperation{"/v4/magnet/upload/file", "magnet/upload/file", "POST", {"files[0]"}},
    AdOperation{"/v4.1/magnet/status", "magnet/status", "GET", {"id", "session", "counter"}},
    AdOperation{"/v4/magnet/files", "magnet/files", "GET", {"id[]"}},
    AdOperation{"/v4/magnet/delete", "magnet/delete", "GET", {"id"}},
    AdOperation{"/v4/link/unlock", "link/unlock", "GET", {"link", "password", "userip"}},
    AdOperation{"/v4/link/streaming", "link/streaming", "POST", {"id", "stream"}},
    AdOperation{"/v4/link/delayed", "link/delayed", "GET", {"id"}},
    AdOperation{"/v4/user/links", "user/links", "GET", {}},
    AdOperation{"/v4/user/links/save", "user/links/save", "POST", {"links[]"}},
    AdOperation{"/v4/user/links/delete", "user/links/delete", "POST", {"links[]"}},
    AdOperation{"/v4/user/history", "user/history", "GET", {}},
};

/// The fields of a form, or the parts of a multipart body.
std::optional<Params> FieldsOf(const Request& request) {
  if (auto form = ReadFormBody(request)) return form;
  const auto parts = ReadMultipart(request);
  if (!parts) return std::nullopt;
  Params fields;
  for (const auto& part : *parts) fields.emplace_back(part.name, part.octets);
  return fields;
}

}  // namespace

Response FakeAllDebrid::Success(const Json& data) { return JsonReply(200, {{"status", "success"}, {"data", data}}); }

Json FakeAllDebrid::ErrorJson(const std::string& code) { return {{"code", code}, {"message", "In words: " + code}}; }

Response FakeAllDebrid::Failure(const std::string& code, int status) {
  return JsonReply(status, {{"status", "error"}, {"error", ErrorJson(code)}});
}

std::string FakeAllDebrid::EndpointOf(const Request& request) const {
  const auto* const found = std::find_if(kAdOperations.begin(), kAdOperations.end(),
                                         [&](const auto& one) { return one.path == request.path; });
  return found == kAdOperations.end() ? "" : std::string(found->name);
}

Response FakeAllDebrid::Answer(const Request& request, const std::string& endpoint) {
  if (endpoint.empty()) {
    world().Violate("no such endpoint: " + request.method + " " + request.path);
    return Failure("404", 404);
  }
  if (Find(request.query, "agent").value_or("").empty()) world().Violate(endpoint + ": want agent");
  Caller caller{.request = request, .endpoint = endpoint, .fields = request.query, .account = {}};
  std::erase_if(caller.fields, [](const auto& pair) { return pair.first == "agent"; });
  const auto key = BearerOf(request);
  if (key.empty()) return Failure("AUTH_MISSING_APIKEY", 401);
  const auto account = world().FindAccount(key);
  if (!account) return Failure("AUTH_BAD_APIKEY", 401);
  caller.account = *account;
  if (!world().Count(key + " second", 12, 1s) || !world().Count(key + " minute", 600, 60s))
    return *TooManyRequests({}, "1").answer;
  const auto& operation =
      *std::find_if(kAdOperations.begin(), kAdOperations.end(), [&](const auto& one) { return one.name == endpoint; });
  if (request.method != operation.method) return Odd(caller, "method");
  if (operation.method == "POST") {
    const auto fields = FieldsOf(request);
    if (!caller.fields.empty() || !fields) return Odd(caller, "want a form");
    caller.fields = *fields;
  }
  if (!OnlyKnows(caller.fields, operation.fields)) return Odd(caller, "an unknown parameter");
  return Dispatch(caller);
}

Response FakeAllDebrid::Dispatch(const Caller& caller) {
  const auto& name = caller.endpoint;
  if (name == "user") return User(caller);
  if (name == "magnet/upload") return Upload(caller);
  if (name == "magnet/upload/file") return UploadFile(caller);
  if (name == "magnet/status") return Status(caller);
  if (name == "magnet/files") return Files(caller);
  if (name == "magnet/delete") return Delete(caller);
  if (name == "link/unlock") return Unlock(caller);
  if (name == "link/streaming") return Streaming(caller);
  if (name == "link/delayed") return DelayedLink(caller);
  return Saved(caller);
}

Response FakeAllDebrid::Odd(const Caller& caller, const std::string& what) {
  world().Violate(caller.request.method + " " + caller.endpoint + ": " + what);
  return Failure("GENERIC", 400);
}

Response FakeAllDebrid::User(const Caller& caller) const {
  const auto& account = caller.account;
  const auto until = std::chrono::duration_cast<std::chrono::seconds>(account.expires_at.time_since_epoch()).count();
  return Success({{"user",
                   {{"username", "viewer" + std::to_string(account.id)},
                    {"email", account.email},
                    {"isPremium", account.plan >= 1},
                    {"isSubscribed", account.plan >= 2},
                    {"isTrial", account.plan == 1},
                    {"premiumUntil", until},
                    {"lang", "en"},
                    {"preferedDomain", "fr"},
                    {"fidelityPoints", 100}}}});
}

Response FakeAllDebrid::Upload(const Caller& caller) {
  if (caller.fields.empty()) return Failure("MAGNET_NO_URI");
  if (refuses_servers_) return Failure("MAGNET_NO_SERVER");
  if (caller.account.plan == 0) return Failure("MAGNET_MUST_BE_PREMIUM");
  Json magnets = Json::array();
  for (const auto& [name, magnet] : caller.fields) {
    auto item = UploadOne(caller, "MAGNET_INVALID_URI", HashOf(Kind::kTorrent, magnet, {}));
    item["magnet"] = magnet;
    magnets.push_back(std::move(item));
  }
  return Success({{"magnets", magnets}});
}

Response FakeAllDebrid::UploadFile(const Caller& caller) {
  if (caller.fields.size() != 1) return Odd(caller, "want one file");
  if (caller.account.plan == 0) return Failure("MAGNET_MUST_BE_PREMIUM");
  auto item = UploadOne(caller, "MAGNET_INVALID_FILE", HashOf(Kind::kTorrent, {}, caller.fields.front().second));
  item["file"] = "upload.torrent";
  return Success({{"files", Json::array({item})}});
}

Json FakeAllDebrid::UploadOne(const Caller& caller, const std::string& error, const std::string& hash) {
  if (hash.empty()) return {{"error", ErrorJson(error)}};
  auto content = world().FindContent(Kind::kTorrent, hash).value_or(Content{.hash = hash, .name = {}, .cached = false});
  if (content.timeline.empty()) {
    content.timeline = {{.after = 0s, .state = content.cached ? "4" : "0"}};
    if (!content.cached && !content.files.empty()) {
      content.timeline.push_back({.after = 60s, .state = "1", .progress = 0.5});
      content.timeline.push_back({.after = 120s, .state = "4", .progress = 1});
    }
  }
  const auto held = world().Hold(caller.account.key, content);
  return {{"hash", hash},
          {"name", content.name.empty() ? "noname" : content.name},
          {"filename_original", ""},
          {"size", SizeOf(content)},
          {"ready", StepAt(held, world().Now()).state == "4"},
          {"id", held.id}};
}

std::optional<Held> FakeAllDebrid::HeldOf(const Caller& caller, const std::optional<std::string>& id) {
  const auto number = ReadNumber(id);
  for (const auto& held : world().HeldBy(caller.account.key, Kind::kTorrent))
    if (number && held.id == *number) return held;
  return std::nullopt;
}

Response FakeAllDebrid::Status(const Caller& caller) {
  if (const auto id = Find(caller.fields, "id")) {
    const auto held = HeldOf(caller, id);
    return held ? Success({{"magnets", JsonOf(*held)}}) : Failure("MAGNET_INVALID_ID");
  }
  Json magnets = lists_by_key_ ? Json::object() : Json::array();
  for (const auto& held : world().HeldBy(caller.account.key, Kind::kTorrent)) {
    if (lists_by_key_) {
      magnets[std::to_string(held.id)] = JsonOf(held);
    } else {
      magnets.push_back(JsonOf(held));
    }
  }
  return Success({{"magnets", magnets}});
}

Response FakeAllDebrid::Files(const Caller& caller) {
  Json magnets = Json::array();
  for (const auto& [name, id] : caller.fields) {
    const auto held = HeldOf(caller, id);
    const bool is_ready = held && StepAt(*held, world().Now()).state == "4";
    magnets.push_back(is_ready ? Json{{"id", id}, {"files", TreeOf(held->content, std::string(kLinkPrefix) + id + "X")}}
                               : Json{{"id", id}, {"error", ErrorJson("MAGNET_INVALID_ID")}});
  }
  return Success({{"magnets", magnets}});
}

Response FakeAllDebrid::Delete(const Caller& caller) {
  const auto held = HeldOf(caller, Find(caller.fields, "id"));
  if (!held || !world().LetGo(caller.account.key, Kind::kTorrent, held->id)) return Failure("MAGNET_INVALID_ID");
  return Success({{"message", "Magnet was successfully deleted"}});
}

Json FakeAllDebrid::JsonOf(const Held& held) {
  const auto step = StepAt(held, world().Now());
  const auto added = std::chrono::duration_cast<std::chrono::seconds>(held.added_at.time_since_epoch()).count();
  const bool is_ready = step.state == "4";
  Json out{{"id", held.id},
           {"filename", held.content.name.empty() ? "noname" : held.content.name},
           {"size", SizeOf(held.content)},
           {"hash", held.content.hash},
           {"type", "m"},
           {"version", 2},
           {"status", "In words: " + step.state},
           {"statusCode", std::stoi(step.state)},
           {"uploadDate", added},
           {"completionDate", is_ready ? added : 0}};
  if (is_ready && !hides_files_)
    out["files"] = TreeOf(held.content, std::string(kLinkPrefix) + std::to_string(held.id) + "X");
  return out;
}

}  // namespace sluice::fakes::debrid

// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/torbox.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <sluice/sdk/text.hpp>
#include <utility>
#include <vector>

#include "tests/fakes/debrid/strict.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"

namespace sluice::fakes::debrid {

namespace {
using Json = nlohmann::json;
using namespace std::chrono_literals;
}  // namespace

/// The three of which TorBox is made.
struct FakeTorBox::Service {
  Kind kind;
  std::string_view name, create, control;
  const char *created_id, *controlled_id, *linked_id;
  bool checks_by_post;
  std::set<std::string> create_fields;
};

const FakeTorBox::Service FakeTorBox::kServices[] = {
    {Kind::kTorrent,
     "torrents",
     "createtorrent",
     "controltorrent",
     "torrent_id",
     "torrent_id",
     "torrent_id",
     true,
     {"magnet", "file", "allow_zip", "seed", "name", "as_queued"}},
    {Kind::kUsenet,
     "usenet",
     "createusenetdownload",
     "controlusenetdownload",
     "usenetdownload_id",
     "usenet_id",
     "usenet_id",
     true,
     {"link", "file", "as_queued", "name", "password", "post_processing"}},
    {Kind::kWeb,
     "webdl",
     "createwebdownload",
     "controlwebdownload",
     "webdownload_id",
     "webdl_id",
     "web_id",
     false,
     {"link", "as_queued", "name", "password"}}};

/// One request, with what is known of it.
struct FakeTorBox::Caller {
  const Request& request;
  const std::string& endpoint;
  const Service* service;  ///< Null: of the account.
  std::string operation;   ///< "mylist"
  Account account;
};

namespace {

constexpr std::string_view kPrefix = "/v1/api/";

Response Success(const Json& data, const std::string& detail = "ok") {
  return JsonReply(200, {{"success", true}, {"error", nullptr}, {"detail", detail}, {"data", data}});
}

Response Empty() { return FakeTorBox::Failure("ITEM_NOT_FOUND", 404); }

/// The fields of a form, or the parts of a multipart body; a file is among them.
std::optional<Params> ReadFields(const Request& request) {
  if (auto form = ReadFormBody(request)) return form;
  const auto parts = ReadMultipart(request);
  if (!parts) return std::nullopt;
  Params fields;
  for (const auto& part : *parts) {
    if ((part.name == "file") == part.file_name.empty()) return std::nullopt;
    fields.emplace_back(part.name, part.octets);
  }
  return fields;
}

}  // namespace

Response FakeTorBox::Failure(const std::string& error, int status, Json data) {
  return JsonReply(status,
                   {{"success", false}, {"error", error}, {"detail", "In words: " + error}, {"data", std::move(data)}});
}

std::string FakeTorBox::EndpointOf(const Request& request) const {
  if (!request.path.starts_with(kPrefix)) return {};
  auto name = request.path.substr(kPrefix.size());
  if (name == "user/me") return name;
  for (const auto& service : kServices)
    for (const auto operation : {std::string_view("checkcached"), service.create, std::string_view("mylist"),
                                 service.control, std::string_view("requestdl")})
      if (name == std::string(service.name) + "/" + std::string(operation)) return name;
  return {};
}

Response FakeTorBox::Answer(const Request& request, const std::string& endpoint) {
  const auto slash = endpoint.find('/');
  const auto* const service = std::find_if(std::begin(kServices), std::end(kServices),
                                           [&](const Service& one) { return one.name == endpoint.substr(0, slash); });
  Caller caller{.request = request,
                .endpoint = endpoint,
                .service = service == std::end(kServices) ? nullptr : service,
                .operation = slash == std::string::npos ? "" : endpoint.substr(slash + 1),
                .account = {}};
  if (endpoint.empty()) {
    world().Violate("no such endpoint: " + request.method + " " + request.path);
    return Failure("ENDPOINT_NOT_FOUND", 404);
  }
  auto key = std::string(request.header("Authorization"));
  if (key.starts_with("Bearer ")) key.erase(0, 7);
  if (caller.operation == "requestdl") {
    const auto token = Find(request.query, "token");
    if (!token || (!key.empty() && key != *token)) world().Violate(endpoint + ": want the key as token");
    key = token.value_or("");
  }
  if (key.empty()) return Failure("NO_AUTH", 403);
  const auto account = world().FindAccount(key);
  if (!account) return Failure("BAD_TOKEN", 403);
  caller.account = *account;
  if (!world().Count(endpoint + " " + key, 300, 60s)) return *TooManyRequests({}, "60").answer;
  return Dispatch(caller);
}

Response FakeTorBox::Dispatch(const Caller& caller) {
  const auto& method = caller.request.method;
  const auto wants = [&](std::string_view wanted) { return method == wanted; };
  if (caller.service == nullptr) return wants("GET") ? Me(caller) : Odd(caller, "method");
  if (caller.operation == "checkcached") return wants("GET") || wants("POST") ? Check(caller) : Odd(caller, "method");
  if (caller.operation == caller.service->create) return wants("POST") ? Create(caller) : Odd(caller, "method");
  if (caller.operation == caller.service->control) return wants("POST") ? Control(caller) : Odd(caller, "method");
  if (!wants("GET")) return Odd(caller, "method");
  return caller.operation == "mylist" ? List(caller) : Link(caller);
}

Response FakeTorBox::Odd(const Caller& caller, const std::string& what) {
  world().Violate(caller.request.method + " " + caller.endpoint + ": " + what);
  return Failure("INVALID_OPTION", 400);
}

Response FakeTorBox::Me(const Caller& caller) const {
  const auto& account = caller.account;
  return Success({{"id", account.id},
                  {"email", account.email},
                  {"plan", account.plan},
                  {"is_subscribed", account.plan != 0},
                  {"premium_expires_at", account.expires_at == Time() ? Json() : Json(DateOf(account.expires_at))},
                  {"cooldown_until", nullptr},
                  {"customer", "cus_1"},
                  {"settings", Json::object()}});
}

Response FakeTorBox::Check(const Caller& caller) {
  const auto& request = caller.request;
  if (!OnlyKnows(request.query, {"hash", "format", "list_files"})) return Odd(caller, "an unknown parameter");
  if (Find(request.query, "format") != "list") return Odd(caller, "want format=list");
  std::vector<std::string> hashes;
  if (request.method == "POST") {
    const auto body = Json::parse(request.body, nullptr, false);
    if (!caller.service->checks_by_post || !request.header("Content-Type").starts_with("application/json") ||
        !body.is_object() || !body.contains("hashes") || !body["hashes"].is_array())
      return Odd(caller, "want {\"hashes\": […]}");
    for (const auto& hash : body["hashes"]) hashes.push_back(hash.is_string() ? hash.get<std::string>() : "");
  }
  for (const auto& [name, value] : request.query)
    if (name == "hash") hashes.push_back(value);
  if (hashes.empty() || hashes.size() > (request.method == "POST" ? 500 : 100))
    return Odd(caller, "too many hashes, or none");
  std::reverse(hashes.begin(), hashes.end());  // any order
  Json data = Json::array();
  for (const auto& hash : hashes) {
    const auto content = world().FindContent(caller.service->kind, sdk::LowerCase(hash));
    if (content && content->cached) data.push_back(CachedJson(*content, Find(request.query, "list_files") == "true"));
  }
  return Success(data);
}

Content FakeTorBox::WantedContent(const Caller& caller, const std::string& link, const std::string& file) {
  const auto kind = caller.service->kind;
  const auto hash = HashOf(kind, link, file);
  if (auto known = world().FindContent(kind, hash)) return *std::move(known);
  return {.kind = kind,
          .hash = hash,
          .name = hash,
          .cached = false,
          .timeline = {{.after = 0s, .state = "stalled (no seeds)"}}};
}

Response FakeTorBox::Create(const Caller& caller) {
  const auto& service = *caller.service;
  const auto fields = ReadFields(caller.request);
  if (!caller.request.query.empty() || !fields) return Odd(caller, "want a form");
  if (!OnlyKnows(*fields, service.create_fields)) return Odd(caller, "an unknown field");
  const auto link = Find(*fields, service.kind == Kind::kTorrent ? "magnet" : "link");
  const auto file = Find(*fields, "file");
  if (link.has_value() == file.has_value()) return Odd(caller, "want a link or a file");
  const auto content = WantedContent(caller, link.value_or(""), file.value_or(""));
  if (content.hash.empty()) return Failure(service.kind == Kind::kUsenet ? "BOZO_NZB" : "BOZO_TORRENT", 400);
  const auto& key = caller.account.key;
  const auto counter = caller.endpoint + " uncached " + key;
  if (!content.cached && (!world().Count(counter + " minute", 10, 60s) || !world().Count(counter + " hour", 60, 1h)))
    return *TooManyRequests({}, "60").answer;
  const auto all = world().HeldBy(key, service.kind);
  const bool is_there =
      std::any_of(all.begin(), all.end(), [&](const Held& one) { return one.content.hash == content.hash; });
  if (is_there && refuses_duplicates_) return Failure("DUPLICATE_ITEM", 400);
  const auto held = world().Hold(key, WithTimeline(content));
  return Success({{service.created_id, held.id}, {"hash", held.content.hash}, {"auth_id", "auth-1"}},
                 content.cached ? "Found Cached Torrent. Using Cached Torrent." : "Added.");
}

Response FakeTorBox::List(const Caller& caller) {
  const auto& query = caller.request.query;
  if (!OnlyKnows(query, {"bypass_cache", "id", "offset", "limit"})) return Odd(caller, "an unknown parameter");
  if (Find(query, "bypass_cache") != "true") return Odd(caller, "want bypass_cache=true");
  const auto all = world().HeldBy(caller.account.key, caller.service->kind);
  const auto now = world().Now();
  if (const auto id = Find(query, "id")) {
    if (!ReadNumber(id)) return Odd(caller, "id: want a number");
    const auto found = std::find_if(all.begin(), all.end(), [&](const Held& one) { return one.id == *ReadNumber(id); });
    return found == all.end() ? Empty() : Success(HeldJson(*found, now));
  }
  const auto offset = ReadNumber(Find(query, "offset")).value_or(0);
  const auto limit = ReadNumber(Find(query, "limit")).value_or(1000);
  Json data = Json::array();
  // One more than was asked for, as the store does.
  for (auto i = offset; i < all.size() && data.size() <= limit; ++i) data.push_back(HeldJson(all[i], now));
  return data.empty() ? Empty() : Success(data);
}

Response FakeTorBox::Control(const Caller& caller) {
  const auto body = Json::parse(caller.request.body, nullptr, false);
  const auto* const name = caller.service->controlled_id;
  if (!caller.request.header("Content-Type").starts_with("application/json") || !body.is_object() || body.size() != 3 ||
      !body.contains(name) || !body[name].is_number_unsigned() || !body.contains("operation") ||
      body.value("all", true))
    return Odd(caller, "want an id, an operation and all: false");
  if (body["operation"] != "delete") return Odd(caller, "operation");
  return world().LetGo(caller.account.key, caller.service->kind, body[name].get<std::uint64_t>())
             ? Success(nullptr)
             : Failure("ITEM_NOT_FOUND", 404);
}

Response FakeTorBox::Link(const Caller& caller) {
  const auto& query = caller.request.query;
  const auto* const name = caller.service->linked_id;
  if (!OnlyKnows(query, {"token", name, "file_id", "zip_link", "user_ip"})) return Odd(caller, "an unknown parameter");
  const auto id = ReadNumber(Find(query, name)), file_id = ReadNumber(Find(query, "file_id"));
  if (!id || !file_id || Find(query, "zip_link") != "false") return Odd(caller, "want an item, a file, and no zip");
  for (const auto& held : world().HeldBy(caller.account.key, caller.service->kind)) {
    if (held.id != *id) continue;
    const auto file = FileOf(held.content, *file_id);
    const auto step = StepAt(held, world().Now());
    if (!file || !step.finished || !step.present) return Failure("ITEM_NOT_FOUND", 404);
    return Success(
        cdn().Link(*file, binds_links() ? Find(query, "user_ip").value_or("") : "", std::to_string(caller.account.id)));
  }
  return Failure("ITEM_NOT_FOUND", 404);
}

}  // namespace sluice::fakes::debrid

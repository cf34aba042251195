// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/realdebrid.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "tests/fakes/debrid/strict.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"

namespace sluice::fakes::debrid {

using Json = nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kRdPrefix = "/rest/1.0/";

struct RdOperation {
  std::string_view name, method;
  bool has_id;
};
constexpr std::array kRdOperations{
    RdOperation{"user", "GET", false},
    RdOperation{"torrents/addMagnet", "POST", false},
    RdOperation{"torrents/addTorrent", "PUT", false},
    RdOperation{"torrents/info", "GET", true},
    RdOperation{"torrents/selectFiles", "POST", true},
    RdOperation{"torrents", "GET", false},
    RdOperation{"torrents/delete", "DELETE", true},
    RdOperation{"unrestrict/link", "POST", false},
    RdOperation{"downloads", "GET", false},
    RdOperation{"downloads/delete", "DELETE", true},
};

Response Done() { return {.status = 204}; }

const RdOperation* OperationOf(std::string_view name) {
  const auto* const found = std::find_if(kRdOperations.begin(), kRdOperations.end(),
                                         [&](const RdOperation& one) { return one.name == name; });
  return found == kRdOperations.end() ? nullptr : found;
}

std::string HostOf(const std::string& link) {
  const auto url = sdk::ParseUrl(link);
  return url ? std::string(url->host) : std::string();
}

}  // namespace

Response FakeRealDebrid::Failure(int code, int status) {
  return JsonReply(status, {{"error", "In words: " + std::to_string(code)}, {"error_code", code}});
}

std::string FakeRealDebrid::EndpointOf(const Request& request) const {
  if (!request.path.starts_with(kRdPrefix)) return {};
  const auto rest = request.path.substr(kRdPrefix.size());
  if (rest.starts_with("torrents/instantAvailability/")) return "torrents/instantAvailability";
  if (const auto* const whole = OperationOf(rest); whole != nullptr) return whole->has_id ? "" : rest;
  const auto slash = rest.rfind('/');
  const auto* const named = OperationOf(std::string_view(rest).substr(0, slash == std::string::npos ? 0 : slash));
  return named != nullptr && named->has_id ? std::string(named->name) : "";
}

Response FakeRealDebrid::Answer(const Request& request, const std::string& endpoint) {
  Caller caller{.request = request, .endpoint = endpoint, .id = {}, .account = {}};
  if (endpoint.empty()) {
    world().Violate("no such endpoint: " + request.method + " " + request.path);
    return Failure(3, 404);
  }
  if (request.header("User-Agent").empty()) world().Violate(endpoint + ": want a User-Agent");
  const auto account = world().FindAccount(BearerOf(request));
  if (!account) return Failure(8, 401);
  caller.account = *account;
  if (!world().Count(account->key, 250, 60s)) return Failure(34, 429);
  if (endpoint == "torrents/instantAvailability") return Failure(37, 403);
  const auto& operation = *OperationOf(endpoint);
  if (request.method != operation.method) return Odd(caller, "method");
  if (operation.has_id) caller.id = LastPart(request.path);
  return Dispatch(caller);
}

Response FakeRealDebrid::Dispatch(const Caller& caller) {
  const auto& name = caller.endpoint;
  if (name == "user") return User(caller);
  if (name == "torrents/addMagnet") return AddMagnet(caller);
  if (name == "torrents/addTorrent") return AddTorrent(caller);
  if (name == "torrents/info") return Info(caller);
  if (name == "torrents/selectFiles") return Select(caller);
  if (name == "torrents") return Torrents(caller);
  if (name == "torrents/delete") return Delete(caller);
  if (name == "unrestrict/link") return Unrestrict(caller);
  return name == "downloads" ? Downloads(caller) : DeleteDownload(caller);
}

Response FakeRealDebrid::Odd(const Caller& caller, const std::string& what) {
  world().Violate(caller.request.method + " " + caller.endpoint + ": " + what);
  return Failure(2, 400);
}

Response FakeRealDebrid::User(const Caller& caller) const {
  const auto& account = caller.account;
  const bool is_premium = account.plan != 0;
  return JsonReply(200, {{"id", account.id},
                         {"username", "viewer"},
                         {"email", account.email},
                         {"points", 100},
                         {"locale", "en"},
                         {"avatar", "https://fcdn.real-debrid.com/images/avatar.png"},
                         {"type", is_premium ? "premium" : "free"},
                         {"premium", is_premium ? 86400 : 0},
                         {"expiration", DateOf(account.expires_at)}});
}

Response FakeRealDebrid::AddMagnet(const Caller& caller) {
  const auto form = ReadFormBody(caller.request);
  if (!caller.request.query.empty() || !form || !OnlyKnows(*form, {"magnet", "host", "ip"}) || !Find(*form, "magnet"))
    return Odd(caller, "want a form with magnet");
  return Add(caller, HashOf(Kind::kTorrent, *Find(*form, "magnet"), {}));
}

Response FakeRealDebrid::AddTorrent(const Caller& caller) {
  if (!OnlyKnows(caller.request.query, {"host", "ip"})) return Odd(caller, "an unknown parameter");
  return Add(caller, HashOf(Kind::kTorrent, {}, caller.request.body));
}

Response FakeRealDebrid::Add(const Caller& caller, const std::string& hash) {
  if (hash.empty()) return Failure(30, 400);
  if (caller.account.plan == 0) return Failure(20, 403);
  const auto known = world().FindContent(Kind::kTorrent, hash);
  const std::lock_guard lock(items_);
  const bool is_there = std::any_of(torrents_.begin(), torrents_.end(), [&](const RdTorrent& one) {
    return one.key == caller.account.key && one.content.hash == hash;
  });
  if (is_there && refuses_duplicates_) return Failure(33, 409);
  const auto& made = Insert(caller.account.key, known.value_or(Content{.hash = hash, .name = {}, .cached = false}));
  return JsonReply(201, {{"id", made.id}, {"uri", "https://api.real-debrid.com/rest/1.0/torrents/info/" + made.id}});
}

Response FakeRealDebrid::Info(const Caller& caller) {
  const std::lock_guard lock(items_);
  const auto found = std::find_if(torrents_.begin(), torrents_.end(), [&](const RdTorrent& one) {
    return one.key == caller.account.key && one.id == caller.id;
  });
  return found == torrents_.end() ? Failure(7, 404) : JsonReply(200, JsonOf(*found, true));
}

Response FakeRealDebrid::Select(const Caller& caller) {
  const auto form = ReadFormBody(caller.request);
  if (!form || !OnlyKnows(*form, {"files", "ip"}) || !Find(*form, "files"))
    return Odd(caller, "want a form with files");
  const std::lock_guard lock(items_);
  const auto found = std::find_if(torrents_.begin(), torrents_.end(), [&](const RdTorrent& one) {
    return one.key == caller.account.key && one.id == caller.id;
  });
  if (found == torrents_.end()) return Failure(7, 404);
  if (found->selected_at) return {.status = 202};
  double progress = 0;
  if (StateOf(*found, progress) != "waiting_files_selection") return Odd(caller, "its files are not known yet");
  const auto count = found->content.files.size();
  std::set<std::uint64_t> selected;
  const auto text = *Find(*form, "files");
  if (text == "all")
    for (std::uint64_t i = 1; i <= count; ++i) selected.insert(i);
  for (auto rest = text == "all" ? std::string_view() : std::string_view(text); !rest.empty();) {
    const auto number = ReadNumber(std::string(sdk::TakeUpTo(rest, ',')));
    if (!number || *number == 0 || *number > count) return Odd(caller, "no such file");
    selected.insert(*number);
  }
  if (selected.empty()) return Odd(caller, "no file at all");
  found->selected = std::move(selected);
  found->selected_at = world().Now();
  return Done();
}

Response FakeRealDebrid::Torrents(const Caller& caller) {
  Json all = Json::array();
  {
    const std::lock_guard lock(items_);
    for (const auto& torrent : torrents_)
      if (torrent.key == caller.account.key) all.push_back(JsonOf(torrent, false));
  }
  return Part(caller, all);
}

Response FakeRealDebrid::Part(const Caller& caller, const Json& all) {
  const auto& query = caller.request.query;
  if (!OnlyKnows(query, {"limit", "offset", "page", "filter"})) return Odd(caller, "an unknown parameter");
  const auto limit = ReadNumber(Find(query, "limit").value_or("100"));
  const auto offset = ReadNumber(Find(query, "offset").value_or("0"));
  if (!limit || !offset || *limit > 5000) return Odd(caller, "want a limit of at most 5000, and an offset");
  if (*offset > all.size()) return Failure(2, 400);
  Json part = Json::array();
  for (auto i = *offset; i < all.size() && part.size() < *limit; ++i) part.push_back(all[i]);
  auto answer = part.empty() ? Done() : JsonReply(200, part);
  answer.headers.push_back({"X-Total-Count", std::to_string(all.size())});
  return answer;
}

Response FakeRealDebrid::Delete(const Caller& caller) {
  const std::lock_guard lock(items_);
  const auto gone = std::erase_if(
      torrents_, [&](const RdTorrent& one) { return one.key == caller.account.key && one.id == caller.id; });
  return gone == 0 ? Failure(7, 404) : Done();
}

Response FakeRealDebrid::Unrestrict(const Caller& caller) {
  const auto form = ReadFormBody(caller.request);
  if (!form || !OnlyKnows(*form, {"link", "password", "remote", "ip"}) || !Find(*form, "link"))
    return Odd(caller, "want a form with link");
  const auto link = *Find(*form, "link");
  const auto host = HostOf(link);
  if (host.empty()) return Odd(caller, "want a URL");
  if (caller.account.plan == 0) return Failure(20, 403);
  const auto hosted = world().FindContent(Kind::kWeb, HashOf(Kind::kWeb, link, {}));
  const std::lock_guard lock(items_);
  auto file = FileBehind(caller.account.key, link);
  if (!file && hosted) file = hosted->files.at(0);
  if (!file) return host == "real-debrid.com" ? Failure(24, 404) : Failure(16, 503);
  const auto url = cdn().Link(*file, binds_links() ? Find(*form, "ip").value_or("") : "");
  const auto& made = *downloads_.insert(downloads_.begin(), {.id = "DL" + std::to_string(next_id_++),
                                                             .key = caller.account.key,
                                                             .link = link,
                                                             .host = host,
                                                             .url = url,
                                                             .file = *file,
                                                             .made_at = world().Now()});
  return JsonReply(200, {{"id", made.id},
                         {"filename", LastPart(file->name)},
                         {"mimeType", "video/x-matroska"},
                         {"filesize", file->size},
                         {"link", link},
                         {"host", host},
                         {"chunks", 32},
                         {"crc", 1},
                         {"download", url},
                         {"streamable", 1}});
}

Response FakeRealDebrid::Downloads(const Caller& caller) {
  Json all = Json::array();
  {
    const std::lock_guard lock(items_);
    for (const auto& one : downloads_) {
      if (one.key != caller.account.key) continue;
      all.push_back({{"id", one.id},
                     {"filename", LastPart(one.file.name)},
                     {"mimeType", "video/x-matroska"},
                     {"filesize", one.file.size},
                     {"link", one.link},
                     {"host", one.host},
                     {"chunks", 32},
                     {"download", one.url},
                     {"generated", DateOf(one.made_at)}});
    }
  }
  return Part(caller, all);
}

Response FakeRealDebrid::DeleteDownload(const Caller& caller) {
  const std::lock_guard lock(items_);
  const auto gone = std::erase_if(
      downloads_, [&](const RdDownload& one) { return one.key == caller.account.key && one.id == caller.id; });
  return gone == 0 ? Failure(7, 404) : Done();
}

}  // namespace sluice::fakes::debrid

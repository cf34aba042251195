// SPDX-License-Identifier: MIT
#include "tests/fakes/indexers/fake_indexers.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/types.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

namespace sluice::fakes {
namespace {

constexpr const char* kXml = "application/rss+xml; charset=utf-8";
constexpr const char* kPage = "<!DOCTYPE html><html><body><p>Sign in<br></body></html>";

sdk::HttpResponse Say(int status, std::string type, std::string body) {
  return {.status = status, .headers = {{"Content-Type", std::move(type)}}, .body = std::move(body)};
}

sdk::HttpResponse ErrorOf(std::uint32_t code, const std::string& description) {
  return Say(
      200, kXml,
      "<?xml version=\"1.0\"?><error code=\"" + std::to_string(code) + "\" description=\"" + description + "\"/>");
}

/// Every word of `words` is in the title, however the title has its words apart.
bool Matches(const std::string& title, std::string_view words) {
  const auto lower = sdk::LowerCase(title);
  while (!words.empty()) {
    const auto word = sdk::LowerCase(sdk::TakeUpTo(words, ' '));
    if (lower.find(word) == std::string::npos) return false;
  }
  return true;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    if (const auto part = sdk::TakeUpTo(text, '/'); !part.empty()) parts.emplace_back(part);
  }
  return parts;
}

}  // namespace

struct FakeIndexers::Query {
  std::multimap<std::string, std::string> values;

  explicit Query(std::string_view text) {
    while (!text.empty()) {
      auto pair = sdk::TakeUpTo(text, '&');
      const auto name = sdk::TakeUpTo(pair, '=');
      const auto value = sdk::PercentDecode(pair);
      values.emplace(std::string(name), value ? *value : "not encoded");
    }
  }
  bool Has(const std::string& name) const { return values.contains(name); }
  std::string operator[](const std::string& name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  }
  /// The first that is not among those; empty: none.
  std::string Beyond(const std::set<std::string>& known) const {
    for (const auto& [name, value] : values)
      if (!known.contains(name)) return name;
    return {};
  }
};

void FakeIndexers::Add(FakeIndex index) {
  const std::lock_guard lock(mutex_);
  indexes_.push_back(std::move(index));
}

void FakeIndexers::Change(const std::string& id, const std::function<void(FakeIndex&)>& change) {
  const std::lock_guard lock(mutex_);
  for (auto& index : indexes_)
    if (index.id == id) change(index);
}

void FakeIndexers::ReleaseHeld() {
  const std::lock_guard lock(mutex_);
  is_held_ = false;
  changed_.notify_all();
}

std::vector<std::string> FakeIndexers::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

std::size_t FakeIndexers::Count(std::string_view part) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(log_.begin(), log_.end(), [&](const auto& line) { return line.find(part) != std::string::npos; }));
}

std::vector<std::string> FakeIndexers::violations() const {
  const std::lock_guard lock(mutex_);
  return violations_;
}

bool FakeIndexers::WaitFor(std::string_view part, std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::minutes(1), [&] {
    return static_cast<std::size_t>(std::count_if(log_.begin(), log_.end(), [&](const auto& line) {
             return line.find(part) != std::string::npos;
           })) >= count;
  });
}

sdk::HttpResponse FakeIndexers::Answer(const sdk::HttpRequest& request) {
  const auto url = sdk::ParseUrl(request.url);
  if (!url) return Say(400, "text/plain", "no URL");
  {
    const std::lock_guard lock(mutex_);
    log_.push_back(request.method + " " + sdk::RequestTarget(*url));
    changed_.notify_all();
  }
  return Route(request, sdk::Origin(*url), std::string(url->path), Query(url->query));
}

sdk::HttpResponse FakeIndexers::Refuse(int status, const std::string& why) {
  const std::lock_guard lock(mutex_);
  violations_.push_back(why);
  return Say(status, "text/html", kPage);
}

const FakeIndex* FakeIndexers::Find(const std::string& id) const {
  for (const auto& index : indexes_)
    if (index.id == id || std::to_string(index.number) == id) return &index;
  return nullptr;
}

sdk::HttpResponse FakeIndexers::Route(const sdk::HttpRequest& request, const std::string& origin,
                                      const std::string& path, const Query& query) {
  const auto parts = Split(path);
  const auto is = [&](std::size_t at, const char* text) { return at < parts.size() && parts[at] == text; };
  const auto index_of = [&](const std::string& id) -> std::optional<FakeIndex> {
    const std::lock_guard lock(mutex_);
    const auto* const found = Find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
  };
  if (request.method != "GET") return Refuse(405, request.method + " " + path);
  if (parts.size() == 4 && is(1, "dl")) {
    if (query["apikey"] != kKey) return Refuse(401, path + ": without the key");
    const auto index = index_of(parts[2]);
    return index ? Link(*index, parts[3]) : Refuse(404, path);
  }
  if (parts.size() == 8 && is(0, "jackett") && is(1, "api") && is(2, "v2.0") && is(3, "indexers") && is(5, "results") &&
      is(6, "torznab") && is(7, "api")) {
    const auto index = index_of(parts[4]);
    return index ? Torznab(*index, query, origin + "/jackett/dl/", "jackettindexer") : Refuse(404, path);
  }
  if (parts.size() == 2 && is(0, "torznab") && is(1, "api")) {
    const auto first = [&] {
      const std::lock_guard lock(mutex_);
      return indexes_.at(0);
    }();
    return Torznab(first, query, origin + "/torznab/dl/", "");
  }
  if (parts.size() == 3 && is(0, "prowlarr") && is(2, "api")) {
    const auto index = index_of(parts[1]);
    return index ? Torznab(*index, query, origin + "/prowlarr/dl/", "prowlarrindexer") : Refuse(404, path);
  }
  if (is(0, "prowlarr")) return ProwlarrApi(request, origin, path.substr(std::string_view("/prowlarr").size()), query);
  return Refuse(404, path);
}

sdk::HttpResponse FakeIndexers::Torznab(const FakeIndex& index, const Query& query, const std::string& links,
                                        const std::string& element) {
  if (query["apikey"] != kKey) return ErrorOf(100, "Invalid API Key");
  const auto function = query["t"];
  if (function == "caps") return Misbehave(index.caps_fault, index, Say(200, "application/xml", CapsOf(index, "Fake")));
  std::set<std::string> known{"t", "apikey", "cat", "limit", "q"};
  if (function == "tvsearch" && index.numbers) known.insert({"season", "ep"});
  if (function != "search" && index.imdb_id) known.insert("imdbid");
  if (function == "movie" && index.year) known.insert("year");
  if (function != "search" && function != "tvsearch" && function != "movie") {
    Refuse(200, "t=" + function);
    return ErrorOf(202, "No such function");
  }
  if (const auto beyond = query.Beyond(known); !beyond.empty()) {
    Refuse(200, function + " with " + beyond);
    return ErrorOf(201, "Incorrect parameter");
  }
  if (query["limit"] != std::to_string(index.max)) Refuse(200, "limit=" + query["limit"]);
  std::vector<const FakeRelease*> found;
  for (const auto& release : index.releases) {
    const auto has = [](const std::string& value, std::uint32_t number) {
      return value.empty() || value == std::to_string(number);
    };
    if (query.Has("imdbid") && query["imdbid"] != release.imdb_id) continue;
    if (!has(query["season"], release.season) || !has(query["ep"], release.episode)) continue;
    if (Matches(release.title, query["q"]) && found.size() < index.max) found.push_back(&release);
  }
  const auto link = [&](std::size_t position) {
    return links + index.id + "/" + std::to_string(position) + "?apikey=" + kKey;
  };
  return Misbehave(index.fault, index, Say(200, kXml, FeedOf(index, found, link, element)));
}

sdk::HttpResponse FakeIndexers::Misbehave(Fault fault, const FakeIndex& index, sdk::HttpResponse good) {
  switch (fault) {
    case Fault::kNone:
      return good;
    case Fault::kError:
      return ErrorOf(index.error_code, std::string("It refuses ") + kKey);
    case Fault::kTooMany:
      good = Say(429, "text/plain", "too many");
      good.headers.push_back({"Retry-After", "30"});
      return good;
    case Fault::kServerError:
      return Say(500, "text/html", kPage);
    case Fault::kHtml:
      return Say(200, "text/html", kPage);
    case Fault::kEmpty:
      good.body.clear();
      return good;
    case Fault::kTruncated:
      good.body.resize(good.body.size() / 2);
      return good;
    case Fault::kBomb:
      good.body =
          "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>"
          "<rss><channel><item><title>&b;&b;&b;</title></item></channel></rss>";
      return good;
    case Fault::kWrongType:
      good.headers = {{"Content-Type", "text/plain"}};
      return good;
    case Fault::kHeld:
      break;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !is_held_; });
  return good;
}

sdk::HttpResponse FakeIndexers::Link(const FakeIndex& index, const std::string& position) const {
  const auto at = static_cast<std::size_t>(std::stoul(position));
  if (at >= index.releases.size()) return Say(404, "text/plain", "none");
  const auto& release = index.releases[at];
  switch (release.offer) {
    case Offer::kRedirect:
      return {.status = 302, .headers = {{"Location", MagnetOf(release)}}};
    case Offer::kTorrent:
    case Offer::kPrivateTorrent:
      return Say(200, "application/x-bittorrent", TorrentOf(release));
    case Offer::kHtml:
      return Say(200, "text/html", kPage);
    default:
      return Say(404, "text/plain", "none");
  }
}

sdk::HttpResponse FakeIndexers::ProwlarrApi(const sdk::HttpRequest& request, const std::string& origin,
                                            const std::string& path, const Query& query) {
  if (sdk::FieldValue(request.headers, "X-Api-Key") != kKey) return Say(401, "application/json", "{\"error\":\"no\"}");
  std::unique_lock lock(mutex_);
  if (path == "/api/v1/system/status") return Say(200, "application/json", R"({"appName":"Prowlarr"})");
  if (path == "/api/v1/indexer") {
    auto list = nlohmann::json::array();
    for (const auto& index : indexes_) {
      list.push_back({{"id", index.number},
                      {"name", index.id},
                      {"enable", index.enabled},
                      {"protocol", index.usenet ? "usenet" : "torrent"},
                      {"privacy", index.privacy}});
    }
    return Say(200, "application/json", list.dump());
  }
  const auto beyond = query.Beyond({"query", "type", "indexerIds", "categories", "limit", "offset"});
  const auto* const found = Find(query["indexerIds"]);
  const std::set<std::string> types{"search", "tvsearch", "movie"};
  if (path != "/api/v1/search" || !beyond.empty() || found == nullptr || !types.contains(query["type"])) {
    lock.unlock();
    return Refuse(400, path + " with " + beyond);
  }
  const auto index = *found;
  lock.unlock();
  const auto limit = std::stoul(query["limit"]);
  auto skip = std::stoul(query["offset"]);
  std::vector<const FakeRelease*> hits;
  for (const auto& release : index.releases) {
    if (!Matches(release.title, query["query"])) continue;
    if (skip > 0) {
      --skip;
    } else if (hits.size() < limit) {
      hits.push_back(&release);
    }
  }
  const auto link = [&](std::size_t position) {
    return origin + "/prowlarr/dl/" + index.id + "/" + std::to_string(position) + "?apikey=" + kKey;
  };
  return Misbehave(index.fault, index, Say(200, "application/json", ResultsOf(index, hits, link)));
}

}  // namespace sluice::fakes

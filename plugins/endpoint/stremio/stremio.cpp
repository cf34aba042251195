// SPDX-License-Identifier: MIT
#include "stremio.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "clip_answer.hpp"
#include "clips.hpp"
#include "endpoint/common/reply.hpp"
#include "ids.hpp"
#include "manifest.hpp"
#include "playback_path.hpp"
#include "sites.hpp"
#include "stream.hpp"

namespace sluice::plugins::stremio {
namespace {

using Json = nlohmann::ordered_json;
using Nothing = std::optional<sdk::Source>;

/// Players ask for the same again when they seek: for so long it is one viewing.
constexpr std::chrono::seconds kOneViewing = std::chrono::hours(3);

sdk::Error NotFound() { return {.code = sdk::Errc::kNotFound, .message = "no such path"}; }

/// A path with its escapes, as "/{userdata}/{rest}".
struct OwnPath {
  std::string_view userdata;
  std::string_view rest;  ///< With its slash.
};

OwnPath Split(std::string_view path) {
  path.remove_prefix(std::min<std::size_t>(path.size(), 1));
  const auto slash = std::min(path.find('/'), path.size());
  return {.userdata = path.substr(0, slash), .rest = path.substr(slash)};
}

std::string UserAgentOf(const sdk::RequestHead& head) {
  return std::string(sdk::FieldValue(head.headers, "User-Agent"));
}

/// What is answered once `sent` is.
sdk::Result<Nothing> Done(sdk::Status sent) { return sent ? sdk::Result<Nothing>(Nothing()) : std::move(sent).error(); }

/// Players in browsers read it from other sites.
sdk::Result<Nothing> SendJson(sdk::ResponseWriter& response, const Json& json) {
  return Done(endpoint::Reply(response, 200,
                              {{"Content-Type", "application/json; charset=utf-8"},
                               {"Cache-Control", "no-store"},
                               {"Access-Control-Allow-Origin", "*"}},
                              json.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

sdk::Result<Nothing> SendPage(sdk::ResponseWriter& response, const sdk::Result<ConfigureAnswer>& page) {
  if (!page) return page.error();
  return Done(endpoint::Reply(response, page->status,
                              {{"Content-Type", "text/html; charset=utf-8"},
                               {"Cache-Control", "no-store"},
                               {"Content-Security-Policy", ConfigurePagePolicy()},
                               {"Referrer-Policy", "no-referrer"}},
                              ConfigurePage(page->view)));
}

sdk::Result<Nothing> Redirect(sdk::ResponseWriter& response, const std::string& url) {
  const std::array headers{sdk::Header{"Location", url}, sdk::Header{"Cache-Control", "no-store"},
                           sdk::Header{"Referrer-Policy", "no-referrer"},
                           sdk::Header{"Access-Control-Allow-Origin", "*"}};
  return Done(response.Start(302, headers));
}

}  // namespace

struct Stremio::Served {
  std::string_view method, path;
  Answer (Stremio::*answer)(const Visit&);

  static constexpr auto All() {
    return std::to_array<Served>({{"GET", "/", &Stremio::ShowStart},
                                  {"GET", "/manifest.json", &Stremio::ShowManifest},
                                  {"GET", "/clips/{clip}", &Stremio::ShowClip},
                                  {"GET", "/configure", &Stremio::ShowForm},
                                  {"POST", "/configure", &Stremio::TakeForm},
                                  {"GET", "/{userdata}/configure", &Stremio::ShowOwnForm},
                                  {"POST", "/{userdata}/configure", &Stremio::TakeForm},
                                  {"GET", "/{userdata}/manifest.json", &Stremio::ShowOwnManifest},
                                  {"GET", "/{userdata}/stream/{path...}", &Stremio::ShowStreams},
                                  {"GET", "/{userdata}/_/strem/{path...}", &Stremio::Play}});
  }
};

Stremio::Stremio(sdk::Host host, Settings settings)
    : host_(std::move(host)),
      settings_(std::move(settings)),
      saved_(host_),
      metadata_(host_, settings_.metadata_url),
      lister_(host_, settings_, metadata_),
      configure_(host_, settings_, saved_),
      playback_(host_) {}

sdk::Result<std::unique_ptr<Stremio>> Stremio::Create(sdk::Host host, const sdk::Config& config) {
  auto settings = ReadSettings(host, config);
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<Stremio>(new Stremio(std::move(host), *std::move(settings)));
}

std::vector<sdk::Route> Stremio::Routes() const {
  std::vector<sdk::Route> routes;
  for (const auto& served : Served::All())
    routes.push_back({.method = std::string(served.method), .path_template = std::string(served.path), .scope = {}});
  return routes;
}

Stremio::Answer Stremio::Handle(const sdk::Call& call, std::size_t route, const sdk::RequestHead& head,
                                std::span<const std::byte> body, sdk::ResponseWriter& response) {
  constexpr auto kServed = Served::All();
  if (route >= kServed.size()) return NotFound();
  const Visit visit{.call = call,
                    .head = head,
                    .body = {reinterpret_cast<const char*>(body.data()), body.size()},
                    .response = response};
  return (this->*kServed[route].answer)(visit);
}

sdk::Result<UserData> Stremio::UserDataOf(const Visit& visit) {
  return saved_.Open(visit.call, Split(visit.head.path).userdata, settings_.locked);
}

Stremio::Answer Stremio::ShowStart(const Visit& visit) {
  return Redirect(visit.response, SiteOf(settings_, visit.head) + "/configure");
}

Stremio::Answer Stremio::ShowClip(const Visit& visit) {
  return Done(AnswerClip(sdk::FieldValue(visit.head.params, "clip"), visit.head, visit.response));
}

Stremio::Answer Stremio::ShowForm(const Visit& visit) { return SendPage(visit.response, configure_.Show({})); }

Stremio::Answer Stremio::ShowOwnForm(const Visit& visit) {
  const auto userdata = UserDataOf(visit);
  return userdata ? SendPage(visit.response, configure_.Show(*userdata)) : Answer(userdata.error());
}

Stremio::Answer Stremio::TakeForm(const Visit& visit) {
  return SendPage(visit.response,
                  configure_.Take(visit.call, visit.body, UserAgentOf(visit.head), SiteOf(settings_, visit.head)));
}

Stremio::Answer Stremio::SendManifest(const Visit& visit, const UserData* userdata) const {
  ManifestOptions options{.id = AddonId(HostOf(SiteOf(settings_, visit.head))),
                          .name = settings_.name,
                          .version = kVersion,
                          .configured = userdata != nullptr};
  if (userdata != nullptr)
    for (const auto& store : userdata->stores) options.store_codes.push_back(store.code);
  return SendJson(visit.response, Manifest(options));
}

Stremio::Answer Stremio::ShowManifest(const Visit& visit) { return SendManifest(visit, nullptr); }

Stremio::Answer Stremio::ShowOwnManifest(const Visit& visit) {
  const auto userdata = UserDataOf(visit);
  return userdata ? SendManifest(visit, &*userdata) : Answer(userdata.error());
}

Stremio::Answer Stremio::ShowStreams(const Visit& visit) {
  const auto own = Split(visit.head.path);
  const auto path = ReadResourcePath(own.rest);
  if (!path) return path.error();
  auto video = ReadVideoId(path->id);
  if (!video) return std::move(video).error();
  if (auto fits = CheckType(*video, path->type); !fits) return std::move(fits).error();
  auto userdata = UserDataOf(visit);
  if (!userdata) return std::move(userdata).error();
  const auto listed = lister_.List(visit.call, {.userdata = *std::move(userdata),
                                                .video = *std::move(video),
                                                .type = path->type,
                                                .user_agent = UserAgentOf(visit.head)});
  if (!listed) return listed.error();
  const auto base = SiteOf(settings_, visit.head) + "/" + std::string(own.userdata);
  auto streams = Json::array();
  for (const auto& [stream, order] : listed->streams) {
    const auto rest = WritePlaybackPath(order, host_.secrets());
    if (!rest) return rest.error();
    streams.push_back(StreamObject(stream, settings_.name, base + "/_/strem" + *rest));
  }
  if (!listed->notice.empty()) streams.push_back(NoticeObject(settings_.name, listed->notice, base + "/configure"));
  return SendJson(visit.response, {{"streams", std::move(streams)}});
}

Stremio::Answer Stremio::SendClip(const Visit& visit, std::string_view clip) const {
  return Redirect(visit.response, SiteOf(settings_, visit.head) + "/clips/" + std::string(clip) + ".mp4");
}

void Stremio::RecordOnce(const sdk::Call& call, const sdk::Usage& usage, const PlaybackPath& order) const {
  const auto key = "served/" + host_.secrets().Fingerprint(usage.backend + "/" + usage.subject + order.Text());
  // Without the cache it is written down once too often, rather than not at all.
  if (const auto known = host_.kv().Get(call, key); known && *known) return;
  if (const auto recorded = host_.usage().Record(call, usage); !recorded) {
    host_.Log(sdk::LogLevel::kWarning, "what a viewer was served could not be written down at once",
              {{"error", recorded.error().message}});
  }
  if (const auto noted = host_.kv().Put(call, key, "1", kOneViewing); !noted) {
    host_.Log(sdk::LogLevel::kInfo, "the same viewing may be written down again", {{"error", noted.error().message}});
  }
}

Stremio::Answer Stremio::Play(const Visit& visit) {
  constexpr std::string_view kPrefix = "/_/strem";
  const auto userdata = UserDataOf(visit);
  if (!userdata) return userdata.error();
  auto rest = Split(visit.head.path).rest;
  if (!rest.starts_with(kPrefix)) return NotFound();
  rest.remove_prefix(kPrefix.size());
  const auto order = ReadPlaybackPath(rest, host_.secrets());
  if (!order) return order.error();
  const auto outcome = FindAccount(host_, settings_, visit.call, *userdata, order->store_code,
                                   {.client_ip = std::string(visit.call.client_ip()),
                                    .user_agent = UserAgentOf(visit.head),
                                    .action = "stream",
                                    .hash = order->hash});
  if (!outcome.account) return SendClip(visit, ClipOf(Step::kLink, *outcome.error));
  const auto& account = *outcome.account;
  const auto played = playback_.Find(visit.call, account, *order);
  if (!played) return played.error();
  if (played->clip == kRefusedKey) ReportRefusedKey(host_, visit.call, account);
  if (!played->clip.empty()) return SendClip(visit, played->clip);

  sdk::Usage usage{.backend = account.backend,
                   .subject = account.subject,
                   .key_id = account.key_id,
                   .action = "stream-served",
                   .hash = order->hash,
                   .cached = played->cached,
                   .bytes = played->size_bytes};
  if (IsProxied(settings_, *userdata)) {
    return Nothing(sdk::Source{
        .url = played->url, .expires_at = played->expires_at, .resumable = true, .usage = std::move(usage)});
  }
  if (visit.head.method == "GET") RecordOnce(visit.call, usage, *order);
  return Redirect(visit.response, played->url);
}

}  // namespace sluice::plugins::stremio

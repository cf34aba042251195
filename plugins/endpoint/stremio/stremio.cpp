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
#include "userdata_url.hpp"

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

/// Players in browsers read it from other sites.
sdk::Result<Nothing> SendJson(sdk::ResponseWriter& response, const Json& json) {
  const auto body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  auto sent = endpoint::Reply(response, 200,
                              {{"Content-Type", "application/json; charset=utf-8"},
                               {"Cache-Control", "no-store"},
                               {"Access-Control-Allow-Origin", "*"}},
                              body);
  if (!sent) return std::move(sent).error();
  return Nothing();
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
  auto segment = ReadSegment(Split(visit.head.path).userdata, host_.secrets(), settings_.locked);
  if (!segment) return std::move(segment).error();
  if (segment->form == Form::kSaved) return saved_.Find(visit.call, segment->saved_id);
  return std::move(segment->data);
}

Stremio::Answer Stremio::Redirect(const Visit& visit, const std::string& url) const {
  const std::array headers{sdk::Header{"Location", url}, sdk::Header{"Cache-Control", "no-store"},
                           sdk::Header{"Referrer-Policy", "no-referrer"},
                           sdk::Header{"Access-Control-Allow-Origin", "*"}};
  if (auto started = visit.response.Start(302, headers); !started) return std::move(started).error();
  return Nothing();
}

Stremio::Answer Stremio::ShowStart(const Visit& visit) {
  return Redirect(visit, SiteOf(settings_, visit.head) + "/configure");
}

Stremio::Answer Stremio::ShowClip(const Visit& visit) {
  for (const auto& param : visit.head.params) {
    if (param.name != "clip") continue;
    auto answered = AnswerClip(param.value, visit.head, visit.response);
    return answered ? Answer(Nothing()) : Answer(std::move(answered).error());
  }
  return NotFound();
}

Stremio::Answer Stremio::SendPage(const Visit& visit, const sdk::Result<ConfigureAnswer>& page) const {
  if (!page) return page.error();
  auto sent = endpoint::Reply(visit.response, page->status,
                              {{"Content-Type", "text/html; charset=utf-8"},
                               {"Cache-Control", "no-store"},
                               {"Content-Security-Policy", ConfigurePagePolicy()},
                               {"Referrer-Policy", "no-referrer"}},
                              ConfigurePage(page->view));
  return sent ? Answer(Nothing()) : Answer(std::move(sent).error());
}

Stremio::Answer Stremio::ShowForm(const Visit& visit) { return SendPage(visit, configure_.Show({})); }

Stremio::Answer Stremio::ShowOwnForm(const Visit& visit) {
  const auto userdata = UserDataOf(visit);
  return userdata ? SendPage(visit, configure_.Show(*userdata)) : Answer(userdata.error());
}

Stremio::Answer Stremio::TakeForm(const Visit& visit) {
  return SendPage(visit,
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
  const auto path = ReadResourcePath(Split(visit.head.path).rest);
  if (!path) return path.error();
  auto video = ReadVideoId(path->id);
  if (!video) return std::move(video).error();
  if (auto fits = CheckType(*video, path->type); !fits) return std::move(fits).error();
  auto userdata = UserDataOf(visit);
  if (!userdata) return std::move(userdata).error();
  const auto site = SiteOf(settings_, visit.head);
  const auto listed = lister_.List(visit.call, {.userdata = *std::move(userdata),
                                                .video = *std::move(video),
                                                .type = path->type,
                                                .user_agent = UserAgentOf(visit.head)});
  if (!listed) return listed.error();
  const auto own = site + "/" + std::string(Split(visit.head.path).userdata);
  auto streams = Json::array();
  for (const auto& [stream, order] : listed->streams) {
    const auto rest = WritePlaybackPath(order, host_.secrets());
    if (!rest) return rest.error();
    streams.push_back(StreamObject(stream, settings_.name, own + "/_/strem" + *rest));
  }
  if (!listed->notice.empty()) streams.push_back(NoticeObject(settings_.name, listed->notice, own + "/configure"));
  return SendJson(visit.response, {{"streams", std::move(streams)}});
}

Stremio::Answer Stremio::SendClip(const Visit& visit, std::string_view clip) const {
  return Redirect(visit, SiteOf(settings_, visit.head) + "/clips/" + std::string(clip) + ".mp4");
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
  return Redirect(visit, played->url);
}

}  // namespace sluice::plugins::stremio

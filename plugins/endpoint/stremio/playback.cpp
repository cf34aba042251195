// SPDX-License-Identifier: MIT
#include "playback.hpp"

#include <algorithm>
#include <chrono>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "clips.hpp"
#include "store/common/info_hash.hpp"
#include "store/common/torrent_file.hpp"
#include "wanted.hpp"

namespace sluice::plugins::stremio {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostKept = 10'000;
constexpr std::chrono::seconds kLongestLife = 3h, kLifeUnsaid = 30min, kFailureLife = 1min;
constexpr int kPolls = 3;
constexpr std::chrono::milliseconds kPauses[kPolls] = {1s, 4s, 10s};
constexpr std::size_t kMaxTorrentBytes = 16UL * 1024 * 1024;  // store::InfoHashOfTorrent
constexpr auto kTorrentTimeout = 10s;

const sdk::File* Pick(const sdk::Item& item, const PlaybackPath& order, bool index_is_trusted) {
  const auto files = NamedFiles(item.files);
  auto wanted = WantedFileOf(order.video);
  wanted.release = item.name;
  wanted.file_name = order.file_name;
  wanted.index = order.file_index;
  wanted.index_is_trusted = index_is_trusted;
  const auto* const picked = titles::PickFile(wanted, files);
  return picked == nullptr ? nullptr : &item.files[static_cast<std::size_t>(picked - files.data())];
}

Played Clip(std::string_view name) { return {.clip = std::string(name)}; }

}  // namespace

Playback::Playback(sdk::Host host)
    : host_(std::move(host)), patience_(host_, "the store"), played_(host_, "the store", kMostKept) {}

sdk::Result<Played> Playback::Find(const sdk::Call& call, const Account& account, const PlaybackPath& order) {
  // The store is not always the one that the order names (FindAccount).
  auto key = host_.secrets().Fingerprint(account.token) + "/" + account.store->code + "/" +
             std::string(call.client_ip()) + order.Text();
  return played_.Find(call, key, [&]() -> sdk::Result<remote::TtlCache<Played>::Fresh> {
    auto played = Play(call, account, order);
    // What a call came to that was over before its time says nothing to others.
    if (auto over = remote::OverBy(call, "the store")) return *std::move(over);
    auto life = played.clip.empty() ? kLifeUnsaid : kFailureLife;
    if (played.expires_at != sdk::Seconds{}) {
      const auto now = std::chrono::floor<std::chrono::seconds>(host_.clock().Now());
      life = std::clamp<std::chrono::seconds>(played.expires_at - now - 1min, 0s, kLongestLife);
    }
    return remote::TtlCache<Played>::Fresh{std::move(played), life};
  });
}

sdk::Result<std::string> Playback::FetchTorrent(const sdk::Call& call, const PlaybackPath& order) const {
  // An index of a viewer's is not to lead the server into the operator's network.
  auto answer = host_.http().Send(call, {.url = order.torrent_url,
                                         .timeout = kTorrentTimeout,
                                         .max_redirects = order.torrent_of_viewer ? 0U : 3U,
                                         .max_body_bytes = kMaxTorrentBytes});
  if (!answer) return std::move(answer).error();
  const auto hash = store::InfoHashOfTorrent(sdk::AsBytes(answer->body));
  if (answer->status == 200 && hash && *hash == order.hash) return std::move(answer->body);
  return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                    .message = "indexer: want the .torrent file of " + order.hash,
                    .upstream_status = answer->status == 200 ? 0 : static_cast<std::uint32_t>(answer->status)};
}

/// The item as it is at first.
sdk::Result<sdk::Item> Playback::Add(const sdk::Call& call, const Account& account, const PlaybackPath& order) const {
  auto& store = *account.store->store;
  const sdk::StoreUser user{.token = account.token, .client_ip = call.client_ip()};
  if (order.torrent_url.empty()) return store.Add(call, user, {.uri = store::CanonicalMagnet(order.hash)});
  const auto torrent = FetchTorrent(call, order);
  if (!torrent) return torrent.error();
  return store.Add(call, user, {.file = sdk::AsBytes(*torrent)});
}

Played Playback::Play(const sdk::Call& call, const Account& account, const PlaybackPath& order) {
  auto& store = *account.store->store;
  const sdk::StoreUser user{.token = account.token, .client_ip = call.client_ip()};
  auto item = Add(call, account, order);
  const bool at_once = item && ClipOf(item->state).empty();
  for (int poll = 0; item && poll < kPolls && ClipOf(item->state) == kDownloading; ++poll) {
    const auto pause = kPauses[poll];
    if (!store::Patience::Fits(call, pause) || !patience_.Wait(call, pause)) break;
    item = store.Get(call, user, item->id);
  }
  if (!item) return Clip(ClipOf(order.torrent_url.empty() ? Step::kAdd : Step::kTorrent, item.error()));
  if (const auto clip = ClipOf(item->state); !clip.empty()) return Clip(clip);
  const auto* const file = Pick(*item, order, store.Traits().torrent_order);
  if (file == nullptr) return Clip(kNoMatchingFile);
  auto source = store.Link(call, user, item->id, file->id);
  if (!source) return Clip(ClipOf(Step::kLink, source.error()));
  // Of a file of this machine, core would send the viewer what is in it.
  if (const auto url = sdk::ParseUrl(source->url); !url || !url->http()) {
    host_.Log(sdk::LogLevel::kWarning, "a store's link is no http or https URL", {{"store", account.store->name}});
    return Clip(kServerFault);
  }
  return {.url = std::move(source->url),
          .expires_at = source->expires_at,
          .size_bytes = file->size_bytes,
          .cached = at_once};
}

}  // namespace sluice::plugins::stremio

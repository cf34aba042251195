// SPDX-License-Identifier: MIT
#include "playback.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "clips.hpp"

namespace sluice::plugins::stremio {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostKept = 10'000;
constexpr std::chrono::seconds kLongestLife = 3h, kShortestLife = 1min, kLifeUnsaid = 30min, kFailureLife = 1min;
constexpr int kPolls = 3;
constexpr auto kPause = 5s;
constexpr auto kLook = 50ms;  // whether a call is cancelled can only be polled

/// \returns  false: the call is over.
bool Wait(const sdk::Call& call, std::chrono::milliseconds time) {
  static std::mutex mutex;
  static std::condition_variable never;
  const auto until = sdk::Call::Clock::now() + time;
  std::unique_lock lock(mutex);
  while (sdk::Call::Clock::now() < until) {
    if (call.cancelled() || call.expired()) return false;
    never.wait_until(lock, std::min({until, sdk::Call::Clock::now() + kLook, call.deadline()}));
  }
  return true;
}

bool IsThere(const sdk::Item& item) {
  return item.state == sdk::ItemState::kReady || item.state == sdk::ItemState::kCached;
}

bool MayCome(const sdk::Item& item) {
  return item.state == sdk::ItemState::kQueued || item.state == sdk::ItemState::kDownloading ||
         item.state == sdk::ItemState::kProcessing || item.state == sdk::ItemState::kUploading;
}

const sdk::File* Pick(const sdk::Item& item, titles::WantedFile wanted) {
  std::vector<titles::File> files;
  for (const auto& file : item.files) {
    files.push_back({.index = file.index, .path = file.path, .size_bytes = file.size_bytes});
  }
  wanted.release = item.name;
  const auto* const picked = titles::PickFile(wanted, files);
  return picked == nullptr ? nullptr : &item.files[static_cast<std::size_t>(picked - files.data())];
}

}  // namespace

Playback::Playback(sdk::Host host) : host_(std::move(host)), played_(host_, "playback", kMostKept) {}

sdk::Result<Played> Playback::Find(const sdk::Call& call, const StoreAccount& account, const Order& order) {
  const auto key = host_.secrets().Fingerprint(account.token) + "/" + account.store->code + "/" + order.hash + "/" +
                   order.id + "/" + std::to_string(order.wanted.index.value_or(-1)) + "/" +
                   std::string(order.wanted.file_name);
  return played_.Find(call, key, [&]() -> sdk::Result<store::TtlCache<Played>::Fresh> {
    auto played = Play(call, account, order);
    if (call.cancelled()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
    auto life = played.clip.empty() ? kLifeUnsaid : kFailureLife;
    if (played.expires_at != sdk::Seconds{}) {
      const auto now = std::chrono::floor<std::chrono::seconds>(host_.clock().Now());
      life = std::clamp<std::chrono::seconds>(played.expires_at - now - 1min, kShortestLife, kLongestLife);
    }
    return store::TtlCache<Played>::Fresh{std::move(played), life};
  });
}

/// The item once it is there, or as it stands when nobody waits any longer.
sdk::Result<sdk::Item> Playback::Await(const sdk::Call& call, const StoreAccount& account,
                                       const std::string& hash) const {
  auto& store = *account.store->store;
  const sdk::StoreUser user{.token = account.token, .client_ip = call.client_ip()};
  const auto magnet = "magnet:?xt=urn:btih:" + hash;
  auto item = store.Add(call, user, {.uri = magnet});
  for (int poll = 0; item && MayCome(*item) && poll < kPolls && Wait(call, kPause); ++poll) {
    item = store.Get(call, user, item->id);
  }
  return item;
}

Played Playback::Play(const sdk::Call& call, const StoreAccount& account, const Order& order) const {
  auto& store = *account.store->store;
  const auto begun = sdk::Call::Clock::now();
  const auto item = Await(call, account, order.hash);
  if (!item) return {.clip = std::string(ClipOf(Stage::kAdd, item.error()))};
  if (!IsThere(*item)) return {.clip = std::string(ClipOf(item->state))};
  auto wanted = order.wanted;
  wanted.index_is_trusted = store.Traits().torrent_order;
  const auto* const file = Pick(*item, wanted);
  if (file == nullptr || file->id.empty()) return {.clip = "no_matching_file"};
  const sdk::StoreUser user{.token = account.token, .client_ip = call.client_ip()};
  auto source = store.Link(call, user, item->id, file->id);
  if (!source) return {.clip = std::string(ClipOf(Stage::kLink, source.error()))};
  return {.url = std::move(source->url),
          .expires_at = source->expires_at,
          .size_bytes = file->size_bytes,
          .cached = sdk::Call::Clock::now() - begun < kPause};
}

}  // namespace sluice::plugins::stremio

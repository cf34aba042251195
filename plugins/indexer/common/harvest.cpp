// SPDX-License-Identifier: MIT
#include "indexer/common/harvest.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/together.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "store/common/info_hash.hpp"

namespace sluice::plugins::indexer {
namespace {

constexpr std::size_t kAtOnce = 20;
constexpr std::size_t kMaxFollowed = 100;
constexpr std::size_t kShortestSecret = 8;  // shorter texts stand in titles by chance
constexpr std::chrono::hours kClockSkew{24};

/// Trackers stay, as private passkeys stand in them; what no URI may hold does not.
std::string MagnetOf(std::string_view link, const std::string& hash) {
  const bool is_uri = std::all_of(link.begin(), link.end(), [](char c) { return c >= '!' && c <= '~'; });
  return is_uri ? std::string(link) : store::CanonicalMagnet(hash);
}

void TakeMagnet(std::string_view link, sdk::Release& release) {
  const auto hash = store::HashOfMagnet(link);
  if (!hash || (!release.info_hash.empty() && release.info_hash != *hash)) return;
  release.info_hash = *hash;
  if (release.magnet.empty()) release.magnet = MagnetOf(link, *hash);
}

}  // namespace

bool Harvest::IsWanted(const Item& item) const {
  if (question_.kind != sdk::TitleKind::kAny && IsOtherMedium(item.categories)) return false;
  return item.imdb_id.empty() || question_.imdb_id.empty() || item.imdb_id == question_.imdb_id;
}

void Harvest::Take(const sdk::Call& call, std::vector<Item> items, const Origin& origin) {
  const auto shared = std::make_shared<const Origin>(origin);
  for (auto& item : items) {
    if (IsWanted(item)) TakeItem(item, shared);
  }
  std::size_t helpers = 0;
  {
    const std::lock_guard lock(mutex_);
    helpers = std::min(pending_.size(), kAtOnce - followers_);
    followers_ += helpers;
  }
  const std::vector<std::function<void()>> parts(helpers, [&] { Follow(call); });
  sdk::Together(host_, call, parts);
}

void Harvest::TakeItem(Item& item, const std::shared_ptr<const Origin>& origin) {
  const bool is_film = question_.kind == sdk::TitleKind::kMovie;
  sdk::Release release{.title = std::move(item.title),
                       .info_hash = std::move(item.info_hash),
                       .size_bytes = item.size_bytes,
                       .seeders = item.seeders,
                       .indexer = item.indexer.empty() ? origin->name : std::move(item.indexer),
                       .published_at = item.published_at,
                       .is_private = item.is_private || origin->is_private,
                       .exact = origin->is_exact || (is_film && !item.imdb_id.empty() && !question_.imdb_id.empty())};
  if (release.published_at > host_.clock().Now() + kClockSkew) release.published_at = {};
  std::vector<std::string> urls;
  for (const auto& link : item.links) {
    if (store::IsMagnet(link)) {
      TakeMagnet(link, release);
      continue;
    }
    auto url = sdk::ResolveReference(origin->url, link);
    const auto host = HostOf(url);
    // Whoever is handed the URL of a file fetches it: a stranger's index does not choose where else.
    const bool leads_astray = !origin->only_host.empty() && host != origin->only_host;
    if (url.size() <= kMaxLinkBytes && !host.empty() && !leads_astray) urls.push_back(std::move(url));
  }
  if (!urls.empty()) release.torrent_url = urls.back();
  if (!release.info_hash.empty() || urls.empty() || release.is_private) return Add(std::move(release), *origin);
  const std::lock_guard lock(mutex_);
  if (followed_ == kMaxFollowed) return Add(std::move(release), *origin);
  ++followed_;
  pending_.push_back({.release = std::move(release), .urls = std::move(urls), .origin = origin});
}

void Harvest::Follow(const sdk::Call& call) {
  for (;;) {
    std::unique_lock lock(mutex_);
    if (pending_.empty()) {
      --followers_;
      return;
    }
    auto pending = std::move(pending_.front());
    pending_.pop_front();
    lock.unlock();
    FollowOne(call, pending);
  }
}

void Harvest::FollowOne(const sdk::Call& call, Pending& pending) {
  auto& release = pending.release;
  bool is_gone = true;
  for (const auto& url : pending.urls) {
    const auto resolved = resolver_.Resolve(call, url, pending.origin->only_host);
    if (!resolved) {
      const auto code = resolved.error().code;
      is_gone = is_gone && code == sdk::Errc::kNotFound;
      if (code == sdk::Errc::kDeadlineExceeded || code == sdk::Errc::kCancelled) findings_.MarkPartial();
      continue;
    }
    release.is_private = resolved->is_private;
    // A private one is had by its file alone.
    if (release.is_private) {
      release.torrent_url = url;
    } else {
      release.info_hash = resolved->info_hash;
      if (!resolved->magnet.empty()) release.magnet = MagnetOf(resolved->magnet, release.info_hash);
      release.torrent_url = release.magnet.empty() ? url : std::string();
    }
    return Add(std::move(release), *pending.origin);
  }
  if (!is_gone) Add(std::move(release), *pending.origin);
}

void Harvest::Add(sdk::Release release, const Origin& origin) {
  if (release.info_hash.empty() && release.torrent_url.empty()) return;
  if (origin.secret.size() >= kShortestSecret) {
    for (const auto* text : {&release.title, &release.indexer, &release.magnet}) {
      if (text->find(origin.secret) != std::string::npos) return;
    }
  }
  findings_.Add(std::move(release));
}

}  // namespace sluice::plugins::indexer

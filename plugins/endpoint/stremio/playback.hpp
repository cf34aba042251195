// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Playback: from a hash, and what is wanted of it, to a link of a store's.

#include <cstdint>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/types.hpp>
#include <string>

#include "accounts.hpp"
#include "common/remote/ttl_cache.hpp"
#include "playback_path.hpp"
#include "store/common/patience.hpp"

namespace sluice::plugins::stremio {

/// What is played, or the clip that says why nothing is.
struct Played {
  std::string url{};  ///< Opens the file: it goes to the viewer or to the relay, and into no log.
  sdk::Seconds expires_at{};
  std::uint64_t size_bytes = 0;
  bool cached = false;  ///< The store had it at once.
  std::string clip{};   ///< Of kClips; empty: there is a URL.
};

/// One run for all who want the same with the same key at a time. What it came to is kept for as long as the link
/// lasts, at most three hours; a failure for a minute. Threads: [any].
class Playback {
 public:
  explicit Playback(sdk::Host host);

  /// \returns  kCancelled and kDeadlineExceeded of the call; everything else is a clip.
  sdk::Result<Played> Find(const sdk::Call& call, const Account& account, const PlaybackPath& order);

 private:
  Played Play(const sdk::Call& call, const Account& account, const PlaybackPath& order);
  sdk::Result<sdk::Item> Add(const sdk::Call& call, const Account& account, const PlaybackPath& order) const;
  sdk::Result<std::string> FetchTorrent(const sdk::Call& call, const PlaybackPath& order) const;

  const sdk::Host host_;
  store::Patience patience_;
  remote::TtlCache<Played> played_;
};

}  // namespace sluice::plugins::stremio

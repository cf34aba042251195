// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Playback: from a hash and what is wanted of it to a link of a store's.

#include <chrono>
#include <cstdint>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/types.hpp>
#include <string>

#include "accounts.hpp"
#include "common/titles/pick_file.hpp"
#include "store/common/ttl_cache.hpp"

namespace sluice::plugins::stremio {

struct Order {
  std::string id;    ///< As the player gave it; tells one episode of a pack from another.
  std::string hash;  ///< Info hash, 40 lower-case hex digits.
  titles::WantedFile wanted{};
};

/// What is played, or the clip that says why nothing is.
struct Played {
  std::string url{};  ///< Secret as far as it opens something: it goes to the viewer, or to the relay, and into no log.
  sdk::Seconds expires_at{};
  std::uint64_t size_bytes = 0;
  bool cached = false;  ///< The store had it at once.
  std::string clip{};   ///< "downloading"; empty: there is a URL.
};

/// One run for all who want the same with the same key at a time; what it came to is kept for as long as the link lasts,
/// at most three hours, a failure for a minute. Threads: [any].
class Playback {
 public:
  explicit Playback(sdk::Host host);

  /// \returns  kCancelled and kDeadlineExceeded of the call; everything else is a clip.
  sdk::Result<Played> Find(const sdk::Call& call, const StoreAccount& account, const Order& order);

 private:
  Played Play(const sdk::Call& call, const StoreAccount& account, const Order& order) const;
  sdk::Result<sdk::Item> Await(const sdk::Call& call, const StoreAccount& account, const std::string& hash) const;

  const sdk::Host host_;
  store::TtlCache<Played> played_;
};

}  // namespace sluice::plugins::stremio

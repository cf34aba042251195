// SPDX-License-Identifier: MIT
#include "holds.hpp"

#include <algorithm>
#include <cstddef>

#include "directives.hpp"

namespace sluice::plugins::hls {
namespace {

/// Of playlists. Few have targets that long; what is forgotten is learned again with the next reload.
constexpr std::size_t kMaxKnown = 256;
/// For the answer to come, once the origin has given up.
constexpr std::chrono::seconds kOnTheWay{10};

}  // namespace

void Holds::Learn(std::string_view url, std::chrono::seconds target_duration) {
  const auto hold = std::min(3 * target_duration + kOnTheWay, kLongest);
  if (hold <= kShortest) return;
  auto name = WithoutDirectives(url);
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMaxKnown && !known_.contains(name)) known_.clear();
  known_.insert_or_assign(std::move(name), hold);
}

std::chrono::seconds Holds::Of(std::string_view url) const {
  const auto name = WithoutDirectives(url);
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(name);
  return found == known_.end() ? kShortest : found->second;
}

}  // namespace sluice::plugins::hls

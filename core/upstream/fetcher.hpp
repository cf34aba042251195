// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Fetcher: what happens between one request and its answer: redirects, retries, other origins.

#include "core/upstream/attempt.hpp"
#include "core/upstream/pacer.hpp"

namespace sluice::upstream {

class Aim;

/// Threads: [any].
class Fetcher {
 public:
  Fetcher(Attempter& attempter, Pacer& pacer, Metrics& metrics)
      : attempter_(attempter), pacer_(pacer), metrics_(metrics) {}

  /// Follows redirects; each hop has its own tries.
  sdk::Result<Response> Fetch(const sdk::Call& call, const Request& request, const Profile& profile);

 private:
  sdk::Result<Response> FetchHop(const sdk::Call& call, const Request& request, Hop& hop, const Profile& profile);
  /// How long to wait before the next try; nothing: there is none.
  std::optional<Clock::duration> DelayAfter(const Tried<Response>& result, const RetryOptions& retry,
                                            std::uint32_t attempt, const Aim& aim);

  Attempter& attempter_;
  Pacer& pacer_;
  Metrics& metrics_;
};

}  // namespace sluice::upstream

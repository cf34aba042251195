// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Health: which of several equal origins to ask, judged by what became of the requests before.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <vector>

#include "core/upstream/wait.hpp"

namespace sluice::upstream {

struct HealthOptions {
  std::uint32_t failures = 3;                          ///< In a row, then an origin is left alone: 1 to 100.
  std::chrono::milliseconds ejected_for{10'000};       ///< At first; doubled each time it fails again: 1 s to 1 h.
  std::chrono::milliseconds max_ejected_for{300'000};  ///< ejected_for to 1 h.

  /// \returns  kInvalidArgument naming the first field: "/failures: want 1 to 100".
  sdk::Status Validate() const;
};

/// Origins are numbers from 0, in order of preference. After its time an ejected origin gets one request as a probe:
/// when that succeeds it is as good as any. Threads: [any].
class Health {
 public:
  enum class Outcome : std::uint8_t {
    kGood,
    kBad,
    kUnknown,  ///< The viewer left, or the fault was ours.
  };

  Health(std::size_t origins, const HealthOptions& options) : options_(options), origins_(origins) {}

  /// The best origin that is not in `tried`. When all of those are ejected, the one whose time ends first: asking a bad
  /// origin is better than asking none. Every pick needs one Report.
  /// \param tried  one for each origin. \returns nothing when all were tried.
  std::optional<std::size_t> Pick(const std::vector<bool>& tried, Clock::time_point now);
  /// \returns  true when this ejected the origin.
  bool Report(std::size_t origin, Outcome outcome, Clock::time_point now);

 private:
  struct State {
    std::uint32_t failures = 0;   ///< In a row.
    std::uint32_t ejections = 0;  ///< In a row.
    Clock::time_point until{};    ///< Ejected up to here.
    bool probing = false;
  };

  const HealthOptions options_;
  std::mutex mutex_;
  std::vector<State> origins_;
};

}  // namespace sluice::upstream

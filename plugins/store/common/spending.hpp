// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Spending: how often an account was used of late, in a form that servers can share.

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::store {

/// So many calls within any stretch of time of this length.
struct Limit {
  std::uint32_t calls = 0;        ///< At least 1.
  std::chrono::seconds period{};  ///< At least 1 s.
};

/// Calls are counted in thirtieths of a period, and a call counts for the period and one thirtieth more: no stretch of
/// the period's length ever holds more calls than the limit, wherever it begins. A bucket that fills up steadily would
/// let through up to twice as many (a full one, and what comes in meanwhile).
class Spending {
 public:
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;

  /// \param text  as Text made it; anything else is read as nothing spent.
  static Spending FromText(std::string_view text);
  std::string Text() const;

  /// When one more call is within the limits, and no pause lasts. \returns  `now` or earlier: now.
  Time FreeAt(Time now, std::span<const Limit> limits) const;
  void Add(Time now, std::span<const Limit> limits);
  /// Takes back what was added at `then`.
  void TakeBack(Time then, std::span<const Limit> limits);
  /// No call before `until`.
  void Pause(Time until);
  /// Whether nothing of it matters any more.
  bool IsOver(Time now, std::span<const Limit> limits) const;

 private:
  using Counts = std::map<std::int64_t, std::uint32_t>;  ///< Calls by thirtieths since the epoch.

  std::vector<Counts> counts_;  ///< By limit.
  Time paused_until_{};
};

}  // namespace sluice::plugins::store

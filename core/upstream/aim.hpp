// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Aim: which of a profile's origins each try of one request goes to.

#include <optional>
#include <vector>

#include "core/upstream/metrics.hpp"
#include "core/upstream/profile.hpp"
#include "core/upstream/redirect.hpp"

namespace sluice::upstream {

/// For one hop. A request to an origin that is none of the profile's always goes where its URL says. Threads: one at a
/// time.
class Aim {
 public:
  /// \param url_origin  of the request as the caller made it.
  Aim(const Profile& profile, const Origin& url_origin, Metrics& metrics);
  /// An aim that was never reported is reported as unknown.
  ~Aim();
  Aim(const Aim&) = delete;
  Aim& operator=(const Aim&) = delete;

  /// Points `hop` at the origin of the next try.
  void Take(Hop& hop, Clock::time_point now);
  void Report(Health::Outcome outcome, Clock::time_point now);
  /// Another origin may do better than the one that was just asked.
  bool HasOther() const;
  bool has_alternates() const { return !tried_.empty(); }

 private:
  const Profile& profile_;
  Metrics& metrics_;
  std::vector<bool> tried_;  ///< One for each origin; empty: no choice.
  std::optional<std::size_t> current_;
};

}  // namespace sluice::upstream

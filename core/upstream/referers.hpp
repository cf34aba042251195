// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Referers: what may be said to a server that refuses whoever does not say where it comes from.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/upstream/target.hpp"

namespace sluice::upstream {

/// 401, 403, 412, 451: another Referer may be answered better.
bool IsRefererStatus(int status);

/// Of one request and its redirects. Threads: one at a time.
class Referers {
 public:
  static constexpr std::size_t kMost = 3;  ///< Of one request, on all hops together.

  /// A redirect at `from` leads elsewhere.
  void Leave(const Target& from);
  /// What has not been said to `at` yet, in this order: the URL that led there (its own, if none did), the origin of
  /// that, the origin of the first. Another origin never gets to see a path or a query. \returns  nothing: all was
  /// said.
  std::optional<std::string> Next(const Target& at);

 private:
  std::optional<Origin> first_;
  std::optional<Target> previous_;
  std::vector<std::string> said_;  ///< To this hop.
  std::size_t count_ = 0;
};

}  // namespace sluice::upstream

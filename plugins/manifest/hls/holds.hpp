// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Holds: how long an origin may hold a request for what is yet to come.

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace sluice::plugins::hls {

/// Up to three target durations (RFC 8216bis §6.2.5.2), which a playlist says and its links do not: whoever asks for
/// the next version has had one before. Threads: [any].
class Holds {
 public:
  static constexpr std::chrono::seconds kShortest{60};  ///< What no other is known of.
  static constexpr std::chrono::seconds kLongest{600};  ///< Whatever a playlist says.

  /// \param url  of a playlist; directives in it count for nothing.
  void Learn(std::string_view url, std::chrono::seconds target_duration);
  std::chrono::seconds Of(std::string_view url) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::chrono::seconds, std::less<>> known_;  ///< Those beyond kShortest.
};

}  // namespace sluice::plugins::hls

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Revocations: who must not go on, though a link or an earlier answer would let them.

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::pipeline {

/// By auth backend and subject. Threads: [any].
class Revocations {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  explicit Revocations(Clock clock = std::chrono::steady_clock::now) : clock_(std::move(clock)) {}

  /// \param keep  how long it holds: as long as links live that were minted before.
  void Revoke(std::string_view backend, std::string_view subject, std::chrono::seconds keep);
  void Restore(std::string_view backend, std::string_view subject);
  bool Has(std::string_view backend, std::string_view subject) const;

 private:
  const Clock clock_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::chrono::steady_clock::time_point> until_;
};

}  // namespace sluice::pipeline

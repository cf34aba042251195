// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SmallStore: the responses that SmallCache keeps, within a number of octets.

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/upstream/small_cache.hpp"

namespace sluice::upstream {

/// What was used longest ago leaves first. Threads: [any].
class SmallStore {
 public:
  using Response = std::shared_ptr<const SmallResponse>;
  static constexpr std::size_t kOverheadBytes = 512;  ///< Counted for each response beside its octets.
  static constexpr std::size_t kMaxVariants = 16;     ///< Of one key.

  explicit SmallStore(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// \param request  fields to compare with those that Vary named. \param oldest  nothing that was older at `now`.
  Response Find(const std::string& key, std::span<const sdk::Header> request, Clock::time_point now,
                std::chrono::seconds oldest);
  /// In place of the variant with the same fields. \returns how many others had to leave.
  std::size_t Keep(const std::string& key, std::span<const sdk::Header> request, const std::vector<std::string>& vary,
                   Response response, Clock::time_point until);
  std::size_t bytes() const;

 private:
  struct Entry {
    std::string key;
    std::vector<std::pair<std::string, std::string>> varied;  ///< Names of Vary, and what the request said there.
    Response response;
    Clock::time_point until;
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;
  using Variants = std::vector<Entries::iterator>;

  static bool Matches(const Entry& entry, std::span<const sdk::Header> request);
  void Remove(Entries::iterator entry);

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  Entries newest_first_;
  std::unordered_map<std::string, Variants> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::upstream

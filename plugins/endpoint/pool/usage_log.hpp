// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// UsageLog: who was served what, for as long as the operator wants it kept.

#include <atomic>
#include <cstdint>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <vector>

#include "paging.hpp"
#include "settings.hpp"

namespace sluice::plugins::pool {

struct UsageEntry {
  std::string id{};  ///< The same again is the same entry.
  std::string user{};
  std::string key{};  ///< Id of a pool key; may be empty.
  std::string action{};
  std::string hash{};
  bool cached = false;
  std::int64_t bytes = 0;
  std::int64_t happened_at = 0;
};

/// Empty texts and nothings stand for any.
struct UsageFilter {
  std::string user{};
  std::string key{};
  std::string action{};
  std::optional<std::int64_t> from{};  ///< Unix seconds, inclusive.
  std::optional<std::int64_t> to{};    ///< Exclusive.
  std::optional<Place> after{};
};

/// Threads: [any].
class UsageLog {
 public:
  UsageLog(sdk::Host host, const Settings& settings);

  /// Adds an entry, unless one of its id is there. Once an hour it drops what is too old, 500 at a time and call.
  sdk::Status Add(const sdk::Call& call, const UsageEntry& entry);

  /// The newest first. \param limit  1 to 1001.
  sdk::Result<std::vector<UsageEntry>> Page(const sdk::Call& call, const UsageFilter& filter, std::int64_t limit) const;

 private:
  void DropOld(const sdk::Call& call);

  const sdk::Host host_;
  const Settings& settings_;
  std::atomic<std::int64_t> drop_again_at_{0};
};

}  // namespace sluice::plugins::pool

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// InitCache: init sections that were seen lately, so that each media segment need not fetch its own.

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "init.hpp"

namespace sluice::plugins::cenc {

/// Bounded in number and age: a live stream may put another init section under the same URL. Threads: [any].
class InitCache {
 public:
  static constexpr std::size_t kMaxEntries = 256;
  static constexpr std::chrono::minutes kMaxAge{5};

  explicit InitCache(sdk::Host host) : host_(std::move(host)) {}

  /// \returns  null: it was not seen lately.
  std::shared_ptr<const Init> Find(std::string_view name);
  void Put(std::string name, std::shared_ptr<const Init> init);

 private:
  struct Entry {
    std::string name;
    std::shared_ptr<const Init> init;
    std::chrono::steady_clock::time_point since;
  };
  using Entries = std::list<Entry>;  // the one used last first

  const sdk::Host host_;
  std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> index_;  // names live in entries_
};

}  // namespace sluice::plugins::cenc

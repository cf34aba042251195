// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Outcomes: what became of several requests that make one search.

#include <cstddef>
#include <mutex>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <utility>

#include "indexer/common/findings.hpp"

namespace sluice::plugins::indexer {

/// Threads: [any].
class Outcomes {
 public:
  void Add(const sdk::Status& status) {
    const std::lock_guard lock(mutex_);
    if (status) {
      ++good_;
    } else if (!fault_) {
      fault_ = status.error();
    }
  }
  /// \returns  OK if one of them was; else the first fault. Marks `findings` as a part if some failed.
  sdk::Status Sum(Findings& findings) const {
    const std::lock_guard lock(mutex_);
    if (!fault_) return sdk::Ok();
    if (good_ == 0) return *fault_;
    findings.MarkPartial();
    return sdk::Ok();
  }

 private:
  mutable std::mutex mutex_;
  std::size_t good_ = 0;
  std::optional<sdk::Error> fault_;
};

}  // namespace sluice::plugins::indexer

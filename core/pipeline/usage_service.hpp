// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// UsageService: "sluice.usage/1" for endpoints, over the outbox.

#include <functional>
#include <memory>
#include <sluice/sdk/services.hpp>

#include "core/pipeline/snapshot.hpp"

namespace sluice::state {
class UsageOutbox;
}

namespace sluice::pipeline {

/// Threads: [any].
class UsageService final : public sdk::UsageService {
 public:
  using Current = std::function<std::shared_ptr<const Snapshot>()>;

  UsageService(state::UsageOutbox& outbox, Current current) : outbox_(outbox), current_(std::move(current)) {}
  sdk::Status Record(const sdk::Call& call, const sdk::Usage& usage) override;

 private:
  state::UsageOutbox& outbox_;
  const Current current_;
};

}  // namespace sluice::pipeline

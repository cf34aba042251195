// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The outbox between the components of the configuration: who may write to it, and to whom it is reported.

#include <sluice/sdk/services.hpp>

#include "core/pipeline/snapshot.hpp"
#include "core/state/usage_reporter.hpp"

namespace sluice::state {
class UsageOutbox;
}

namespace sluice::pipeline {

/// "sluice.usage/1" for endpoints, over the outbox. Threads: [any].
class UsageService final : public sdk::UsageService {
 public:
  UsageService(state::UsageOutbox& outbox, CurrentSnapshot current) : outbox_(outbox), current_(std::move(current)) {}
  sdk::Status Record(const sdk::Call& call, const sdk::Usage& usage) override;

 private:
  state::UsageOutbox& outbox_;
  const CurrentSnapshot current_;
};

/// The auth backends that want reports. \param current  never answers null.
state::UsageReporter::Backends UsageBackends(CurrentSnapshot current);

}  // namespace sluice::pipeline

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// InternalApi: what instances ask of the pool, in the shapes that its clients have always known.

#include <sluice/sdk/host.hpp>
#include <string_view>
#include <vector>

#include "answers.hpp"
#include "feed.hpp"
#include "grants.hpp"
#include "key_health.hpp"
#include "settings.hpp"
#include "usage_log.hpp"

namespace sluice::plugins::pool {

/// Threads: [any].
class InternalApi {
 public:
  InternalApi(sdk::Host host, const Settings& settings, Grants& grants, UsageLog& usage, KeyHealth& health);

  /// Live as long as this.
  std::vector<Served> Routes();

 private:
  using Answer = sdk::Status (InternalApi::*)(const Request&);

  /// Nobody without the key gets to `answer`.
  Served Guarded(const char* method, const char* path, Answer answer);
  bool IsInstance(const Request& request) const;
  sdk::Status GetKey(const Request& request);
  sdk::Status LogUsage(const Request& request);
  sdk::Status SendStats(const Request& request);
  sdk::Status SendEvents(const Request& request);

  sdk::Status Report(const sdk::Call& call, const Asked& asked) const;

  const sdk::Host host_;
  const Settings& settings_;
  Grants& grants_;
  UsageLog& usage_;
  KeyHealth& health_;
  Feed feed_;
  const sdk::Result<sdk::MetricsService::Id> decided_;
};

}  // namespace sluice::plugins::pool

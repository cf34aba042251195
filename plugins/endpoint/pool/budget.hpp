// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Budget: how often a minute a key may be handed out, for all instances of the server that share a cache.

#include <cstdint>
#include <map>
#include <sluice/sdk/host.hpp>
#include <string>

namespace sluice::plugins::pool {

/// Threads: [any].
class Budget {
 public:
  /// \param limits  store: times a minute; of other stores there is no end.
  Budget(sdk::Host host, const std::map<std::string, std::int64_t>& limits);

  /// Takes one time off. In no minute, wherever it begins, are there more than the limit.
  /// \returns  false: there is none left. kUpstreamFailed: the cache is away.
  sdk::Result<bool> Take(const sdk::Call& call, const std::string& store, const std::string& key) const;

 private:
  const sdk::Host host_;
  const std::map<std::string, std::int64_t>& limits_;
};

}  // namespace sluice::plugins::pool

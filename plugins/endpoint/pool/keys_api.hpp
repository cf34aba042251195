// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// KeysApi: pool keys, for operators. What opens a store goes in, and never comes out here.

#include <sluice/sdk/host.hpp>
#include <vector>

#include "answers.hpp"
#include "key_health.hpp"

namespace sluice::plugins::pool {

/// Threads: [any].
class KeysApi {
 public:
  KeysApi(sdk::Host host, const KeyHealth& health);

  /// Live as long as this.
  std::vector<Served> Routes();

 private:
  sdk::Status Create(const Request& request);
  sdk::Status List(const Request& request);
  sdk::Status Show(const Request& request);
  sdk::Status Edit(const Request& request);
  sdk::Status Delete(const Request& request);
  sdk::Status Check(const Request& request);

  sdk::Result<Json> Read(const sdk::Call& call, std::string_view id) const;

  const sdk::Host host_;
  const KeyHealth& health_;
};

}  // namespace sluice::plugins::pool

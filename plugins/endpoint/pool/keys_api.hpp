// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// KeysApi: pool keys, for operators. What opens a store goes in, and never comes out here.

#include <sluice/sdk/host.hpp>
#include <vector>

#include "answers.hpp"

namespace sluice::plugins::pool {

/// Threads: [any].
class KeysApi {
 public:
  explicit KeysApi(sdk::Host host);

  /// Live as long as this.
  std::vector<Served> Routes();

 private:
  sdk::Status Create(const Request& request);
  sdk::Status List(const Request& request);
  sdk::Status Show(const Request& request);
  sdk::Status Edit(const Request& request);
  sdk::Status Delete(const Request& request);

  sdk::Status Send(const Request& request, int status, std::string_view id) const;

  const sdk::Host host_;
};

}  // namespace sluice::plugins::pool

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// UsersApi: users, their devices and their keys, for operators.

#include <sluice/sdk/host.hpp>
#include <string>
#include <vector>

#include "answers.hpp"
#include "settings.hpp"

namespace sluice::plugins::pool {

/// Threads: [any].
class UsersApi {
 public:
  UsersApi(sdk::Host host, const Settings& settings);

  /// Live as long as this.
  std::vector<Served> Routes();

 private:
  sdk::Status Create(const Request& request);
  sdk::Status List(const Request& request);
  sdk::Status Show(const Request& request);
  sdk::Status Edit(const Request& request);
  sdk::Status Delete(const Request& request);
  sdk::Status RenewLink(const Request& request);
  sdk::Status Assign(const Request& request);
  sdk::Status Unassign(const Request& request);
  sdk::Status ListDevices(const Request& request);
  sdk::Status DropDevice(const Request& request);

  sdk::Result<Json> Read(const sdk::Call& call, std::string_view id) const;
  std::string LinkOf(std::string_view token) const;

  const sdk::Host host_;
  const Settings& settings_;
};

}  // namespace sluice::plugins::pool

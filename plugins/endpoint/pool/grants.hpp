// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Grants: whether a user may have a pool key on a device, and which.

#include <cstdint>
#include <mutex>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>

#include "budget.hpp"
#include "settings.hpp"

namespace sluice::plugins::pool {

struct Asked {
  std::string user;
  std::string device;  ///< As its instance names it.
  std::string device_label;
  std::string store;
  bool failed = false;       ///< The key that the user had does not open the store.
  std::string failed_key{};  ///< Which that was; empty: the one that is the user's.
};

struct Grant {
  bool allowed = false;
  std::string message;                    ///< For the viewer.
  std::optional<std::int64_t> devices{};  ///< How many the user has; nothing: not looked at.
  std::string key_id{};
  std::string key{};  ///< Secret.
};

/// Threads: [any].
class Grants {
 public:
  Grants(sdk::Host host, const Settings& settings);

  /// Writes only what is new: a device, an assignment, and at most once a minute that a device was seen.
  sdk::Result<Grant> Decide(const sdk::Call& call, const Asked& asked);

  /// Which key the user has; empty: none.
  sdk::Result<std::string> AssignedKey(const sdk::Call& call, const std::string& user, const std::string& store) const;

 private:
  struct Standing;

  /// The secret of the hashes of devices: made once, and the same for all instances of the database.
  sdk::Result<std::string> DeviceSalt(const sdk::Call& call);
  sdk::Result<Standing> Settle(const sdk::Call& call, const Asked& asked, const std::string& device);
  sdk::Status Write(sdk::SqlTransaction& transaction, const Asked& asked, const std::string& device,
                    Standing& standing) const;
  /// Within the budgets: the user's own key, or another one of the store.
  sdk::Result<Grant> HandOut(const sdk::Call& call, const Asked& asked, const Standing& standing) const;
  sdk::Result<Grant> Opened(const Standing& standing, const std::string& id, const std::string& sealed) const;

  const sdk::Host host_;
  const Settings& settings_;
  const Budget budget_;

  std::mutex mutex_;
  std::string salt_;
};

}  // namespace sluice::plugins::pool

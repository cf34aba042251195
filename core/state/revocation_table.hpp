// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RevocationTable: who must not go on, kept for the time after a restart.

#include <chrono>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/state/migrations.hpp"

namespace sluice::state {

class Database;

Schema RevocationSchema();

struct KeptRevocation {
  std::string backend;  ///< Name of the auth component.
  std::string subject;
  std::chrono::system_clock::time_point until;
};

/// Makes its tables when it is first used. \returns  of every method: as sdk::DatabaseService. Threads: [any].
class RevocationTable {
 public:
  explicit RevocationTable(Database& database) : database_(database), tables_(database, RevocationSchema()) {}

  /// Those that are not over; the others are dropped.
  sdk::Result<std::vector<KeptRevocation>> Load(const sdk::Call& call);
  /// In place of an earlier one of the same subject.
  sdk::Status Keep(const sdk::Call& call, const KeptRevocation& revocation);
  sdk::Status Drop(const sdk::Call& call, std::string_view backend, std::string_view subject);

 private:
  Database& database_;
  MigrateOnce tables_;
};

}  // namespace sluice::state

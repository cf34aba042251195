// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Migrations: how the tables of a server, and of each component, come to what this build wants of them. Forward only.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <vector>

namespace sluice::state {

class Database;

/// The tables of one owner.
struct Schema {
  std::string owner;                 ///< "core", or the prefix of a component's tables.
  std::vector<std::string> scripts;  ///< Version 1 and on: SQL, several statements. What was released never changes.
};

/// How far an owner's tables are.
struct SchemaState {
  std::uint64_t applied = 0;  ///< Version of the database.
  std::uint64_t known = 0;    ///< Version that this build wants.
};

/// Reads what was applied, and changes nothing. \returns  as sdk::DatabaseService.
sdk::Result<SchemaState> ReadSchemaState(Database& database, const sdk::Call& call, const Schema& schema);

/// Applies what is missing, each version in a transaction of its own. Several processes may do so at once.
/// \returns  kUnsupported when the database is of a newer build, or a script is not the one that was applied;
///           otherwise as sdk::DatabaseService.
sdk::Status Migrate(Database& database, const sdk::Call& call, const Schema& schema);

/// Migrates before the first use, whenever the database is there. Threads: [any].
class MigrateOnce {
 public:
  MigrateOnce(Database& database, Schema schema) : database_(database), schema_(std::move(schema)) {}

  const Schema& schema() const { return schema_; }
  /// \returns  OK once the tables are there; until then as Migrate.
  sdk::Status Ensure(const sdk::Call& call);

 private:
  Database& database_;
  const Schema schema_;
  std::timed_mutex mutex_;  // whoever waits for it has a deadline
  std::atomic<bool> done_{false};
};

}  // namespace sluice::state

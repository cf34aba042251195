// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The tables of a configuration's components: made at the start, and by `sluice migrate`.

#include <chrono>
#include <iosfwd>
#include <string>
#include <vector>

#include "core/config/config.hpp"
#include "core/config/fault.hpp"
#include "core/state/migrations.hpp"

namespace sluice::state {
class Database;
}
namespace sluice::pipeline {
struct Snapshot;
}

namespace sluice::cli {

/// The tables of the server itself, as far as somebody needs them, and of its components.
std::vector<state::Schema> SchemasOf(const pipeline::Snapshot& snapshot);

/// Makes what is missing. Adds a fault for what waiting cannot mend: a file that cannot be used, tables of a newer
/// build. A server that is away is logged: each component's tables are made before their first use.
void MakeTables(state::Database& database, const std::vector<state::Schema>& schemas, const config::Config& config,
                config::Faults& faults);

/// Once the listeners are bound, and so no second server was started by mistake: usage records that an earlier run left
/// are this one's, where no other server uses the database. \param before  when this run began.
void TakeOverRecords(state::Database& database, const std::vector<state::Schema>& schemas,
                     std::chrono::system_clock::time_point before);

/// Makes what is missing, for a person who waits for it. \returns  false when that failed; then `errors` says why.
bool MigrateTables(state::Database& database, const std::vector<state::Schema>& schemas, std::ostream& errors);

/// Why requests that need the database cannot be served now; empty: they can.
std::string WhyDatabaseIsAway(state::Database& database);

/// Prints one line for each owner of tables: "endpoint/pool  version 2 of 3". \returns  as MigrateTables.
bool ShowTables(state::Database& database, const std::vector<state::Schema>& schemas, std::ostream& out,
                std::ostream& errors);

}  // namespace sluice::cli

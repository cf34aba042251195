// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// InstanceDatabase: the database as one component sees it: its own tables, made before they are used.

#include <sluice/sdk/database.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/state/migrations.hpp"

namespace sluice::state {
class Database;
}

namespace sluice::plugin {

/// What stands before the names of a component's tables: "pool_household_". At most 30 octets, and no other
/// component's.
std::string TablePrefix(std::string_view kind, std::string_view component);

/// `sql` with the prefix before each name that stands in braces. Other braces stay.
std::string WithTables(std::string_view sql, std::string_view prefix);

/// The tables of one component. \param migrations  as its type has them.
state::Schema SchemaOf(std::string_view kind, std::string_view component, const std::vector<std::string>& migrations);

/// "sluice.database/1" over the tables of one component. Threads: [any].
class InstanceDatabase final : public sdk::DatabaseService {
 public:
  InstanceDatabase(state::Database& database, std::string_view kind, std::string_view component,
                   const std::vector<std::string>& migrations);

  using sdk::DatabaseService::Read;
  sdk::Result<sdk::SqlResult> Read(const sdk::Call& call, std::string_view sql,
                                   std::span<const sdk::SqlParam> params) override;
  sdk::Status Transact(const sdk::Call& call, const sdk::SqlWork& work) override;

 private:
  state::Database& database_;
  const std::string prefix_;
  state::MigrateOnce tables_;
};

}  // namespace sluice::plugin

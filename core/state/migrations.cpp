// SPDX-License-Identifier: MIT
#include "core/state/migrations.hpp"

#include "core/state/database.hpp"
#include "core/state/digest.hpp"
#include "core/state/unix_time.hpp"

namespace sluice::state {
namespace {

constexpr const char* kMakeTable =
    "CREATE TABLE IF NOT EXISTS sluice_migrations (owner TEXT NOT NULL, version BIGINT NOT NULL, digest TEXT NOT NULL, "
    "applied_at BIGINT NOT NULL, PRIMARY KEY (owner, version))";
constexpr const char* kApplied = "SELECT version, digest FROM sluice_migrations WHERE owner = $1 ORDER BY version";
constexpr int kAttempts = 3;  // other processes may be at it

/// \returns  how many of the scripts were applied; they are what they were.
sdk::Result<std::size_t> CountApplied(const sdk::SqlResult& applied, const Schema& schema) {
  if (applied.rows.size() > schema.scripts.size()) {
    return sdk::Error{.code = sdk::Errc::kUnsupported,
                      .message = "database: the tables of " + schema.owner + " are of version " +
                                 std::to_string(applied.rows.size()) + ", of a newer build; this one knows version " +
                                 std::to_string(schema.scripts.size())};
  }
  for (std::size_t i = 0; i < applied.rows.size(); ++i) {
    if (applied.rows[i][1].text == Sha256Hex(schema.scripts[i])) continue;
    return sdk::Error{.code = sdk::Errc::kUnsupported,
                      .message = "database: version " + std::to_string(i + 1) + " of the tables of " + schema.owner +
                                 " was made by another script than this build has"};
  }
  return applied.rows.size();
}

sdk::Status ApplyMissing(Database& database, const sdk::Call& call, const Schema& schema) {
  auto made = database.Change(call, [](Transaction& transaction) { return transaction.RunScript(kMakeTable); });
  for (std::size_t next = 0; made && next < schema.scripts.size(); ++next) {
    made = database.Change(call, [&](Transaction& transaction) -> sdk::Status {
      const auto rows = transaction.Run(kApplied, {schema.owner});
      if (!rows) return rows.error();
      const auto applied = CountApplied(*rows, schema);
      if (!applied) return applied.error();
      next = *applied;
      if (next == schema.scripts.size()) return sdk::Ok();
      // First, so that of two processes one meets the other before it makes tables.
      auto noted =
          transaction.Run("INSERT INTO sluice_migrations (owner, version, digest, applied_at) VALUES ($1, $2, $3, $4)",
                          {schema.owner, next + 1, Sha256Hex(schema.scripts[next]), UnixMilliseconds() / 1000});
      if (!noted) return std::move(noted).error();
      return transaction.RunScript(schema.scripts[next]);
    });
  }
  return made;
}

}  // namespace

sdk::Result<SchemaState> ReadSchemaState(Database& database, const sdk::Call& call, const Schema& schema) {
  SchemaState state{.known = schema.scripts.size()};
  const auto applied = database.Read(call, kApplied, {schema.owner});
  if (applied) {
    state.applied = applied->rows.size();
  } else if (applied.error().code != sdk::Errc::kInvalidArgument) {  // that is: there is no such table yet
    return applied.error();
  }
  return state;
}

sdk::Status Migrate(Database& database, const sdk::Call& call, const Schema& schema) {
  if (schema.scripts.empty()) return sdk::Ok();
  auto migrated = sdk::Ok();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    migrated = ApplyMissing(database, call, schema);
    if (migrated || migrated.error().code != sdk::Errc::kInvalidArgument) break;
  }
  return migrated;
}

sdk::Status MigrateOnce::Ensure(const sdk::Call& call) {
  if (done_.load()) return sdk::Ok();
  std::unique_lock lock(mutex_, std::defer_lock);
  if (call.deadline() == sdk::Call::Clock::time_point::max()) {
    lock.lock();
  } else if (!lock.try_lock_until(call.deadline())) {
    return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "database: the tables are not ready yet"};
  }
  if (done_.load()) return sdk::Ok();
  auto migrated = Migrate(database_, call, schema_);
  done_.store(static_cast<bool>(migrated));
  return migrated;
}

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#include "core/cli/tables.hpp"

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>

#include "core/config/fault_at.hpp"
#include "core/net/own_call.hpp"
#include "core/pipeline/snapshot.hpp"
#include "core/plugin/registry.hpp"
#include "core/state/database.hpp"
#include "core/state/revocation_table.hpp"
#include "core/state/usage_outbox.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kLongPatience = std::chrono::hours(6);  // of a person, for a migration that has much to move
constexpr auto kProbePatience = std::chrono::seconds(2);

auto In(std::chrono::steady_clock::duration time) { return std::chrono::steady_clock::now() + time; }

}  // namespace

std::vector<state::Schema> SchemasOf(const pipeline::Snapshot& snapshot) {
  auto schemas = snapshot.plugins->Schemas(snapshot.config);
  const bool records = std::any_of(snapshot.components.begin(), snapshot.components.end(),
                                   [](const auto& component) { return component.second.interests.usage; });
  const bool revokes = std::any_of(snapshot.components.begin(), snapshot.components.end(),
                                   [](const auto& component) { return component.second.interests.revocations; });
  if (revokes) schemas.insert(schemas.begin(), state::RevocationSchema());
  if (records) schemas.insert(schemas.begin(), state::UsageSchema());
  return schemas;
}

void MakeTables(state::Database& database, const std::vector<state::Schema>& schemas, const config::Config& config,
                config::Faults& faults) {
  for (const auto& schema : schemas) {
    const net::OwnCall call(In(kPatience));
    const auto made = state::Migrate(database, call.call(), schema);
    if (made) continue;
    const auto& error = made.error();
    if (database.is_local() || error.code == sdk::Errc::kUnsupported || error.code == sdk::Errc::kInvalidArgument) {
      faults.Add(config::PlaceOf(*config.places, "/state"), error.message);
    } else {
      telemetry::Log(telemetry::Level::kWarning, "the database is away; what needs it is refused until it is back",
                     {{"database", database.name()}, {"cause", error.message}});
    }
    return;  // the others would find the same
  }
}

void TakeOverRecords(state::Database& database, const std::vector<state::Schema>& schemas,
                     std::chrono::system_clock::time_point before) {
  const auto core = state::UsageSchema().owner;
  const auto is_core = [&](const state::Schema& schema) { return schema.owner == core; };
  if (!database.is_local() || std::none_of(schemas.begin(), schemas.end(), is_core)) return;
  const net::OwnCall call(In(kPatience));
  if (const auto taken = state::TakeOverUsage(database, call.call(), before); !taken) {
    telemetry::Log(telemetry::Level::kWarning, "usage records of an earlier run are reported when their time comes",
                   {{"cause", taken.error().message}});
  }
}

bool MigrateTables(state::Database& database, const std::vector<state::Schema>& schemas, std::ostream& errors) {
  for (const auto& schema : schemas) {
    const net::OwnCall call(In(kLongPatience));
    const auto made = state::Migrate(database, call.call(), schema);
    if (made) continue;
    errors << telemetry::Redact(made.error().message) << '\n';
    return false;
  }
  return true;
}

std::string WhyDatabaseIsAway(state::Database& database) {
  const net::OwnCall call(In(kProbePatience));
  const auto read = database.Read(call.call(), "SELECT 1");
  return read ? std::string() : read.error().message;
}

bool ShowTables(state::Database& database, const std::vector<state::Schema>& schemas, std::ostream& out,
                std::ostream& errors) {
  std::size_t width = 0;
  for (const auto& schema : schemas) width = std::max(width, schema.owner.size());
  for (const auto& schema : schemas) {
    const net::OwnCall call(In(kPatience));
    const auto state = state::ReadSchemaState(database, call.call(), schema);
    if (!state) {
      errors << telemetry::Redact(state.error().message) << '\n';
      return false;
    }
    out << std::left << std::setw(static_cast<int>(width)) << schema.owner << "  version " << state->applied << " of "
        << state->known << '\n';
  }
  return true;
}

}  // namespace sluice::cli

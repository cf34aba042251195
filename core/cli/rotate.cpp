// SPDX-License-Identifier: MIT
#include "core/cli/rotate.hpp"

#include <chrono>
#include <ostream>

#include "core/net/own_call.hpp"
#include "core/state/database.hpp"
#include "core/state/secrets.hpp"
#include "core/state/sessions.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

using SealedTable = plugin::PluginSet::SealedTable;

constexpr std::int64_t kRowsAtOnce = 100;
constexpr auto kPatience = std::chrono::seconds(30);

/// One column on its way through.
class Rotation {
 public:
  Rotation(state::Database& database, const state::Secrets& secrets, const SealedTable& table)
      : database_(database), secrets_(secrets), table_(table), key_id_(secrets.KeyId()) {}

  /// The next rows. \returns  whether there were any.
  sdk::Result<bool> Step() {
    const net::OwnCall call(std::chrono::steady_clock::now() + kPatience);
    std::size_t seen = 0;
    const auto changed = database_.Change(call.call(), [&](state::Transaction& transaction) -> sdk::Status {
      const auto rows =
          transaction.Run("SELECT " + table_.id + ", " + table_.column + " FROM " + table_.table + " WHERE " +
                              table_.key_id + " <> $1 AND " + table_.column + " IS NOT NULL AND " + table_.id +
                              " > $2 ORDER BY " + table_.id + " LIMIT $3",
                          {key_id_, last_, kRowsAtOnce});
      if (!rows) return rows.error();
      pending_ = {};
      seen = rows->rows.size();
      for (const auto& row : rows->rows) {
        if (auto sealed = Seal(transaction, row[0].text, row[1].text); !sealed) return sealed;
      }
      if (seen != 0) pending_.last = rows->rows.back()[0].text;
      return sdk::Ok();
    });
    if (!changed) return changed.error();
    if (seen == 0) return false;
    last_ = pending_.last;
    done_ += pending_.done;
    refused_ += pending_.refused;
    return true;
  }
  std::size_t done() const { return done_; }
  std::size_t refused() const { return refused_; }

 private:
  sdk::Status Seal(state::Transaction& transaction, const std::string& id, const std::string& sealed) {
    const auto secret = secrets_.Open(table_.purpose, sealed, id);
    if (!secret) {
      ++pending_.refused;
      return sdk::Ok();
    }
    const auto anew = secrets_.Seal(table_.purpose, *secret, id);
    if (!anew) return anew.error();
    auto written = transaction.Run("UPDATE " + table_.table + " SET " + table_.column + " = $1, " + table_.key_id +
                                       " = $2 WHERE " + table_.id + " = $3",
                                   {sdk::SqlParam::Bytes(*anew), key_id_, id});
    if (!written) return std::move(written).error();
    ++pending_.done;
    return sdk::Ok();
  }

  /// Of a transaction that may have to run again.
  struct Pending {
    std::string last;
    std::size_t done = 0, refused = 0;
  };

  state::Database& database_;
  const state::Secrets& secrets_;
  const SealedTable& table_;
  const std::string key_id_;
  Pending pending_;
  std::string last_;
  std::size_t done_ = 0, refused_ = 0;
};

}  // namespace

SealedTable SealedSessions() {
  return {.component = "sessions",
          .purpose = state::kSessionPurpose,
          .table = "sluice_sessions",
          .id = "id",
          .column = "data",
          .key_id = "key_id"};
}

bool RotateSecrets(state::Database& database, const state::Secrets& secrets, const std::vector<SealedTable>& tables,
                   std::ostream& out, std::ostream& errors) {
  bool whole = true;
  for (const auto& table : tables) {
    const auto what = table.component + ": " + table.table + "." + table.column;
    Rotation rotation(database, secrets, table);
    auto step = rotation.Step();
    while (step && *step) step = rotation.Step();
    out << what << ": " << rotation.done() << " sealed anew\n";
    if (!step) errors << what << ": " << telemetry::Redact(step.error().message) << '\n';
    if (rotation.refused() != 0) {
      errors << what << ": " << rotation.refused()
             << " could not be opened; want the key that sealed them in /state/previous_secret_keys\n";
    }
    whole = whole && step && rotation.refused() == 0;
  }
  return whole;
}

}  // namespace sluice::cli

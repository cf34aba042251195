// SPDX-License-Identifier: MIT
#include "core/state/revocation_table.hpp"

#include "core/state/database.hpp"
#include "core/state/unix_time.hpp"

namespace sluice::state {

using std::chrono::milliseconds;

Schema RevocationSchema() {
  return {.owner = "revocations",
          .scripts = {"CREATE TABLE sluice_revocations (backend TEXT NOT NULL, subject TEXT NOT NULL, "
                      "until_at BIGINT NOT NULL, PRIMARY KEY (backend, subject))"}};
}

sdk::Result<std::vector<KeptRevocation>> RevocationTable::Load(const sdk::Call& call) {
  if (auto ready = tables_.Ensure(call); !ready) return std::move(ready).error();
  std::vector<KeptRevocation> kept;
  auto done = database_.Change(call, [&](Transaction& transaction) -> sdk::Status {
    kept.clear();
    auto dropped = transaction.Run("DELETE FROM sluice_revocations WHERE until_at <= $1", {UnixMilliseconds()});
    if (!dropped) return std::move(dropped).error();
    auto found = transaction.Run("SELECT backend, subject, until_at FROM sluice_revocations");
    if (!found) return std::move(found).error();
    for (auto& row : found->rows) {
      kept.push_back({.backend = std::move(row[0].text),
                      .subject = std::move(row[1].text),
                      .until = std::chrono::system_clock::time_point(milliseconds(row[2].integer))});
    }
    return sdk::Ok();
  });
  if (!done) return std::move(done).error();
  return kept;
}

sdk::Status RevocationTable::Keep(const sdk::Call& call, const KeptRevocation& revocation) {
  if (auto ready = tables_.Ensure(call); !ready) return ready;
  return database_.Change(call, [&](Transaction& transaction) -> sdk::Status {
    auto done = transaction.Run(
        "INSERT INTO sluice_revocations (backend, subject, until_at) VALUES ($1, $2, $3) "
        "ON CONFLICT (backend, subject) DO UPDATE SET until_at = excluded.until_at",
        {revocation.backend, revocation.subject, UnixMilliseconds(revocation.until)});
    return done ? sdk::Ok() : sdk::Status(std::move(done).error());
  });
}

sdk::Status RevocationTable::Drop(const sdk::Call& call, std::string_view backend, std::string_view subject) {
  if (auto ready = tables_.Ensure(call); !ready) return ready;
  return database_.Change(call, [&](Transaction& transaction) -> sdk::Status {
    auto done =
        transaction.Run("DELETE FROM sluice_revocations WHERE backend = $1 AND subject = $2", {backend, subject});
    return done ? sdk::Ok() : sdk::Status(std::move(done).error());
  });
}

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#include "event_log.hpp"

#include "answers.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::int64_t kKeptSeconds = 7LL * 24 * 3600;

}  // namespace

sdk::Status AddEvent(sdk::SqlTransaction& transaction, std::string_view kind, std::string_view subject,
                     std::int64_t now) {
  const auto added = Change(transaction,
                            "INSERT INTO {events} SELECT coalesce(max(sequence), 0) + 1, CAST($1 AS TEXT), "
                            "CAST($2 AS TEXT), CAST($3 AS BIGINT) FROM {events}",
                            {kind, subject, now});
  if (!added) return added.error();
  // The newest stays, since the next number is made of it.
  const auto dropped = Change(transaction,
                              "DELETE FROM {events} WHERE happened_at < $1 AND sequence < "
                              "(SELECT max(sequence) FROM {events})",
                              {now - kKeptSeconds});
  return dropped ? sdk::Ok() : sdk::Status(dropped.error());
}

}  // namespace sluice::plugins::pool

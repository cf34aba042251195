// SPDX-License-Identifier: MIT
#include "keyring.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "answers.hpp"
#include "event_log.hpp"

namespace sluice::plugins::pool {
namespace {

struct Load {
  std::string key;
  std::int64_t users = 0;
  std::int64_t room = 0;
  std::int64_t given = 0;
};

/// The least loaded first, keys without room left out.
sdk::Result<std::vector<Load>> ReadLoads(sdk::SqlTransaction& transaction, std::string_view store) {
  const auto rows = transaction.Run(
      "SELECT k.id, k.max_users, count(a.user_id) AS users FROM {keys} k LEFT JOIN {assignments} a ON a.key_id = k.id "
      "WHERE k.store = $1 AND k.state = 'active' GROUP BY k.id, k.max_users, k.created_at "
      "ORDER BY users, k.created_at, k.id",
      {store});
  if (!rows) return rows.error();
  std::vector<Load> loads;
  for (const auto& row : rows->rows) {
    const auto users = row[2].integer;
    const auto most = row[1].type == sdk::SqlType::kNull ? std::numeric_limits<std::int64_t>::max() : row[1].integer;
    if (most > users) loads.push_back({.key = row[0].text, .users = users, .room = most - users});
  }
  return loads;
}

/// Divides `users` among `loads`, one by one to the least loaded.
void Divide(std::int64_t users, std::vector<Load>& loads) {
  const auto fewer = [](const Load& a, const Load& b) {
    if ((a.room == a.given) != (b.room == b.given)) return b.room == b.given;
    return a.users + a.given < b.users + b.given;
  };
  for (; users > 0 && !loads.empty(); --users) {
    auto& least = *std::min_element(loads.begin(), loads.end(), fewer);
    if (least.room == least.given) return;
    ++least.given;
  }
}

}  // namespace

sdk::Result<std::optional<std::string>> LeastLoaded(sdk::SqlTransaction& transaction, std::string_view store) {
  const auto loads = ReadLoads(transaction, store);
  if (!loads) return loads.error();
  if (loads->empty()) return std::optional<std::string>{};
  return std::optional(loads->front().key);
}

sdk::Status AssignKey(sdk::SqlTransaction& transaction, std::string_view user, std::string_view store,
                      std::string_view key, std::int64_t now) {
  const auto assigned = Change(transaction,
                               "INSERT INTO {assignments} VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, store) "
                               "DO UPDATE SET key_id = excluded.key_id, assigned_at = excluded.assigned_at",
                               {user, store, key, now});
  return assigned ? sdk::Ok() : sdk::Status(assigned.error());
}

sdk::Result<std::string> OpenSecret(const sdk::Host& host, std::string_view what, std::string_view sealed,
                                    std::string_view id) {
  auto secret = host.secrets().Open(sealed, id);
  if (secret) return secret;
  return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                    .message = std::string(what) + ": this server's keys do not open what another one sealed"};
}

sdk::Status MoveUsers(sdk::SqlTransaction& transaction, std::string_view key, std::string_view store,
                      std::int64_t now) {
  const auto count = transaction.Run("SELECT count(*) FROM {assignments} WHERE key_id = $1", {key});
  if (!count) return count.error();
  auto loads = ReadLoads(transaction, store);
  if (!loads) return loads.error();
  std::erase_if(*loads, [&](const Load& load) { return load.key == key; });
  Divide(count->rows[0][0].integer, *loads);
  for (const auto& load : *loads) {
    if (load.given == 0) continue;
    const auto moved = Change(transaction,
                              "UPDATE {assignments} SET key_id = $1, assigned_at = $2 WHERE key_id = $3 AND user_id IN "
                              "(SELECT user_id FROM {assignments} WHERE key_id = $3 ORDER BY user_id LIMIT $4)",
                              {load.key, now, key, load.given});
    if (!moved) return moved.error();
  }
  const auto dropped = Change(transaction, "DELETE FROM {assignments} WHERE key_id = $1", {key});
  return dropped ? sdk::Ok() : sdk::Status(dropped.error());
}

sdk::Status Retire(sdk::SqlTransaction& transaction, std::string_view key, std::string_view store,
                   std::string_view state, std::string_view fault, std::int64_t now) {
  const auto set = Change(transaction, "UPDATE {keys} SET state = $1, fault = $2 WHERE id = $3", {state, fault, key});
  if (!set) return set.error();
  if (auto moved = MoveUsers(transaction, key, store, now); !moved) return moved;
  return AddEvent(transaction, kKeyRetired, key, now);
}

}  // namespace sluice::plugins::pool

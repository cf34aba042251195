// SPDX-License-Identifier: MIT
#include "usage_log.hpp"

#include <utility>

#include "answers.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::int64_t kDroppedAtOnce = 500;
constexpr std::int64_t kDropEachSeconds = 3600;

}  // namespace

UsageLog::UsageLog(sdk::Host host, const Settings& settings) : host_(std::move(host)), settings_(settings) {}

sdk::Status UsageLog::Add(const sdk::Call& call, const UsageEntry& entry) {
  const auto now = Now(host_);
  auto added = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto done =
        Change(transaction, "INSERT INTO {usage} VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
               {entry.id, entry.user, entry.key, entry.action, entry.hash, entry.cached ? 1 : 0, entry.bytes, now});
    return done ? sdk::Ok() : sdk::Status(done.error());
  });
  if (!added) return added;
  auto again_at = drop_again_at_.load();
  if (now >= again_at && drop_again_at_.compare_exchange_strong(again_at, now + kDropEachSeconds)) DropOld(call);
  return sdk::Ok();
}

void UsageLog::DropOld(const sdk::Call& call) {
  const auto now = Now(host_);
  std::uint64_t dropped = 0;
  const auto done = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto deleted = Change(transaction,
                                "DELETE FROM {usage} WHERE id IN (SELECT id FROM {usage} WHERE happened_at < $1 "
                                "ORDER BY happened_at, id LIMIT $2)",
                                {now - settings_.retention.count(), kDroppedAtOnce});
    if (!deleted) return deleted.error();
    dropped = *deleted;
    return sdk::Ok();
  });
  if (!done) {
    host_.Log(sdk::LogLevel::kWarning, "usage that is too old could not be dropped", {{"error", done.error().message}});
  } else if (dropped == kDroppedAtOnce) {
    drop_again_at_.store(now);
  }
}

sdk::Result<std::vector<UsageEntry>> UsageLog::Page(const sdk::Call& call, const UsageFilter& filter,
                                                    std::int64_t limit) const {
  Query query("SELECT id, user_id, pool_key, action, hash, cached, bytes, happened_at FROM {usage}");
  if (!filter.user.empty()) query.Where("user_id = ?", filter.user);
  if (!filter.key.empty()) query.Where("pool_key = ?", filter.key);
  if (!filter.action.empty()) query.Where("action = ?", filter.action);
  if (filter.from) query.Where("happened_at >= ?", *filter.from);
  if (filter.to) query.Where("happened_at < ?", *filter.to);
  if (filter.after) query.WhereBehind("happened_at, id", "<", *filter.after);
  query.Then(" ORDER BY happened_at DESC, id DESC");
  query.Limit(limit);
  const auto rows = query.Run(host_, call);
  if (!rows) return rows.error();
  std::vector<UsageEntry> page;
  for (const auto& row : rows->rows) {
    page.push_back({.id = row[0].text,
                    .user = row[1].text,
                    .key = row[2].text,
                    .action = row[3].text,
                    .hash = row[4].text,
                    .cached = row[5].integer != 0,
                    .bytes = row[6].integer,
                    .happened_at = row[7].integer});
  }
  return page;
}

}  // namespace sluice::plugins::pool

// SPDX-License-Identifier: MIT
#include "usage_log.hpp"

#include <utility>

#include "answers.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::int64_t kDroppedAtOnce = 500;
constexpr std::int64_t kDropEachSeconds = 3600;

/// Conditions with their parameters, whose texts the filter holds.
class Conditions {
 public:
  void Add(const char* before, sdk::SqlParam param) {
    sql_ += (params_.empty() ? " WHERE " : " AND ") + std::string(before) + Next(param);
  }
  void AddPlace(const UsagePlace& place) {
    sql_ += params_.empty() ? " WHERE " : " AND ";
    sql_ += "(happened_at, id) < (" + Next(place.happened_at) + ", ";
    sql_ += Next(place.id) + ")";
  }
  std::string Next(sdk::SqlParam param) {
    params_.push_back(param);
    return "$" + std::to_string(params_.size());
  }
  const std::string& sql() const { return sql_; }
  const std::vector<sdk::SqlParam>& params() const { return params_; }

 private:
  std::string sql_;
  std::vector<sdk::SqlParam> params_;
};

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
  Conditions where;
  if (!filter.user.empty()) where.Add("user_id = ", filter.user);
  if (!filter.key.empty()) where.Add("pool_key = ", filter.key);
  if (!filter.action.empty()) where.Add("action = ", filter.action);
  if (filter.from) where.Add("happened_at >= ", *filter.from);
  if (filter.to) where.Add("happened_at < ", *filter.to);
  if (filter.after) where.AddPlace(*filter.after);
  const auto conditions = where.sql();
  const auto sql = "SELECT id, user_id, pool_key, action, hash, cached, bytes, happened_at FROM {usage}" + conditions +
                   " ORDER BY happened_at DESC, id DESC LIMIT " + where.Next(limit);
  const auto rows = host_.database().Read(call, sql, where.params());
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

// SPDX-License-Identifier: MIT
#include "core/state/usage_reporter.hpp"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <algorithm>

#include "core/net/own_call.hpp"
#include "core/net/signals_blocked.hpp"
#include "core/state/database.hpp"
#include "core/state/unix_time.hpp"
#include "core/state/usage_outbox.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::state {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::int64_t kMostRecords = 100;
constexpr std::int64_t kAlone = 3;  // attempts, after which a record goes by itself
constexpr auto kDatabaseTimeout = std::chrono::seconds(10);
constexpr int kMostDoublings = 30;

enum Column : std::size_t { kId, kSubject, kKeyId, kAction, kHash, kCached, kBytes, kBeganAt, kAttempts };

sdk::UsageRecord RecordOf(const sdk::SqlRow& row) {
  return {.id = row[kId].text,
          .subject = row[kSubject].text,
          .key_id = row[kKeyId].text,
          .action = row[kAction].text,
          .hash = row[kHash].text,
          .cached = row[kCached].integer != 0,
          .bytes = static_cast<std::uint64_t>(row[kBytes].integer),
          .at = std::chrono::floor<std::chrono::seconds>(
              std::chrono::system_clock::time_point(milliseconds(row[kBeganAt].integer)))};
}

prometheus::Counter& CounterOf(const char* result, prometheus::Registry& metrics) {
  return prometheus::BuildCounter()
      .Name("sluice_usage_reported_total")
      .Help("Usage records that were handed to their auth backends.")
      .Register(metrics)
      .Add({{"result", result}});
}

}  // namespace

UsageReporter::UsageReporter(Database& database, prometheus::Registry& metrics, Backends backends, Options options)
    : database_(database),
      tables_(database, UsageSchema()),
      backends_(std::move(backends)),
      options_(options),
      taken_(CounterOf("taken", metrics)),
      refused_(CounterOf("failed", metrics)) {
  const net::SignalsBlocked blocked;
  thread_ = std::thread([this] { Run(); });
}

UsageReporter::~UsageReporter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void UsageReporter::Run() {
  while (!stop_) {
    bool more = false;
    for (const auto& backend : backends_.names()) more = ReportSome(backend) || more;
    std::unique_lock lock(mutex_);
    if (!more) work_.wait_for(lock, options_.look_every, [&] { return stop_.load(); });
  }
}

bool UsageReporter::ReportSome(const std::string& backend) {
  const auto claimed = Claim(backend);
  if (!claimed || claimed->records.empty()) return false;  // the outbox says in the log that the database is away
  const net::OwnCall call(steady_clock::now() + options_.claim / 2, stop_);
  const auto taken = backends_.report(call.call(), backend, claimed->records);
  const auto count = static_cast<double>(claimed->records.size());
  (taken ? taken_ : refused_).Increment(count);
  if (!taken) {
    telemetry::Log(telemetry::Level::kWarning, "usage records were not taken; they are reported again later",
                   {{"component", backend}, {"cause", taken.error().message}});
  }
  const auto settled = taken ? Forget(*claimed) : Postpone(*claimed);
  return settled && taken && !stop_;
}

sdk::Result<UsageReporter::Claimed> UsageReporter::Claim(const std::string& backend) {
  const net::OwnCall call(steady_clock::now() + kDatabaseTimeout, stop_);
  if (auto ready = tables_.Ensure(call.call()); !ready) return std::move(ready).error();
  const auto now = UnixMilliseconds();
  // Most of the time there is nothing to do, and a transaction would be for nothing.
  const auto due = database_.Read(
      call.call(), "SELECT attempts FROM sluice_usage WHERE backend = $1 AND due_at <= $2 ORDER BY due_at LIMIT 1",
      {backend, now});
  if (!due) return due.error();
  Claimed claimed;
  if (due->rows.empty()) return claimed;
  // One that is never taken must not hold others back for ever.
  const auto most = due->rows[0][0].integer < kAlone ? kMostRecords : std::int64_t{1};
  const auto changed = database_.Change(call.call(), [&](Transaction& transaction) -> sdk::Status {
    auto taken = transaction.Run(
        "UPDATE sluice_usage SET due_at = $3, attempts = attempts + 1 WHERE id IN (SELECT id FROM sluice_usage WHERE "
        "backend = $1 AND due_at <= $2 ORDER BY due_at LIMIT $4) "
        "RETURNING id, subject, key_id, action, hash, cached, bytes, began_at, attempts",
        {backend, now, now + options_.claim.count(), most});
    if (!taken) return std::move(taken).error();
    claimed.rows = std::move(taken->rows);
    return sdk::Ok();
  });
  if (!changed) return changed.error();
  for (const auto& row : claimed.rows) claimed.records.push_back(RecordOf(row));
  return claimed;
}

sdk::Status UsageReporter::Forget(const Claimed& claimed) {
  const net::OwnCall call(steady_clock::now() + kDatabaseTimeout);
  std::vector<std::vector<sdk::SqlParam>> ids;
  for (const auto& row : claimed.rows) ids.push_back({row[kId].text});
  return database_.Change(call.call(), [&](Transaction& transaction) {
    return transaction.RunEach("DELETE FROM sluice_usage WHERE id = $1", ids);
  });
}

sdk::Status UsageReporter::Postpone(const Claimed& claimed) {
  const net::OwnCall call(steady_clock::now() + kDatabaseTimeout);
  std::vector<std::vector<sdk::SqlParam>> updates;
  for (const auto& row : claimed.rows) {
    const auto doublings = std::clamp<std::int64_t>(row[kAttempts].integer - 1, 0, kMostDoublings);
    const auto pause = std::min(options_.first_pause * (std::int64_t{1} << doublings), options_.longest_pause);
    updates.push_back({row[kId].text, UnixMilliseconds() + pause.count()});
  }
  return database_.Change(call.call(), [&](Transaction& transaction) {
    return transaction.RunEach("UPDATE sluice_usage SET due_at = $2 WHERE id = $1", updates);
  });
}

}  // namespace sluice::state

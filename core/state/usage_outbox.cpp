// SPDX-License-Identifier: MIT
#include "core/state/usage_outbox.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "core/net/own_call.hpp"
#include "core/net/signals_blocked.hpp"
#include "core/state/database.hpp"
#include "core/state/secrets.hpp"
#include "core/state/unix_time.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::state {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxTextBytes = 256;
constexpr auto kCountEvery = std::chrono::seconds(30);
constexpr auto kWriteTimeout = std::chrono::seconds(10);
constexpr auto kLastWriteTimeout = std::chrono::seconds(2);
constexpr milliseconds kFirstPause{100}, kLongestPause{2'000};
constexpr auto kComplainEvery = std::chrono::minutes(1);

std::string NewId() { return sdk::HexEncode(RandomBytes(16)); }

template <typename Builder>
auto& Make(Builder builder, prometheus::Registry& metrics, const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(metrics).Add({});
}

}  // namespace

Schema UsageSchema() {
  return {
      .owner = "core",
      .scripts = {"CREATE TABLE sluice_usage (id TEXT PRIMARY KEY, backend TEXT NOT NULL, subject TEXT NOT NULL, "
                  "key_id TEXT NOT NULL, action TEXT NOT NULL, hash TEXT NOT NULL, cached BIGINT NOT NULL, "
                  "bytes BIGINT NOT NULL, began_at BIGINT NOT NULL, due_at BIGINT NOT NULL, attempts BIGINT NOT NULL);"
                  "CREATE INDEX sluice_usage_due ON sluice_usage (backend, due_at)"}};
}

sdk::Status TakeOverUsage(Database& database, const sdk::Call& call, std::chrono::system_clock::time_point before) {
  return database.Change(call, [&](Transaction& transaction) -> sdk::Status {
    auto taken = transaction.Run("UPDATE sluice_usage SET due_at = $1 WHERE due_at > $1 AND began_at < $2",
                                 {UnixMilliseconds(), UnixMilliseconds(before)});
    return taken ? sdk::Ok() : sdk::Status(std::move(taken).error());
  });
}

/// One record. Fields other than `bytes` are the outbox's, under its mutex.
struct UsageOutbox::Row {
  std::string id;
  sdk::Usage usage;
  std::int64_t began_at = 0;  ///< Unix milliseconds.
  std::atomic<std::uint64_t> bytes{0};
  bool is_over = false;
  bool is_noted = false;  ///< In `changed_`.
  bool in_database = false;
  std::uint64_t bytes_in_database = 0;
  std::uint64_t bytes_before = 0;  ///< That stand in a record whose lease has run out.
  steady_clock::time_point leased_until{};
};

/// What one transaction writes: values as they were when it was put together.
struct UsageOutbox::Batch {
  struct Entry {
    RowPtr row;
    std::uint64_t bytes;
    bool is_over;
  };
  std::vector<Entry> inserts, updates;
  steady_clock::time_point made_at = steady_clock::now();
  bool empty() const { return inserts.empty() && updates.empty(); }
};

UsageOutbox::UsageOutbox(Database& database, prometheus::Registry& metrics, Options options)
    : database_(database),
      tables_(database, UsageSchema()),
      options_(std::move(options)),
      waiting_gauge_(Make(prometheus::BuildGauge(), metrics, "sluice_usage_waiting",
                          "Usage records in memory that are not in the database yet.")),
      rows_gauge_(Make(prometheus::BuildGauge(), metrics, "sluice_usage_pending",
                       "Usage records in the database that have not been reported yet, about.")),
      dropped_(Make(prometheus::BuildCounter(), metrics, "sluice_usage_dropped_total",
                    "Usage records that were lost for want of room.")),
      written_(Make(prometheus::BuildCounter(), metrics, "sluice_usage_records_total",
                    "Usage records that were written to the database.")) {
  const net::SignalsBlocked blocked;
  writer_ = std::thread([this] { Run(); });
}

UsageOutbox::~UsageOutbox() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_.notify_one();
  writer_.join();
}

UsageOutbox::RowPtr UsageOutbox::Add(const sdk::Usage& usage, bool is_over) {
  auto row = std::make_shared<Row>();
  row->id = NewId();
  row->usage = usage;
  for (auto* const text :
       {&row->usage.backend, &row->usage.subject, &row->usage.key_id, &row->usage.action, &row->usage.hash}) {
    sdk::MakeLegible(*text);  // else a database would refuse it, and all records of its batch
  }
  row->began_at = UnixMilliseconds();
  row->is_over = is_over;
  if (is_over) row->bytes = usage.bytes;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_ >= options_.most_waiting || in_database_ >= options_.most_rows) {
      dropped_.Increment();
      return nullptr;
    }
    rows_.insert(row);
    waiting_gauge_.Set(static_cast<double>(++waiting_));
    Note(row);
    used_ = true;
  }
  work_.notify_one();
  return row;
}

void UsageOutbox::Note(const RowPtr& row) {
  if (!std::exchange(row->is_noted, true)) changed_.push_back(row);
}

bool UsageOutbox::AwaitWritten(const sdk::Call& call, const Row& row) {
  const auto give_up = std::min(call.deadline(), steady_clock::now() + options_.patience);
  std::unique_lock lock(mutex_);
  return written_to_.wait_until(lock, give_up, [&] { return row.in_database; });
}

sdk::Status UsageOutbox::Record(const sdk::Call& call, const sdk::Usage& usage) {
  for (const auto* const text : {&usage.backend, &usage.subject, &usage.key_id, &usage.action, &usage.hash}) {
    if (text->size() <= kMaxTextBytes) continue;
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "usage: want texts of at most 256 octets"};
  }
  const auto row = Add(usage, true);
  if (row == nullptr) {
    return sdk::Error{.code = sdk::Errc::kRateLimited, .message = "usage: no room for more records"};
  }
  if (AwaitWritten(call, *row)) return sdk::Ok();
  return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "usage: the database could not be written in time"};
}

std::unique_ptr<UsageOutbox::Stream> UsageOutbox::Begin(const sdk::Call& call, const sdk::Usage& usage) {
  auto row = Add(usage, false);
  if (row == nullptr) return nullptr;
  AwaitWritten(call, *row);  // if not, it is counted, and was said in the log
  return std::make_unique<Stream>(*this, std::move(row));
}

UsageOutbox::Stream::~Stream() {
  {
    const std::lock_guard lock(outbox_.mutex_);
    row_->is_over = true;
    outbox_.Note(row_);
  }
  outbox_.work_.notify_one();
}

void UsageOutbox::Stream::Reach(std::uint64_t bytes) {
  auto before = row_->bytes.load();
  while (before < bytes && !row_->bytes.compare_exchange_weak(before, bytes)) continue;
}

void UsageOutbox::Run() {
  auto next_checkpoint = steady_clock::now() + options_.checkpoint;
  auto next_count = steady_clock::now();
  auto next_complaint = steady_clock::now();
  milliseconds pause{0};
  bool used = false;
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      if (pause.count() != 0) {
        work_.wait_for(lock, pause, [&] { return stop_.load(); });
      } else {
        work_.wait_until(lock, next_checkpoint, [&] { return !changed_.empty() || stop_.load(); });
      }
      last = stop_;
      used = used_;
    }
    const auto now = steady_clock::now();
    // After a failure too: what could not be written is in no list.
    const bool all = last || pause.count() != 0 || now >= next_checkpoint;
    if (all) next_checkpoint = now + options_.checkpoint;
    if (used && !last && now >= next_count) {
      CountRows();
      next_count = now + kCountEvery;
    }
    const auto batch = Gather(all);
    if (batch.empty()) continue;
    if (const auto written = Write(batch); written) {
      Settle(batch);
      pause = {};
      continue;
    } else if (now >= next_complaint) {
      telemetry::Log(telemetry::Level::kError, "usage records cannot be written; they wait in memory",
                     {{"database", database_.name()}, {"cause", written.error().message}});
      next_complaint = now + kComplainEvery;
    }
    pause = std::clamp(pause * 2, kFirstPause, kLongestPause);
    if (last) GiveUp();
  }
}

void UsageOutbox::GiveUp() {
  const std::lock_guard lock(mutex_);
  if (waiting_ == 0) return;
  dropped_.Increment(static_cast<double>(waiting_));
  telemetry::Log(telemetry::Level::kError, "usage records are lost: the server ends, and they could not be written",
                 {{"records", std::to_string(waiting_)}, {"database", database_.name()}});
}

/// Its record may be reported by now, and then what is written to it is lost: what comes is written to another.
void UsageOutbox::GoOnAnew(Row& row) {
  row.bytes_before += row.bytes_in_database;
  row.bytes_in_database = 0;
  row.in_database = false;
  row.id = NewId();
  waiting_gauge_.Set(static_cast<double>(++waiting_));
}

/// \param all  not only what is new or over, but also how far streams under way have come.
UsageOutbox::Batch UsageOutbox::Gather(bool all) {
  Batch batch;
  const auto now = steady_clock::now();
  const auto gather = [&](const RowPtr& row) {
    row->is_noted = false;
    if (row->in_database && row->leased_until <= now) GoOnAnew(*row);
    const auto bytes = row->bytes.load() - row->bytes_before;
    if (!row->in_database) {
      batch.inserts.push_back({row, bytes, row->is_over});
    } else if (row->is_over || bytes != row->bytes_in_database || row->leased_until - now < options_.lease / 2) {
      batch.updates.push_back({row, bytes, row->is_over});
    }
  };
  const std::lock_guard lock(mutex_);
  const auto changed = std::exchange(changed_, {});
  if (all) {
    std::for_each(rows_.begin(), rows_.end(), gather);
  } else {
    std::for_each(changed.begin(), changed.end(), gather);
  }
  return batch;
}

sdk::Status UsageOutbox::Write(const Batch& batch) {
  const bool last = stop_;
  const net::OwnCall call(steady_clock::now() + (last ? kLastWriteTimeout : kWriteTimeout),
                          last ? net::OwnCall::Never() : stop_);
  if (auto ready = tables_.Ensure(call.call()); !ready) return ready;
  const auto now = UnixMilliseconds();
  const auto due_at = [&](const Batch::Entry& entry) { return entry.is_over ? now : now + options_.lease.count(); };
  std::vector<std::vector<sdk::SqlParam>> inserts, updates;
  for (const auto& entry : batch.inserts) {
    const auto& row = *entry.row;
    inserts.push_back({row.id, row.usage.backend, row.usage.subject, row.usage.key_id, row.usage.action, row.usage.hash,
                       row.usage.cached ? 1 : 0, entry.bytes, row.began_at, due_at(entry)});
  }
  for (const auto& entry : batch.updates) updates.push_back({entry.row->id, entry.bytes, due_at(entry)});
  return database_.Change(call.call(), [&](Transaction& transaction) -> sdk::Status {
    // A commit whose answer was lost has put them there already.
    auto inserted = transaction.RunEach(
        "INSERT INTO sluice_usage (id, backend, subject, key_id, action, hash, cached, bytes, began_at, due_at, "
        "attempts) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0) "
        "ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes, due_at = excluded.due_at",
        inserts);
    if (!inserted) return inserted;
    return transaction.RunEach("UPDATE sluice_usage SET bytes = $2, due_at = $3 WHERE id = $1", updates);
  });
}

void UsageOutbox::Settle(const Batch& batch) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto* const entries : {&batch.inserts, &batch.updates}) {
      for (const auto& entry : *entries) {
        entry.row->in_database = true;
        entry.row->bytes_in_database = entry.bytes;
        entry.row->leased_until = batch.made_at + options_.lease;
        if (entry.is_over) rows_.erase(entry.row);
      }
    }
    waiting_ -= batch.inserts.size();
    waiting_gauge_.Set(static_cast<double>(waiting_));
    in_database_ += batch.inserts.size();
  }
  written_.Increment(static_cast<double>(batch.inserts.size()));
  written_to_.notify_all();
}

/// Others write and report there too.
void UsageOutbox::CountRows() {
  const net::OwnCall call(steady_clock::now() + kLastWriteTimeout);
  if (!tables_.Ensure(call.call())) return;
  const auto counted = database_.Read(call.call(), "SELECT count(*) FROM sluice_usage");
  if (!counted) return;
  const auto rows = counted->rows[0][0].integer;
  rows_gauge_.Set(static_cast<double>(rows));
  const std::lock_guard lock(mutex_);
  in_database_ = static_cast<std::size_t>(rows);
}

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// UsageOutbox: what viewers were served, in the database before anybody can lose it. UsageReporter hands it on.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/types.hpp>
#include <thread>
#include <unordered_set>
#include <vector>

#include "core/state/migrations.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Registry;
}  // namespace prometheus

namespace sluice::state {

class Database;

/// Tables of the outbox.
Schema UsageSchema();

/// Lets what a server has left that is gone be reported at once, where no other uses the database.
/// \param before  when this one began.
sdk::Status TakeOverUsage(Database& database, const sdk::Call& call, std::chrono::system_clock::time_point before);

/// Records are written in batches by a thread of its own: one flush of the disk for all who wait at that moment.
///
/// While the database cannot be written, records wait in memory, the oldest kept when there is no room for more; a
/// gauge says how many. Threads: [any].
class UsageOutbox {
 public:
  struct Options {
    std::size_t most_waiting = 10'000;            ///< Records in memory that are not in the database.
    std::size_t most_rows = 1'000'000;            ///< In the database, not handed on.
    std::chrono::milliseconds checkpoint{5'000};  ///< How often the bytes of streams under way are written.
    std::chrono::milliseconds lease{600'000};     ///< After which another server hands on what this one began.
    std::chrono::milliseconds patience{1'000};    ///< For the database, before a stream begins.
  };
  class Stream;

  UsageOutbox(Database& database, prometheus::Registry& metrics, Options options);
  /// Writes what waits, for some seconds at most. Streams end before.
  ~UsageOutbox();
  UsageOutbox(const UsageOutbox&) = delete;
  UsageOutbox& operator=(const UsageOutbox&) = delete;

  /// Something that is over: `usage.bytes` says how much. \returns  OK when it is in the database; kUpstreamFailed when
  /// that did not happen in time (it waits in memory), kRateLimited when there is no room, and it is lost.
  sdk::Status Record(const sdk::Call& call, const sdk::Usage& usage);
  /// A stream that begins; waits until that is in the database, or its patience has ended. \returns  null: there is no
  /// room, and it is not recorded.
  std::unique_ptr<Stream> Begin(const sdk::Call& call, const sdk::Usage& usage);

 private:
  struct Row;
  using RowPtr = std::shared_ptr<Row>;
  struct Batch;

  RowPtr Add(const sdk::Usage& usage, bool is_over);
  void Note(const RowPtr& row);
  bool AwaitWritten(const sdk::Call& call, const Row& row);
  void Run();
  Batch Gather(bool all);
  void Settle(const Batch& batch);
  sdk::Status Write(const Batch& batch);
  void CountRows();
  void GiveUp();
  void GoOnAnew(Row& row);

  Database& database_;
  MigrateOnce tables_;
  const Options options_;
  prometheus::Gauge& waiting_gauge_;
  prometheus::Gauge& rows_gauge_;
  prometheus::Counter& dropped_;
  prometheus::Counter& written_;

  std::mutex mutex_;
  std::condition_variable work_;        // for the writer
  std::condition_variable written_to_;  // for who waits for it
  std::unordered_set<RowPtr> rows_;     // that are not done with
  std::vector<RowPtr> changed_;         // of them, new or over since the writer looked
  std::size_t waiting_ = 0;             // of them, not in the database
  std::size_t in_database_ = 0;         // about; counted anew now and then
  bool used_ = false;                   // there was a record: before the first, the database is not touched
  std::atomic<bool> stop_{false};
  std::thread writer_;
};

/// One stream under way. Destroying it ends it. Threads: one at a time; Reach [any].
class UsageOutbox::Stream {
 public:
  Stream(UsageOutbox& outbox, RowPtr row) : outbox_(outbox), row_(std::move(row)) {}
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// `bytes` have been sent so far; less than before changes nothing.
  void Reach(std::uint64_t bytes);

 private:
  UsageOutbox& outbox_;
  const RowPtr row_;
};

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <poll.h>
#include <prometheus/registry.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "core/state/usage_outbox.hpp"
#include "core/state/usage_reporter.hpp"
#include "tests/core/state/engines.hpp"
#include "tests/fakes/metric.hpp"

namespace sluice::state {
namespace {

using sdk::Errc;
using std::chrono::hours;
using std::chrono::milliseconds;

/// An auth backend that takes records, or does not.
class Pool {
 public:
  struct Taken {
    std::string subject, key_id, action, hash;
    bool cached = false;
    std::uint64_t bytes = 0;
    int times = 0;
  };

  UsageReporter::Backends Backends() {
    return {.names = [] { return std::vector<std::string>{"pool"}; },
            .report = [this](const sdk::Call&, const std::string& name,
                             std::span<const sdk::UsageRecord> records) { return Take(name, records); }};
  }
  void FailWith(sdk::Status failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }
  int failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }
  std::map<std::string, Taken> taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }
  /// Waits until that many have come.
  void AwaitTaken(std::size_t count) const {
    while (taken().size() < count) ::poll(nullptr, 0, 1);
  }

 private:
  sdk::Status Take(const std::string& name, std::span<const sdk::UsageRecord> records) {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(name, "pool");
    EXPECT_LE(records.size(), 100u);
    if (!failure_) {
      ++failures_;
      return failure_;
    }
    for (const auto& record : records) {
      auto& taken = taken_[std::string(record.id)];
      taken = {std::string(record.subject),
               std::string(record.key_id),
               std::string(record.action),
               std::string(record.hash),
               record.cached,
               record.bytes,
               taken.times + 1};
    }
    return sdk::Ok();
  }

  mutable std::mutex mutex_;
  sdk::Status failure_;
  int failures_ = 0;
  std::map<std::string, Taken> taken_;
};

sdk::Usage By(std::string subject, std::uint64_t bytes = 0) {
  return {.backend = "pool",
          .subject = std::move(subject),
          .key_id = "k1",
          .action = "stream-served",
          .hash = "aa",
          .cached = true,
          .bytes = bytes};
}

class UsageTest : public EachEngine {
 protected:
  UsageOutbox::Options Quick() const { return {.checkpoint = milliseconds(20), .patience = std::chrono::seconds(10)}; }
  std::size_t RowsLeft() {
    return static_cast<std::size_t>(Read("SELECT count(*) FROM sluice_usage").rows[0][0].integer);
  }

  prometheus::Registry metrics_, reporter_metrics_;
  Pool pool_;
};

TEST_P(UsageTest, WhatIsRecordedIsInTheDatabaseBeforeTheAnswer) {
  UsageOutbox outbox(*database_, metrics_, Quick());

  const auto recorded = outbox.Record(TestCall(), By("user:1", 77));

  ASSERT_TRUE(recorded) << recorded.error().message;
  const auto rows = Read("SELECT backend, subject, key_id, action, hash, cached, bytes FROM sluice_usage").rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0][0].text, "pool");
  EXPECT_EQ(rows[0][1].text, "user:1");
  EXPECT_EQ(rows[0][2].text, "k1");
  EXPECT_EQ(rows[0][3].text, "stream-served");
  EXPECT_EQ(rows[0][4].text, "aa");
  EXPECT_EQ(rows[0][5].integer, 1);
  EXPECT_EQ(rows[0][6].integer, 77);
}

TEST_P(UsageTest, RecordsAreReportedOnceAndLeave) {
  UsageReporter reporter(*database_, reporter_metrics_, pool_.Backends(), {.look_every = milliseconds(5)});
  UsageOutbox outbox(*database_, metrics_, Quick());
  {
    std::vector<std::jthread> viewers;
    for (int i = 0; i < 8; ++i) {
      viewers.emplace_back([&, i] {
        for (int n = 0; n < 40; ++n) EXPECT_TRUE(outbox.Record(TestCall(), By("user:" + std::to_string(i), 1)));
      });
    }
  }
  pool_.AwaitTaken(320);
  while (RowsLeft() != 0) ::poll(nullptr, 0, 1);

  std::map<std::string, std::uint64_t> bytes;
  for (const auto& [id, taken] : pool_.taken()) {
    EXPECT_EQ(taken.times, 1) << id;
    EXPECT_EQ(id.size(), 32u);
    bytes[taken.subject] += taken.bytes;
  }
  ASSERT_EQ(bytes.size(), 8u);
  for (const auto& [subject, sum] : bytes) EXPECT_EQ(sum, 40u) << subject;
}

TEST_P(UsageTest, AStreamIsRecordedFromItsBeginningAndReportedAtItsEnd) {
  UsageReporter reporter(*database_, reporter_metrics_, pool_.Backends(), {.look_every = milliseconds(1)});
  UsageOutbox outbox(*database_, metrics_, Quick());

  auto stream = outbox.Begin(TestCall(), By("user:1"));
  ASSERT_NE(stream, nullptr);
  EXPECT_EQ(RowsLeft(), 1u) << "before anything is sent";
  stream->Reach(1000);
  while (Read("SELECT bytes FROM sluice_usage").rows[0][0].integer != 1000) ::poll(nullptr, 0, 1);
  EXPECT_TRUE(pool_.taken().empty()) << "it is not over";
  stream->Reach(5000);
  stream->Reach(4000);
  stream.reset();

  pool_.AwaitTaken(1);
  EXPECT_EQ(pool_.taken().begin()->second.bytes, 5000u);
  EXPECT_EQ(pool_.taken().begin()->second.subject, "user:1");
}

TEST_P(UsageTest, AnotherServerReportsWhatADeadOneBegan) {
  const auto other = Other();
  auto options = Quick();
  options.lease = milliseconds(300);
  options.checkpoint = hours(1);  // as one that is dead, it writes nothing any more
  UsageOutbox dead(*other, metrics_, options);
  const auto stream = dead.Begin(TestCall(), By("user:1"));
  EXPECT_TRUE(pool_.taken().empty());

  UsageReporter reporter(*database_, reporter_metrics_, pool_.Backends(), {.look_every = milliseconds(5)});

  pool_.AwaitTaken(1);
  EXPECT_EQ(pool_.taken().begin()->second.subject, "user:1");
}

TEST_P(UsageTest, WhoIsAloneTakesOverWhatWasLeftAtOnce) {
  const auto other = Other();
  auto options = Quick();
  options.checkpoint = hours(1);
  UsageOutbox dead(*other, metrics_, options);
  const auto stream = dead.Begin(TestCall(), By("user:1"));

  ASSERT_TRUE(TakeOverUsage(*database_, TestCall(), std::chrono::system_clock::now() + hours(1)));
  UsageReporter reporter(*database_, reporter_metrics_, pool_.Backends(), {.look_every = milliseconds(5)});

  pool_.AwaitTaken(1);
}

TEST_P(UsageTest, WhatABackendDoesNotTakeComesAgain) {
  pool_.FailWith(sdk::Error{.code = Errc::kUpstreamFailed, .message = "away"});
  UsageReporter reporter(
      *database_, reporter_metrics_, pool_.Backends(),
      {.look_every = milliseconds(5), .first_pause = milliseconds(10), .longest_pause = milliseconds(20)});
  UsageOutbox outbox(*database_, metrics_, Quick());
  ASSERT_TRUE(outbox.Record(TestCall(), By("user:1", 9)));
  while (pool_.failures() < 4) ::poll(nullptr, 0, 1);
  EXPECT_EQ(RowsLeft(), 1u);

  pool_.FailWith(sdk::Ok());

  pool_.AwaitTaken(1);
  while (RowsLeft() != 0) ::poll(nullptr, 0, 1);
  EXPECT_EQ(pool_.taken().begin()->second.times, 1);
  EXPECT_GE(testing::Metric(reporter_metrics_, "sluice_usage_reported_total", {{"result", "failed"}}), 4);
  EXPECT_EQ(testing::Metric(reporter_metrics_, "sluice_usage_reported_total", {{"result", "taken"}}), 1);
}

TEST_P(UsageTest, OneThatIsNeverTakenHoldsNobodyBackForEver) {
  UsageReporter::Backends picky = pool_.Backends();
  picky.report = [&, take = picky.report](const sdk::Call& call, const std::string& name,
                                          std::span<const sdk::UsageRecord> records) -> sdk::Status {
    for (const auto& record : records) {
      if (record.subject == "poison") return sdk::Error{.code = Errc::kInternal, .message = "no"};
    }
    return take(call, name, records);
  };
  UsageOutbox outbox(*database_, metrics_, Quick());
  ASSERT_TRUE(outbox.Record(TestCall(), By("poison")));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(outbox.Record(TestCall(), By("user:" + std::to_string(i))));

  UsageReporter reporter(
      *database_, reporter_metrics_, picky,
      {.look_every = milliseconds(2), .first_pause = milliseconds(2), .longest_pause = milliseconds(4)});

  pool_.AwaitTaken(5);
  while (RowsLeft() != 1) ::poll(nullptr, 0, 1);
}

TEST_P(UsageTest, AStreamWhoseLeaseRanOutLosesNothing) {
  auto options = Quick();
  options.lease = milliseconds(40);
  options.checkpoint = hours(1);  // as while nothing can be written
  auto outbox = std::make_unique<UsageOutbox>(*database_, metrics_, options);
  auto stream = outbox->Begin(TestCall(), By("user:1"));
  stream->Reach(100);
  const auto other = Other();
  UsageReporter reporter(*other, reporter_metrics_, pool_.Backends(), {.look_every = milliseconds(5)});
  pool_.AwaitTaken(1);
  stream->Reach(700);
  stream.reset();

  pool_.AwaitTaken(2);
  std::uint64_t bytes = 0;
  for (const auto& [id, taken] : pool_.taken()) bytes += taken.bytes;
  EXPECT_EQ(bytes, 700u);
}

TEST_P(UsageTest, TextsThatNoDatabaseTakesAreMadeLegible) {
  UsageOutbox outbox(*database_, metrics_, Quick());
  auto usage = By(std::string("žluť\xff\0x", 9));

  ASSERT_TRUE(outbox.Record(TestCall(), usage));

  EXPECT_EQ(Read("SELECT subject FROM sluice_usage").rows[0][0].text, "žluť??x");
}

TEST_P(UsageTest, TwoServersDoNotReportTheSameRecord) {
  const auto other = Other();
  UsageOutbox outbox(*database_, metrics_, Quick());
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(outbox.Record(TestCall(), By("user:" + std::to_string(i))));
  prometheus::Registry more_metrics;

  UsageReporter first(*database_, reporter_metrics_, pool_.Backends(), {.look_every = milliseconds(1)});
  UsageReporter second(*other, more_metrics, pool_.Backends(), {.look_every = milliseconds(1)});
  pool_.AwaitTaken(30);
  while (RowsLeft() != 0) ::poll(nullptr, 0, 1);

  for (const auto& [id, taken] : pool_.taken()) EXPECT_EQ(taken.times, 1) << taken.subject;
}

TEST_P(UsageTest, WhatWaitsIsWrittenAtTheEnd) {
  {
    UsageOutbox outbox(*database_, metrics_, Quick());
    const auto stream = outbox.Begin(TestCall(), By("user:1"));
    stream->Reach(123);
  }
  const auto rows = Read("SELECT bytes, due_at FROM sluice_usage").rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0][0].integer, 123);
}

TEST_P(UsageTest, RefusesTextsThatAreTooLong) {
  UsageOutbox outbox(*database_, metrics_, Quick());
  auto usage = By("user:1");
  usage.hash.assign(257, 'a');

  const auto recorded = outbox.Record(TestCall(), usage);

  ASSERT_FALSE(recorded);
  EXPECT_EQ(recorded.error().code, Errc::kInvalidArgument);
}

TEST_P(UsageTest, TheOldestStayWhenTheDatabaseIsFull) {
  auto options = Quick();
  options.most_rows = 0;  // as soon as it has counted
  UsageOutbox outbox(*database_, metrics_, options);

  const auto recorded = outbox.Record(TestCall(), By("user:1"));

  ASSERT_FALSE(recorded);
  EXPECT_EQ(recorded.error().code, Errc::kRateLimited);
  EXPECT_EQ(outbox.Begin(TestCall(), By("user:1")), nullptr);
  EXPECT_EQ(testing::Metric(metrics_, "sluice_usage_dropped_total", {}), 2);
}

INSTANTIATE_TEST_SUITE_P(Engines, UsageTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

/// The database goes away under it.
TEST(UsageOutageTest, RecordsWaitInMemoryAndTheOldestAreKept) {
  fakes::Postgres server;
  const auto database = MakeDatabase(server.MakeDatabase());
  prometheus::Registry metrics, reporter_metrics;
  Pool pool;
  UsageOutbox outbox(*database, metrics,
                     {.most_waiting = 5, .checkpoint = milliseconds(20), .patience = milliseconds(50)});
  UsageReporter reporter(*database, reporter_metrics, pool.Backends(), {.look_every = milliseconds(10)});
  server.Kill();

  for (int i = 0; i < 8; ++i) {
    const auto recorded = outbox.Record(TestCall(), By("user:" + std::to_string(i)));
    ASSERT_FALSE(recorded);
    EXPECT_EQ(recorded.error().code, i < 5 ? Errc::kUpstreamFailed : Errc::kRateLimited) << i;
  }
  EXPECT_EQ(testing::Metric(metrics, "sluice_usage_waiting", {}), 5);
  EXPECT_EQ(testing::Metric(metrics, "sluice_usage_dropped_total", {}), 3);
  server.Restart();

  pool.AwaitTaken(5);
  std::set<std::string> subjects;
  for (const auto& [id, taken] : pool.taken()) subjects.insert(taken.subject);
  EXPECT_EQ(subjects, (std::set<std::string>{"user:0", "user:1", "user:2", "user:3", "user:4"}));
  EXPECT_EQ(testing::Metric(metrics, "sluice_usage_waiting", {}), 0);
}

}  // namespace
}  // namespace sluice::state

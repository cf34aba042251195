// SPDX-License-Identifier: MIT
// What can happen to a database on the network.
#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <thread>

#include "core/state/database.hpp"
#include "sluice/sdk/testing/calls.hpp"
#include "tests/core/state/engines.hpp"
#include "tests/fakes/full_port.hpp"

namespace sluice::state {
namespace {

using sdk::Errc;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

/// One that a test may kill.
class PostgresTest : public ::testing::Test {
 protected:
  sdk::Status Add(int id) {
    return database_->Change(TestCall({.timeout = seconds(5)}), [&](Transaction& transaction) -> sdk::Status {
      auto added = transaction.Run("INSERT INTO t VALUES ($1) ON CONFLICT DO NOTHING", {id});
      return added ? sdk::Ok() : sdk::Status(std::move(added).error());
    });
  }

  fakes::Postgres server_;
  const std::unique_ptr<Database> database_ = state::MakeDatabase(server_.MakeDatabase());
};

TEST_F(PostgresTest, ComesBackWithoutLosingWhatItAcknowledged) {
  ASSERT_TRUE(database_->Change(TestCall(), [](Transaction& transaction) {
    return transaction.RunScript("CREATE TABLE t (id BIGINT PRIMARY KEY)");
  }));
  std::atomic<bool> stop = false;
  std::atomic<int> added = 0, failed = 0;
  std::set<int> acknowledged;
  std::jthread writer([&] {
    for (int id = 0; !stop; ++id) {
      const auto done = Add(id);
      if (done) {
        acknowledged.insert(id);
        ++added;
      } else {
        EXPECT_TRUE(done.error().code == Errc::kUpstreamFailed || done.error().code == Errc::kDeadlineExceeded)
            << done.error().message;
        ++failed;
      }
    }
  });
  const auto wait_for = [](const std::atomic<int>& count, int more) {
    for (const int wanted = count + more; count < wanted;) std::this_thread::yield();
  };

  wait_for(added, 50);
  server_.Kill();
  wait_for(failed, 5);
  server_.Restart();
  wait_for(added, 50);
  stop = true;
  writer.join();

  const auto rows = database_->Read(TestCall(), "SELECT id FROM t");
  ASSERT_TRUE(rows) << rows.error().message;
  std::set<int> there;
  for (const auto& row : rows->rows) there.insert(static_cast<int>(row[0].integer));
  for (const int id : acknowledged) EXPECT_TRUE(there.contains(id)) << id;
}

TEST_F(PostgresTest, AReadDoesNotNoticeARestartBetweenTwoRequests) {
  ASSERT_TRUE(database_->Read(TestCall(), "SELECT 1"));
  server_.Kill();
  server_.Restart();

  const auto read = database_->Read(TestCall(), "SELECT CAST(1 AS BIGINT)");

  ASSERT_TRUE(read) << read.error().message;
  const auto changed = database_->Change(
      TestCall(), [](Transaction& transaction) { return transaction.RunScript("CREATE TABLE t (id BIGINT)"); });
  EXPECT_TRUE(changed) << changed.error().message;
}

TEST_F(PostgresTest, WhileItIsAwayCallsFailAtOnceAndNameNoSecret) {
  server_.Kill();
  ASSERT_FALSE(database_->Read(TestCall(), "SELECT 1"));
  const auto begin = std::chrono::steady_clock::now();

  for (int i = 0; i < 100; ++i) {
    const auto read = database_->Read(TestCall(), "SELECT 1");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::kUpstreamFailed);
    EXPECT_THAT(read.error().message, HasSubstr("127.0.0.1"));
    EXPECT_THAT(read.error().message, Not(HasSubstr(fakes::Postgres::kPassword)));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
  EXPECT_EQ(database_->name().find("sluice"), std::string::npos) << "the user's name";
  EXPECT_THAT(database_->name(), HasSubstr("postgresql://127.0.0.1:"));
}

TEST_F(PostgresTest, AWrongPasswordIsSaidWithoutIt) {
  const auto database = state::MakeDatabase(server_.Url("postgres", "wrong-planted-password"));

  const auto read = database->Read(TestCall(), "SELECT 1");

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::kUpstreamFailed);
  EXPECT_THAT(read.error().message, HasSubstr("password authentication failed"));
  EXPECT_THAT(read.error().message, Not(HasSubstr("planted")));
}

TEST_F(PostgresTest, ADatabaseThatThereIsNotIsNamed) {
  const auto read = state::MakeDatabase(server_.Url("missing"))->Read(TestCall(), "SELECT 1");

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("database \"missing\" does not exist"));
}

TEST_F(PostgresTest, MoreThanItsConnectionsWait) {
  std::atomic<int> open = 0;
  std::vector<std::jthread> holders;
  std::atomic<bool> let_go = false;
  for (int i = 0; i < 8; ++i) {
    holders.emplace_back([&] {
      const auto held = database_->Change(TestCall(), [&](Transaction&) {
        ++open;
        while (!let_go) std::this_thread::yield();
        return sdk::Ok();
      });
      EXPECT_TRUE(held) << held.error().message;
    });
  }
  while (open < 8) std::this_thread::yield();

  const auto late = database_->Read(TestCall({.timeout = milliseconds(50)}), "SELECT 1");
  let_go = true;
  const auto served = database_->Read(TestCall(), "SELECT 1");

  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::kDeadlineExceeded);
  EXPECT_EQ(late.error().message, "all connections to the database are in use");
  EXPECT_TRUE(served);
}

/// Connections are taken by its queue, and nobody ever answers.
TEST(PostgresSilenceTest, AServerThatSaysNothingIsWaitedForNoLongerThanTheCallMay) {
  const fakes::FullPort port;
  const auto database = state::MakeDatabase("postgresql://sluice@127.0.0.1:" + std::to_string(port.port()) + "/sluice");
  const auto begin = std::chrono::steady_clock::now();

  const auto read = database->Read(TestCall({.timeout = milliseconds(200)}), "SELECT 1");

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::kDeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
}

}  // namespace
}  // namespace sluice::state

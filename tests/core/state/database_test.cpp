// SPDX-License-Identifier: MIT
#include "core/state/database.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/core/state/engines.hpp"

namespace sluice::state {
namespace {

using sdk::Errc;
using sdk::SqlParam;
using sdk::SqlType;
using ::testing::HasSubstr;

constexpr const char* kMakeThings =
    "CREATE TABLE things (id BIGINT PRIMARY KEY, real_one DOUBLE PRECISION, word TEXT, octets BYTEA)";
/// Counts for so long that nobody waits for its end.
constexpr const char* kEndless =
    "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) "
    "SELECT count(*) FROM n";

class DatabaseTest : public EachEngine {};

TEST_P(DatabaseTest, KeepsValuesOfEveryType) {
  Script(kMakeThings);
  const std::string octets("\0\xff\\x'", 5);
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();

  ASSERT_TRUE(Write("INSERT INTO things VALUES ($1, $2, $3, $4)",
                    {kLeast, 0.1, "Žluťoučký $1 'kůň'", SqlParam::Bytes(octets)}));
  ASSERT_TRUE(Write("INSERT INTO things VALUES ($1, $2, $3, $4)", {7, nullptr, "", SqlParam::Bytes("")}));
  ASSERT_TRUE(Write("INSERT INTO things VALUES ($1, $2, $3, $4)", {8, -2.5, std::optional<std::string>(), nullptr}));
  const auto rows = Read("SELECT id, real_one, word, octets FROM things ORDER BY id").rows;

  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0][0].type, SqlType::kInteger);
  EXPECT_EQ(rows[0][0].integer, kLeast);
  EXPECT_EQ(rows[0][1].type, SqlType::kReal);
  EXPECT_EQ(rows[0][1].real, 0.1);
  EXPECT_EQ(rows[0][2].type, SqlType::kText);
  EXPECT_EQ(rows[0][2].text, "Žluťoučký $1 'kůň'");
  EXPECT_EQ(rows[0][3].type, SqlType::kBytes);
  EXPECT_EQ(rows[0][3].text, octets);
  EXPECT_EQ(rows[1][1].type, SqlType::kNull);
  EXPECT_EQ(rows[1][2].type, SqlType::kText);
  EXPECT_EQ(rows[1][2].text, "");
  EXPECT_EQ(rows[1][3].type, SqlType::kBytes);
  EXPECT_EQ(rows[2][1].real, -2.5);
  EXPECT_EQ(rows[2][2].type, SqlType::kNull);
  EXPECT_EQ(rows[2][3].type, SqlType::kNull);
}

TEST_P(DatabaseTest, CountsAndSumsAreIntegersAsTruthValuesAre) {
  Script(kMakeThings);
  ASSERT_TRUE(Write("INSERT INTO things (id) VALUES (3), (4)"));

  const auto rows = Read("SELECT count(*), sum(id), max(id) > 3, max(id) > 4, sum(real_one) FROM things").rows;

  ASSERT_EQ(rows.size(), 1u);
  const std::int64_t wanted[] = {2, 7, 1, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(rows[0][i].type, SqlType::kInteger) << i;
    EXPECT_EQ(rows[0][i].integer, wanted[i]) << i;
  }
  EXPECT_EQ(rows[0][4].type, SqlType::kNull);
}

TEST_P(DatabaseTest, ParametersMayComeInAnyOrderAndMoreThanOnce) {
  Script(kMakeThings);
  ASSERT_TRUE(Write("INSERT INTO things (word, id) VALUES ($2, $1)", {5, "five"}));

  EXPECT_EQ(Read("SELECT word FROM things WHERE word = $2 AND id = $1 AND id < $1 + 1 AND word = $2", {5, "five"})
                .rows.size(),
            1u);
}

TEST_P(DatabaseTest, SaysHowManyRowsWereChanged) {
  Script(kMakeThings);
  const auto changed = database_->Change(TestCall(), [&](Transaction& transaction) {
    EXPECT_EQ(transaction.Run("INSERT INTO things (id) VALUES (1), (2), (3)")->changed, 3u);
    EXPECT_EQ(transaction.Run("UPDATE things SET word = $1 WHERE id > $2", {"x", 1})->changed, 2u);
    EXPECT_EQ(transaction.Run("SELECT id FROM things")->changed, 0u);
    EXPECT_EQ(transaction.Run("INSERT INTO things (id) VALUES (1) ON CONFLICT DO NOTHING")->changed, 0u);
    const auto deleted = transaction.Run("DELETE FROM things WHERE id < 3 RETURNING id");
    EXPECT_EQ(deleted->changed, 2u);
    EXPECT_EQ(deleted->rows.size(), 2u);
    return sdk::Ok();
  });
  EXPECT_TRUE(changed);
}

TEST_P(DatabaseTest, AChangeIsMadeWholeOrNotAtAll) {
  Script(kMakeThings);
  const auto add = [](Transaction& transaction) { EXPECT_TRUE(transaction.Run("INSERT INTO things (id) VALUES (1)")); };

  const auto refused = database_->Change(TestCall(), [&](Transaction& transaction) -> sdk::Status {
    add(transaction);
    return sdk::Error{.code = Errc::kPermissionDenied, .message = "changed my mind"};
  });
  EXPECT_EQ(refused.error().code, Errc::kPermissionDenied);
  EXPECT_EQ(refused.error().message, "changed my mind");
  EXPECT_THROW(static_cast<void>(database_->Change(TestCall(),
                                                   [&](Transaction& transaction) -> sdk::Status {
                                                     add(transaction);
                                                     throw std::runtime_error("out of the blue");
                                                   })),
               std::runtime_error);

  EXPECT_EQ(Read("SELECT count(*) FROM things").rows[0][0].integer, 0);
  EXPECT_TRUE(Write("INSERT INTO things (id) VALUES (1)"));
}

TEST_P(DatabaseTest, ATransactionDoesNotGoOnAfterAStatementThatFailed) {
  Script(kMakeThings);
  const auto changed = database_->Change(TestCall(), [&](Transaction& transaction) -> sdk::Status {
    if (auto added = transaction.Run("INSERT INTO things (id) VALUES (1)"); !added) return std::move(added).error();
    auto again = transaction.Run("INSERT INTO things (id) VALUES (1)");
    EXPECT_FALSE(again);
    return std::move(again).error();
  });

  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, Errc::kInvalidArgument);
  EXPECT_EQ(Read("SELECT count(*) FROM things").rows[0][0].integer, 0);
}

TEST_P(DatabaseTest, WhoPassesOverAFaultIsNotCommitted) {
  Script(kMakeThings);
  const auto changed = database_->Change(TestCall(), [&](Transaction& transaction) {
    EXPECT_TRUE(transaction.Run("INSERT INTO things (id) VALUES (1)"));
    EXPECT_FALSE(transaction.Run("INSERT INTO things (id) VALUES (1)"));
    EXPECT_FALSE(transaction.Run("INSERT INTO things (id) VALUES (2)"));
    return sdk::Ok();
  });

  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, Errc::kInternal);
  EXPECT_EQ(changed.error().message, "database: a transaction went on after a statement had failed");
  EXPECT_EQ(Read("SELECT count(*) FROM things").rows[0][0].integer, 0);
}

TEST_P(DatabaseTest, TextsHoldNoNul) {
  Script(kMakeThings);
  const std::string text("user:1\0admin", 12);

  const auto written = Write("INSERT INTO things (id, word) VALUES (1, $1)", {text});

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::kInvalidArgument);
  EXPECT_EQ(written.error().message, "database: a text with a NUL; want bytes");
}

TEST_P(DatabaseTest, ReadsWriteNothing) {
  Script(kMakeThings);

  const auto written = database_->Read(TestCall(), "INSERT INTO things (id) VALUES (1)");

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::kInvalidArgument) << written.error().message;
  EXPECT_EQ(Read("SELECT count(*) FROM things").rows[0][0].integer, 0);
}

TEST_P(DatabaseTest, WrongStatementsAreTheCallersFault) {
  Script(kMakeThings);
  ASSERT_TRUE(Write("INSERT INTO things (id) VALUES (1)"));
  for (const auto* const sql : {"SELEC 1", "SELECT * FROM nothing_of_that_name", "SELECT 1; SELECT 2", "",
                                "SELECT id FROM things WHERE id = $1"}) {
    const auto read = database_->Read(TestCall(), sql);
    ASSERT_FALSE(read) << sql;
    EXPECT_EQ(read.error().code, Errc::kInvalidArgument) << sql << ": " << read.error().message;
    EXPECT_THAT(read.error().message, HasSubstr("database: ")) << sql;
  }
  const auto twice = Write("INSERT INTO things (id) VALUES (1)");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Errc::kInvalidArgument) << twice.error().message;
}

TEST_P(DatabaseTest, KeepsNoMoreThan100000Rows) {
  const auto read = database_->Read(
      TestCall(), "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= 100000) SELECT i FROM n");

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::kInvalidArgument);
  EXPECT_EQ(read.error().message, "database: more than 100,000 rows; want a LIMIT");
}

TEST_P(DatabaseTest, AStatementEndsWhenItsTimeIsUp) {
  const auto begin = std::chrono::steady_clock::now();

  const auto read = database_->Read(TestCall({.timeout = std::chrono::milliseconds(200)}), kEndless);

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::kDeadlineExceeded) << read.error().message;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(Read("SELECT CAST(5 AS BIGINT)").rows[0][0].integer, 5) << "and the next one is answered";
}

TEST_P(DatabaseTest, AStatementEndsWhenItsViewerIsGone) {
  TestCall call;
  std::jthread leaving([&] { call.Cancel(); });

  const auto changed =
      database_->Change(call, [](Transaction& transaction) { return transaction.RunScript(kEndless); });

  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, Errc::kCancelled) << changed.error().message;
  EXPECT_EQ(Read("SELECT CAST(5 AS BIGINT)").rows[0][0].integer, 5);
}

TEST_P(DatabaseTest, OneStatementRunsForManyRows) {
  Script(kMakeThings);
  std::vector<std::vector<SqlParam>> rows;
  for (int i = 0; i < 3000; ++i) rows.push_back({i, "word"});
  const auto add = [&](Transaction& transaction) {
    return transaction.RunEach("INSERT INTO things (id, word) VALUES ($1, $2)", rows);
  };

  const auto added = database_->Change(TestCall(), add);
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(Read("SELECT count(*) FROM things").rows[0][0].integer, 3000);
  rows[0] = {100'000, "new"};
  const auto twice = database_->Change(TestCall(), add);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Errc::kInvalidArgument) << twice.error().message;
  EXPECT_EQ(Read("SELECT count(*) FROM things").rows[0][0].integer, 3000);
}

/// Each transaction reads before it writes, and what it read must still be so when it is committed.
TEST_P(DatabaseTest, TransactionsRunAsIfEachWereAlone) {
  Script("CREATE TABLE places (who BIGINT NOT NULL)");
  constexpr std::int64_t kPlaces = 3;
  const auto other = Other();
  std::atomic<int> taken = 0, full = 0;
  {
    std::vector<std::jthread> viewers;
    for (int i = 0; i < 16; ++i) {
      viewers.emplace_back([&, i] {
        auto& database = i % 2 == 0 ? *database_ : *other;
        const auto done = database.Transact(TestCall(), [&](sdk::SqlTransaction& transaction) -> sdk::Status {
          const auto count = transaction.Run("SELECT count(*) FROM places");
          if (!count) return count.error();
          if (count->rows[0][0].integer == kPlaces)
            return sdk::Error{.code = Errc::kPermissionDenied, .message = "full"};
          auto added = transaction.Run("INSERT INTO places VALUES ($1)", {i});
          return added ? sdk::Ok() : sdk::Status(std::move(added).error());
        });
        if (done) ++taken;
        if (!done && done.error().code == Errc::kPermissionDenied) ++full;
        EXPECT_TRUE(done || done.error().code == Errc::kPermissionDenied) << done.error().message;
      });
    }
  }
  EXPECT_EQ(taken, kPlaces);
  EXPECT_EQ(full, 16 - kPlaces);
  EXPECT_EQ(Read("SELECT count(*) FROM places").rows[0][0].integer, kPlaces);
}

TEST_P(DatabaseTest, ManyCanReadAndWriteAtOnce) {
  Script("CREATE TABLE counts (name TEXT PRIMARY KEY, n BIGINT NOT NULL)");
  ASSERT_TRUE(Write("INSERT INTO counts VALUES ('one', 0)"));
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 20; ++n) {
          const auto written = Write("UPDATE counts SET n = n + 1 WHERE name = $1", {"one"});
          EXPECT_TRUE(written) << written.error().message;
          EXPECT_EQ(Read("SELECT n FROM counts").rows.size(), 1u);
        }
      });
    }
  }
  EXPECT_EQ(Read("SELECT n FROM counts").rows[0][0].integer, 160);
}

TEST_P(DatabaseTest, WhatWasCommittedIsThereForTheNext) {
  Script(kMakeThings);
  ASSERT_TRUE(Write("INSERT INTO things (id) VALUES (42)"));

  const auto rows = Other()->Read(TestCall(), "SELECT id FROM things");

  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->rows[0][0].integer, 42);
}

INSTANTIATE_TEST_SUITE_P(Engines, DatabaseTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

}  // namespace
}  // namespace sluice::state

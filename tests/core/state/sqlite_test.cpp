// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "core/state/database.hpp"
#include "sluice/sdk/testing/calls.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::state {
namespace {

using sdk::Errc;
using sdk::testing::TestCall;
using ::testing::HasSubstr;

sdk::Status Script(Database& database, std::string_view sql) {
  return database.Change(TestCall(), [&](Transaction& transaction) { return transaction.RunScript(sql); });
}

TEST(SqliteTest, MakesFoldersAndAFileThatNobodyElseMayRead) {
  const fakes::TempFolder folder;
  const auto path = folder.path() / "a/b/test.db";
  const auto database = MakeDatabase("sqlite:" + path.string());
  EXPECT_FALSE(std::filesystem::exists(path)) << "made by a server that may be a check only";

  ASSERT_TRUE(Script(*database, "CREATE TABLE t (id BIGINT)"));

  for (const auto& file : {path.string(), path.string() + "-wal"}) {
    struct stat info {};
    ASSERT_EQ(::stat(file.c_str(), &info), 0) << file;
    EXPECT_EQ(info.st_mode & 07777U, 0600U) << file;
  }
  EXPECT_EQ(database->name(), "sqlite:" + path.string());
  EXPECT_TRUE(database->is_local());
}

TEST(SqliteTest, SaysWhatIsWrongWithTheFile) {
  const fakes::TempFolder folder;
  const auto garbage = folder.Write("garbage.db", std::string(8192, 'x'));
  const auto below_a_file = garbage / "test.db";

  const auto is_none = Script(*MakeDatabase("sqlite:" + garbage.string()), "CREATE TABLE t (id BIGINT)");
  const auto no_folder = Script(*MakeDatabase("sqlite:" + below_a_file.string()), "CREATE TABLE t (id BIGINT)");
  const auto a_folder = Script(*MakeDatabase("sqlite:" + folder.path().string()), "CREATE TABLE t (id BIGINT)");

  ASSERT_FALSE(is_none);
  EXPECT_EQ(is_none.error().code, Errc::kUpstreamFailed);
  EXPECT_EQ(is_none.error().message, "database: " + garbage.string() + ": file is not a database");
  ASSERT_FALSE(no_folder);
  EXPECT_THAT(no_folder.error().message, HasSubstr(garbage.string() + ": Not a directory"));
  ASSERT_FALSE(a_folder);
  EXPECT_EQ(a_folder.error().message, "database: " + folder.path().string() + ": Is a directory");
}

TEST(SqliteTest, AnotherProcessThatWritesIsWaitedForAsLongAsTheCallMay) {
  const fakes::TempFolder folder;
  const auto url = "sqlite:" + (folder.path() / "test.db").string();
  const auto first = MakeDatabase(url);
  const auto second = MakeDatabase(url);
  ASSERT_TRUE(Script(*first, "CREATE TABLE t (id BIGINT)"));

  const auto changed = first->Change(TestCall(), [&](Transaction& transaction) {
    EXPECT_TRUE(transaction.Run("INSERT INTO t VALUES (1)"));
    const auto late = second->Change(TestCall({.timeout = std::chrono::milliseconds(50)}),
                                     [](Transaction& other) { return other.RunScript("INSERT INTO t VALUES (2)"); });
    EXPECT_FALSE(late);
    if (!late) {
      EXPECT_EQ(late.error().code, Errc::kDeadlineExceeded) << late.error().message;
      EXPECT_EQ(late.error().message, "database: another process is writing");
    }
    return sdk::Ok();
  });

  EXPECT_TRUE(changed);
  EXPECT_TRUE(Script(*second, "INSERT INTO t VALUES (2)"));
}

TEST(SqliteTest, ReadersDoNotWaitForTheOneThatWrites) {
  const fakes::TempFolder folder;
  const auto database = MakeDatabase("sqlite:" + (folder.path() / "test.db").string());
  ASSERT_TRUE(Script(*database, "CREATE TABLE t (id BIGINT); INSERT INTO t VALUES (1)"));

  const auto changed = database->Change(TestCall(), [&](Transaction& transaction) {
    EXPECT_TRUE(transaction.Run("INSERT INTO t VALUES (2)"));
    const auto read = database->Read(TestCall(), "SELECT count(*) FROM t");
    EXPECT_TRUE(read);
    EXPECT_EQ(read->rows[0][0].integer, 1) << "what is not committed is nobody's";
    return sdk::Ok();
  });

  EXPECT_TRUE(changed);
  EXPECT_EQ(database->Read(TestCall(), "SELECT count(*) FROM t")->rows[0][0].integer, 2);
}

TEST(DatabaseUrlTest, SaysWhatIsWanted) {
  EXPECT_EQ(WhyNoDatabase("sqlite:var/sluice.db"), "");
  EXPECT_EQ(WhyNoDatabase("postgresql://user:secret@db.example:5432/sluice?sslmode=require"), "");
  EXPECT_EQ(WhyNoDatabase("postgres://db.example/sluice"), "");
  EXPECT_EQ(WhyNoDatabase("sqlite:"), "want sqlite:<path> or postgresql://<host>/<database>");
  EXPECT_EQ(WhyNoDatabase("mysql://db.example/sluice"), "want sqlite:<path> or postgresql://<host>/<database>");
  const auto broken = WhyNoDatabase("postgresql://user:se/cret@db.example:5432/sluice?no_such_option=1");
  EXPECT_EQ(broken,
            "want postgresql://[user[:password]@]host[:port]/database, with special characters percent-encoded");
}

}  // namespace
}  // namespace sluice::state

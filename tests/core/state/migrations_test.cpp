// SPDX-License-Identifier: MIT
#include "core/state/migrations.hpp"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "tests/core/state/engines.hpp"

namespace sluice::state {
namespace {

using sdk::Errc;
using ::testing::HasSubstr;

const std::string kFirst =
    "CREATE TABLE notes (id BIGINT PRIMARY KEY, word TEXT NOT NULL); CREATE INDEX by_word ON notes (word)";
const std::string kSecond =
    "ALTER TABLE notes ADD COLUMN added_at BIGINT; INSERT INTO notes VALUES (1, 'made by it', 5)";

class MigrationsTest : public EachEngine {
 protected:
  SchemaState StateOf(const Schema& schema) {
    const auto state = ReadSchemaState(*database_, TestCall(), schema);
    EXPECT_TRUE(state) << state.error().message;
    return state ? *state : SchemaState{};
  }
};

TEST_P(MigrationsTest, AppliesEachVersionOnce) {
  const Schema one{.owner = "notes", .scripts = {kFirst}};
  const Schema two{.owner = "notes", .scripts = {kFirst, kSecond}};
  EXPECT_EQ(StateOf(two).applied, 0u);
  EXPECT_EQ(StateOf(two).known, 2u);

  ASSERT_TRUE(Migrate(*database_, TestCall(), one));
  EXPECT_EQ(StateOf(two).applied, 1u);
  ASSERT_TRUE(Migrate(*database_, TestCall(), one));
  const auto migrated = Migrate(*database_, TestCall(), two);
  ASSERT_TRUE(migrated) << migrated.error().message;
  ASSERT_TRUE(Migrate(*Other(), TestCall(), two));

  EXPECT_EQ(StateOf(two).applied, 2u);
  const auto rows = Read("SELECT word, added_at FROM notes").rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0][1].integer, 5);
}

TEST_P(MigrationsTest, OwnersDoNotMeet) {
  ASSERT_TRUE(Migrate(*database_, TestCall(), {.owner = "notes", .scripts = {kFirst}}));
  ASSERT_TRUE(Migrate(*database_, TestCall(), {.owner = "others", .scripts = {"CREATE TABLE others (id BIGINT)"}}));

  EXPECT_EQ(Read("SELECT count(*) FROM sluice_migrations").rows[0][0].integer, 2);
}

TEST_P(MigrationsTest, AScriptThatFailsLeavesNothingBehind) {
  const Schema broken{.owner = "notes", .scripts = {kFirst, "CREATE TABLE half (id BIGINT); SELECT * FROM nowhere"}};

  const auto migrated = Migrate(*database_, TestCall(), broken);

  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, Errc::kInvalidArgument);
  EXPECT_THAT(migrated.error().message, HasSubstr("nowhere"));
  EXPECT_EQ(StateOf(broken).applied, 1u);
  EXPECT_FALSE(database_->Read(TestCall(), "SELECT * FROM half"));
}

TEST_P(MigrationsTest, RefusesTablesOfANewerBuild) {
  ASSERT_TRUE(Migrate(*database_, TestCall(), {.owner = "notes", .scripts = {kFirst, kSecond}}));

  const auto migrated = Migrate(*database_, TestCall(), {.owner = "notes", .scripts = {kFirst}});

  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, Errc::kUnsupported);
  EXPECT_EQ(migrated.error().message,
            "database: the tables of notes are of version 2, of a newer build; this one knows version 1");
}

TEST_P(MigrationsTest, RefusesAScriptThatWasChangedAfterwards) {
  ASSERT_TRUE(Migrate(*database_, TestCall(), {.owner = "notes", .scripts = {kFirst}}));

  const auto migrated = Migrate(*database_, TestCall(), {.owner = "notes", .scripts = {kFirst + " ", kSecond}});

  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, Errc::kUnsupported);
  EXPECT_EQ(migrated.error().message,
            "database: version 1 of the tables of notes was made by another script than this build has");
  EXPECT_EQ(Read("SELECT count(*) FROM sluice_migrations").rows[0][0].integer, 1);
}

TEST_P(MigrationsTest, ManyProcessesMayStartAtOnce) {
  const Schema schema{.owner = "notes", .scripts = {kFirst, kSecond}};
  std::vector<std::unique_ptr<Database>> databases;
  for (int i = 0; i < 6; ++i) databases.push_back(Other());
  {
    std::vector<std::jthread> starts;
    for (const auto& database : databases) {
      starts.emplace_back([&] {
        const auto migrated = Migrate(*database, TestCall(), schema);
        EXPECT_TRUE(migrated) << migrated.error().message;
      });
    }
  }
  EXPECT_EQ(Read("SELECT count(*) FROM notes").rows[0][0].integer, 1) << "the second version ran once";
}

TEST_P(MigrationsTest, TablesAreThereBeforeTheirFirstUse) {
  MigrateOnce tables(*database_, {.owner = "notes", .scripts = {kFirst}});
  {
    std::vector<std::jthread> users;
    for (int i = 0; i < 4; ++i) users.emplace_back([&] { EXPECT_TRUE(tables.Ensure(TestCall())); });
  }
  EXPECT_TRUE(Write("INSERT INTO notes VALUES (1, 'there')"));
}

INSTANTIATE_TEST_SUITE_P(Engines, MigrationsTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

}  // namespace
}  // namespace sluice::state

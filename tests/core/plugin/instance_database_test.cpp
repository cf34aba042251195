// SPDX-License-Identifier: MIT
#include "core/plugin/instance_database.hpp"

#include <gmock/gmock.h>

#include <set>

#include "core/state/database.hpp"
#include "sluice/sdk/testing/calls.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::plugin {
namespace {

using sdk::testing::TestCall;

TEST(TablePrefixTest, IsReadableShortAndNobodyElses) {
  EXPECT_EQ(TablePrefix("endpoint", "pool"), "endpoint_pool_");
  std::set<std::string> seen;
  for (const auto* const name :
       {"pool", "my-pool", "my_pool", "my.pool", "My-pool", "a-rather-long-name-of-a-component",
        "a-rather-long-name-of-a-component-too", "žluť"}) {
    const auto prefix = TablePrefix("endpoint", name);
    EXPECT_LE(prefix.size(), 30u) << prefix;
    EXPECT_EQ(prefix.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos) << prefix;
    EXPECT_TRUE(seen.insert(prefix).second) << prefix;
  }
}

TEST(WithTablesTest, NamesInBracesGetThePrefix) {
  EXPECT_EQ(WithTables("SELECT * FROM {notes} n JOIN {tags_2} USING (id)", "p_"),
            "SELECT * FROM p_notes n JOIN p_tags_2 USING (id)");
  for (const auto* const other :
       {"", "no braces", "{}", "'{\"a\": 1}'", "{Notes}", "{notes", "notes}", "{{", "{a b}"}) {
    EXPECT_EQ(WithTables(other, "p_"), other);
  }
  EXPECT_EQ(WithTables("{{a}}", "p_"), "{p_a}");
}

class InstanceDatabaseTest : public ::testing::Test {
 protected:
  InstanceDatabase Of(std::string_view component) const { return {*database_, "endpoint", component, kMigrations}; }

  static inline const std::vector<std::string> kMigrations = {
      "CREATE TABLE {notes} (id BIGINT PRIMARY KEY)",
      "CREATE INDEX {notes_by_id} ON {notes} (id); INSERT INTO {notes} VALUES (1)"};
  fakes::TempFolder folder_;
  const std::unique_ptr<state::Database> database_ =
      state::MakeDatabase("sqlite:" + (folder_.path() / "test.db").string());
};

TEST_F(InstanceDatabaseTest, TablesAreMadeBeforeTheFirstStatement) {
  auto database = Of("one");

  const auto rows = database.Read(TestCall(), "SELECT id FROM {notes}");

  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->rows.size(), 1u);
  EXPECT_EQ(rows->rows[0][0].integer, 1);
  EXPECT_TRUE(database_->Read(TestCall(), "SELECT id FROM endpoint_one_notes"));
}

TEST_F(InstanceDatabaseTest, ComponentsDoNotMeet) {
  auto one = Of("one");
  auto two = Of("two");
  const auto written = one.Transact(TestCall(), [](sdk::SqlTransaction& transaction) -> sdk::Status {
    auto added = transaction.Run("INSERT INTO {notes} VALUES ($1)", {2});
    return added ? sdk::Ok() : sdk::Status(std::move(added).error());
  });
  ASSERT_TRUE(written) << written.error().message;

  EXPECT_EQ(one.Read(TestCall(), "SELECT id FROM {notes}")->rows.size(), 2u);
  EXPECT_EQ(two.Read(TestCall(), "SELECT id FROM {notes}")->rows.size(), 1u);
}

TEST_F(InstanceDatabaseTest, WhereTheDatabaseIsStaysAmongOperators) {
  const auto away = state::MakeDatabase("postgresql://ann:planted@127.0.0.1:1/planted");
  InstanceDatabase database(*away, "endpoint", "one", {});

  const auto read = database.Read(TestCall(), "SELECT 1");
  const auto written = database.Transact(TestCall(), [](sdk::SqlTransaction&) { return sdk::Ok(); });

  for (const auto& error : {read.error(), written.error()}) {
    EXPECT_EQ(error.code, sdk::Errc::kUpstreamFailed);
    EXPECT_EQ(error.message, "the database is away");
  }
}

TEST_F(InstanceDatabaseTest, WhatAPluginSaysOfItsOwnWorkIsLeftAsItIs) {
  auto database = Of("one");

  const auto refused = database.Transact(TestCall(), [](sdk::SqlTransaction&) -> sdk::Status {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the store is away"};
  });

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "the store is away");
}

TEST_F(InstanceDatabaseTest, ItsSchemaIsWhatTheMigrateCommandApplies) {
  const auto schema = SchemaOf("endpoint", "one", kMigrations);
  EXPECT_EQ(schema.owner, "endpoint/one");
  ASSERT_TRUE(state::Migrate(*database_, TestCall(), schema));

  EXPECT_EQ(Of("one").Read(TestCall(), "SELECT id FROM {notes}")->rows.size(), 1u);
  EXPECT_EQ(database_->Read(TestCall(), "SELECT count(*) FROM sluice_migrations")->rows[0][0].integer, 2);
}

}  // namespace
}  // namespace sluice::plugin

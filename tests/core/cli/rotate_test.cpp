// SPDX-License-Identifier: MIT
#include "core/cli/rotate.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "core/cli/tables.hpp"
#include "core/state/database.hpp"
#include "core/state/secrets.hpp"
#include "sluice/sdk/testing/calls.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::cli {
namespace {

using sdk::SqlParam;
using sdk::testing::TestCall;
using state::Secrets;
using ::testing::HasSubstr;

std::unique_ptr<Secrets> Key(char letter) { return std::move(*Secrets::FromKey(std::string(32, letter))); }

std::unique_ptr<Secrets> Changed(char present, char before) {
  std::vector<std::unique_ptr<Secrets>> previous;
  previous.push_back(Key(before));
  return Secrets::WithPrevious(Key(present), std::move(previous));
}

class RotateTest : public ::testing::Test {
 protected:
  RotateTest() {
    const auto made = database_->Change(TestCall(), [](state::Transaction& transaction) {
      return transaction.RunScript("CREATE TABLE p_keys (id TEXT PRIMARY KEY, secret BYTEA, sealed_by TEXT NOT NULL)");
    });
    EXPECT_TRUE(made) << made.error().message;
  }
  void Put(const std::string& id, const Secrets& secrets) {
    const auto sealed = *secrets.Seal("plugin/endpoint/pool", "secret of " + id, id);
    Write("INSERT INTO p_keys VALUES ($1, $2, $3)", {id, SqlParam::Bytes(sealed), secrets.KeyId()});
  }
  void Write(std::string_view sql, std::initializer_list<SqlParam> params) {
    const auto written = database_->Change(TestCall(), [&](state::Transaction& transaction) -> sdk::Status {
      auto result = transaction.Run(sql, params);
      return result ? sdk::Ok() : sdk::Status(std::move(result).error());
    });
    EXPECT_TRUE(written) << written.error().message;
  }
  bool Rotate(const Secrets& secrets) { return RotateSecrets(*database_, secrets, tables_, out_, errors_); }
  std::string Opened(const std::string& id, const Secrets& secrets) {
    const auto rows = database_->Read(TestCall(), "SELECT secret FROM p_keys WHERE id = $1", {id});
    const auto secret = secrets.Open("plugin/endpoint/pool", rows->rows[0][0].text, id);
    return secret ? *secret : "refused";
  }

  fakes::TempFolder folder_;
  const std::unique_ptr<state::Database> database_ =
      state::MakeDatabase("sqlite:" + (folder_.path() / "test.db").string());
  const std::vector<plugin::PluginSet::SealedTable> tables_ = {{.component = "pool",
                                                                .purpose = "plugin/endpoint/pool",
                                                                .table = "p_keys",
                                                                .id = "id",
                                                                .column = "secret",
                                                                .key_id = "sealed_by"}};
  std::ostringstream out_, errors_;
};

TEST_F(RotateTest, SealsEveryValueAnewOnce) {
  for (int i = 0; i < 250; ++i) Put("key-" + std::to_string(1000 + i), *Key('a'));
  Put("key-0", *Key('b'));
  Write("INSERT INTO p_keys VALUES ($1, $2, $3)", {"empty", nullptr, ""});
  const auto secrets = Changed('b', 'a');

  EXPECT_TRUE(Rotate(*secrets)) << errors_.str();

  EXPECT_EQ(out_.str(), "pool: p_keys.secret: 250 sealed anew\n");
  EXPECT_EQ(Opened("key-1000", *Key('b')), "secret of key-1000");
  EXPECT_EQ(Opened("key-1249", *Key('b')), "secret of key-1249");
  EXPECT_EQ(Opened("key-1000", *Key('a')), "refused");
  out_.str("");
  EXPECT_TRUE(Rotate(*Key('b'))) << "the key before is not needed any more";
  EXPECT_EQ(out_.str(), "pool: p_keys.secret: 0 sealed anew\n");
}

TEST_F(RotateTest, SaysWhatNoKeyOpensAndLeavesIt) {
  Put("key-1", *Key('a'));
  Put("key-2", *Key('x'));

  EXPECT_FALSE(Rotate(*Changed('b', 'a')));

  EXPECT_EQ(out_.str(), "pool: p_keys.secret: 1 sealed anew\n");
  EXPECT_EQ(
      errors_.str(),
      "pool: p_keys.secret: 1 could not be opened; want the key that sealed them in /state/previous_secret_keys\n");
  EXPECT_EQ(Opened("key-2", *Key('x')), "secret of key-2");
}

TEST_F(RotateTest, SaysWhatTheDatabaseSays) {
  Write("DROP TABLE p_keys", {});

  EXPECT_FALSE(Rotate(*Key('b')));

  EXPECT_THAT(errors_.str(), HasSubstr("no such table: p_keys"));
}

TEST(TablesTest, AreMadeAndShown) {
  const fakes::TempFolder folder;
  const auto database = state::MakeDatabase("sqlite:" + (folder.path() / "test.db").string());
  const std::vector<state::Schema> schemas = {
      {.owner = "core", .scripts = {"CREATE TABLE a (id BIGINT)"}},
      {.owner = "endpoint/pool", .scripts = {"CREATE TABLE b (id BIGINT)", "SELECT 1"}}};
  std::ostringstream before, after, errors;
  ASSERT_TRUE(ShowTables(*database, schemas, before, errors));
  EXPECT_EQ(before.str(), "core           version 0 of 1\nendpoint/pool  version 0 of 2\n");

  ASSERT_TRUE(MigrateTables(*database, schemas, errors)) << errors.str();

  ASSERT_TRUE(ShowTables(*database, schemas, after, errors));
  EXPECT_EQ(after.str(), "core           version 1 of 1\nendpoint/pool  version 2 of 2\n");
  EXPECT_EQ(WhyDatabaseIsAway(*database), "");
}

TEST(TablesTest, AFileThatCannotBeUsedIsAFault) {
  const fakes::TempFolder folder;
  const auto garbage = folder.Write("garbage.db", std::string(8192, 'x')).string();
  const auto database = state::MakeDatabase("sqlite:" + garbage);
  config::Config config;
  const auto places = std::make_shared<config::Places>();
  config.places = places;
  config::Faults faults;

  MakeTables(*database, {{.owner = "core", .scripts = {"CREATE TABLE a (id BIGINT)"}}}, config, faults);

  EXPECT_THAT(faults.Text(), HasSubstr(garbage + ": file is not a database"));
  EXPECT_THAT(WhyDatabaseIsAway(*database), HasSubstr("file is not a database"));
}

TEST(TablesTest, AServerThatIsAwayIsNone) {
  const auto database = state::MakeDatabase("postgresql://sluice@127.0.0.1:1/sluice");
  config::Config config;
  config.places = std::make_shared<config::Places>();
  config::Faults faults;

  MakeTables(*database, {{.owner = "core", .scripts = {"CREATE TABLE a (id BIGINT)"}}}, config, faults);

  EXPECT_TRUE(faults.empty()) << faults.Text();
  EXPECT_THAT(WhyDatabaseIsAway(*database), HasSubstr("127.0.0.1"));
}

}  // namespace
}  // namespace sluice::cli

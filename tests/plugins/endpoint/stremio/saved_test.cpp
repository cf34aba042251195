// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/saved.hpp"

#include <gmock/gmock.h>

#include "plugins/endpoint/stremio/userdata_url.hpp"
#include "tests/plugins/endpoint/stremio/state_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

using namespace std::chrono_literals;
using sdk::testing::AnyCall;
using ::testing::HasSubstr;
using ::testing::Not;

class SavedTest : public ::testing::Test {
 protected:
  SavedTest() {
    host_.database.Use(&tables_.service);
    data_.stores[0].token = "planted-token";
  }
  std::string Keep() {
    const auto id = saved_.Keep(AnyCall(), data_);
    EXPECT_TRUE(id) << id.error().message;
    return id ? *id : std::string();
  }
  std::optional<sdk::Errc> CodeOf(std::string_view id) {
    const auto found = saved_.Find(AnyCall(), id);
    return found ? std::nullopt : std::optional(found.error().code);
  }
  void Run(const std::string& sql, std::initializer_list<sdk::SqlParam> params = {}) {
    const auto done = tables_.service.Transact(AnyCall(), [&](sdk::SqlTransaction& transaction) -> sdk::Status {
      auto result = transaction.Run(sql, params);
      return result ? sdk::Ok() : sdk::Status(std::move(result).error());
    });
    ASSERT_TRUE(done) << done.error().message;
  }

  Tables tables_;
  sdk::testing::FakeHost host_;
  UserData data_ = OwnKeys({"tb", "rd"});
  Saved saved_{host_.host()};
};

TEST_F(SavedTest, IsFoundByAnyServerOfTheDatabase) {
  const auto id = Keep();

  EXPECT_EQ(id.size(), 22U);
  EXPECT_TRUE(SavedSegment(id));
  Saved other(host_.host());
  const auto found = other.Find(AnyCall(), id);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, data_);
}

TEST_F(SavedTest, EachTimeUnderAnotherName) { EXPECT_NE(Keep(), Keep()); }

TEST_F(SavedTest, NoKeyOfAStoreIsOnTheDisk) {
  Keep();

  EXPECT_THAT(tables_.Column("SELECT configuration FROM {saved}"), Not(HasSubstr("planted")));
  EXPECT_EQ(tables_.Column("SELECT key_id FROM {saved}"), host_.secrets.KeyId() + "\n");
}

TEST_F(SavedTest, WhatNobodySavedIsNotFoundAndMayBeSavedLater) {
  EXPECT_EQ(CodeOf("nobody"), sdk::Errc::kNotFound);
  const auto id = Keep();
  Run("UPDATE {saved} SET id = 'nobody' WHERE id = $1", {id});
  EXPECT_NE(CodeOf("nobody"), sdk::Errc::kNotFound) << "it is looked for anew";
}

TEST_F(SavedTest, OneThatIsPutUnderAnotherNameDoesNotOpen) {
  const auto id = Keep();
  Run("UPDATE {saved} SET id = 'another' WHERE id = $1", {id});

  EXPECT_EQ(CodeOf("another"), sdk::Errc::kUpstreamFailed);
}

TEST_F(SavedTest, IsKnownForAnHour) {
  const auto id = Keep();
  EXPECT_EQ(CodeOf(id), std::nullopt);
  Run("DELETE FROM {saved}");

  host_.clock.Advance(1h - 1s);
  EXPECT_EQ(CodeOf(id), std::nullopt);
  host_.clock.Advance(1s);
  EXPECT_EQ(CodeOf(id), sdk::Errc::kNotFound);
}

TEST_F(SavedTest, NoMoreAreKeptThanThereMayBe) {
  Run("INSERT INTO {saved} WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) "
      "SELECT 'id ' || i, X'00', 'key', 1 FROM n");
  const auto last = saved_.Keep(AnyCall(), data_);
  ASSERT_TRUE(last) << last.error().message;

  const auto refused = saved_.Keep(AnyCall(), data_);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, sdk::Errc::kPermissionDenied);
}

TEST_F(SavedTest, WithoutADatabaseNothingIsSaid) {
  host_.database.Use(nullptr);

  EXPECT_FALSE(saved_.Keep(AnyCall(), data_));
  EXPECT_EQ(CodeOf("any"), sdk::Errc::kUnsupported);
}

}  // namespace
}  // namespace sluice::plugins::stremio

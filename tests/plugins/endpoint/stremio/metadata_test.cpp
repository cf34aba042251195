// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/metadata.hpp"

#include <gmock/gmock.h>

#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/fake_host.hpp>

namespace sluice::plugins::stremio {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr auto kMatrixUrl = "https://meta.example/meta/movie/tt0133093.json";

class MetadataTest : public ::testing::Test {
 protected:
  sdk::Result<std::optional<Title>> Find() { return metadata_.Find(sdk::testing::AnyCall(), "movie", "tt0133093"); }

  sdk::testing::FakeHost host_;
  Metadata metadata_{host_.host(), "https://meta.example"};
};

TEST(ReadTitleTest, TakesNamesAndTheYear) {
  const auto title = ReadTitle(R"({"meta": {"name": "Amelie", "originalName": "Le Fabuleux", "year": "2001"}})");
  ASSERT_TRUE(title);
  EXPECT_THAT(title->names, ElementsAre("Amelie", "Le Fabuleux"));
  EXPECT_EQ(title->year, 2001);

  const auto series = ReadTitle(R"({"meta": {"name": "Same", "originalName": "Same", "releaseInfo": "2008-2013"}})");
  ASSERT_TRUE(series);
  EXPECT_THAT(series->names, ElementsAre("Same"));
  EXPECT_EQ(series->year, 2008);
}

TEST(ReadTitleTest, WhatNamesNoTitleIsNone) {
  for (const auto* const json : {"", "[]", "{", R"({"meta": null})", R"({"meta": {}})", R"({"meta": {"name": 7}})"})
    EXPECT_FALSE(ReadTitle(json)) << json;
  EXPECT_FALSE(ReadTitle(R"({"meta": {"name": ")" + std::string(501, 'a') + R"("}})"));
  EXPECT_EQ(ReadTitle(R"({"meta": {"name": "A", "year": "soon"}})")->year, 0);
}

TEST_F(MetadataTest, AsksOnceInTwoHours) {
  host_.http.AnswerJson("GET", kMatrixUrl, R"({"meta": {"name": "The Matrix", "year": "1999"}})");

  ASSERT_TRUE(Find());
  host_.clock.Advance(2h - 1s);
  EXPECT_EQ((*Find())->year, 1999);
  EXPECT_EQ(host_.http.requests().size(), 1U);
  host_.clock.Advance(1s);
  EXPECT_TRUE(Find());
  EXPECT_EQ(host_.http.requests().size(), 2U);
}

TEST_F(MetadataTest, WhatIsNotKnownMayBeSoon) {
  host_.http.AnswerJson("GET", kMatrixUrl, "{}", 404);

  EXPECT_FALSE(Find()->has_value());
  host_.clock.Advance(5min - 1s);
  EXPECT_FALSE(Find()->has_value());
  EXPECT_EQ(host_.http.requests().size(), 1U);
  host_.clock.Advance(1s);
  EXPECT_FALSE(Find()->has_value());
  EXPECT_EQ(host_.http.requests().size(), 2U);
}

TEST_F(MetadataTest, AFailureIsNotRemembered) {
  host_.http.AnswerJson("GET", kMatrixUrl, "{}", 500).AnswerJson("GET", kMatrixUrl, R"({"meta": {"name": "A"}})");

  const auto failed = Find();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(failed.error().upstream_status, 500U);
  EXPECT_TRUE(Find());
}

TEST_F(MetadataTest, WithoutAnAddressNobodyIsAsked) {
  Metadata none(host_.host(), "");

  EXPECT_FALSE(none.Find(sdk::testing::AnyCall(), "movie", "tt0133093")->has_value());
  EXPECT_TRUE(host_.http.requests().empty());
}

}  // namespace
}  // namespace sluice::plugins::stremio

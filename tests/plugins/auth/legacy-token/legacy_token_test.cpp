// SPDX-License-Identifier: MIT
#include "legacy_token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/testing/conformance_auth.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>

namespace sluice::plugins::legacy_token {
namespace {

using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::string_view_literals;

constexpr std::string_view kToken = "3f2b1c0d-0000-4000-8000-00c0ffee0000";
constexpr std::string_view kUuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

TestConfig EveryScheme() {
  return TestConfig(R"({"store": "torbox", "schemes": ["userdata", "header", "query", "bearer"]})");
}

sdk::Credentials Userdata(std::string_view store, std::string_view token) {
  return {.scheme = "userdata", .user = store, .secret = token};
}
sdk::Credentials Presented(std::string_view scheme, std::string_view token) {
  return {.scheme = scheme, .user = "X-Store-Token", .secret = token};
}

TEST(LegacyTokenTest, GrantsTheTokenToItsStoreAndNamesTheViewerByAHash) {
  FakeHost host;
  auto auth = CreateThroughAbi<LegacyToken>({{"/store", "torbox"}, {"/scopes/0", "play"}}, host);
  ASSERT_TRUE(auth) << auth.error().message;
  const auto fingerprint = host.secrets.Fingerprint(kToken);

  const auto answer = (*auth)->Authenticate(AnyCall(), Userdata("torbox", kToken));

  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->subject, "token:" + fingerprint);
  EXPECT_THAT((*answer)->scopes, ElementsAre("play"));
  ASSERT_EQ((*answer)->grants.size(), 1U);
  EXPECT_EQ((*answer)->grants[0].store, "torbox");
  EXPECT_EQ((*answer)->grants[0].key, kToken);
  EXPECT_EQ((*answer)->grants[0].key_id, fingerprint);
}

TEST(LegacyTokenTest, IsOfOneStoreOrOfWhicheverIsNamed) {
  FakeHost host;
  auto one = CreateThroughAbi<LegacyToken>({{"/store", "torbox"}}, host);
  auto all = CreateThroughAbi<LegacyToken>(TestConfig(), host);
  ASSERT_TRUE(one && all);

  for (const auto* store : {"torbox", "realdebrid", "shelf"}) {
    const auto of_all = (*all)->Authenticate(AnyCall(), Userdata(store, kToken));
    ASSERT_TRUE(of_all && *of_all) << store;
    EXPECT_EQ((*of_all)->grants[0].store, store);
    const auto of_one = (*one)->Authenticate(AnyCall(), Userdata(store, kToken));
    EXPECT_TRUE(of_one && of_one->has_value() == (store == "torbox"sv)) << store;
  }
}

TEST(LegacyTokenTest, WantsTheStoreWhereAViewerDoesNotSayIt) {
  FakeHost host;
  const auto made = CreateThroughAbi<LegacyToken>(TestConfig(R"({"schemes": ["userdata", "bearer"]})"), host);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "/store: is missing; of the schemes, userdata alone says whose key it is");
}

TEST(LegacyTokenTest, RecognisesUserdataOnlyUnlessToldOtherwise) {
  FakeHost host;
  auto strict = CreateThroughAbi<LegacyToken>({{"/store", "torbox"}}, host);
  auto open = CreateThroughAbi<LegacyToken>(EveryScheme(), host);
  ASSERT_TRUE(strict && open);

  for (const auto* scheme : {"header", "query", "bearer"}) {
    const auto left = (*strict)->Authenticate(AnyCall(), Presented(scheme, kToken));
    const auto taken = (*open)->Authenticate(AnyCall(), Presented(scheme, kToken));
    EXPECT_TRUE(left && !left->has_value()) << scheme;
    EXPECT_TRUE(taken && taken->has_value()) << scheme;
  }
  const auto basic = (*open)->Authenticate(AnyCall(), Presented("basic", kToken));
  EXPECT_TRUE(basic && !basic->has_value());
}

TEST(LegacyTokenTest, LeavesAnotherShapeToTheNextBackendUnlessTheStoreIsNamed) {
  FakeHost host;
  auto auth = CreateThroughAbi<LegacyToken>(EveryScheme().With("/pattern", std::string(kUuid)), host);
  ASSERT_TRUE(auth) << auth.error().message;

  const auto good = (*auth)->Authenticate(AnyCall(), Presented("bearer", kToken));
  const auto bearer = (*auth)->Authenticate(AnyCall(), Presented("bearer", std::string(kToken) + "f"));
  const auto named = (*auth)->Authenticate(AnyCall(), Userdata("torbox", "planted-not-a-uuid"));

  EXPECT_TRUE(good && good->has_value());
  EXPECT_TRUE(bearer && !bearer->has_value());
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().code, sdk::Errc::kUnauthenticated);
  EXPECT_EQ(named.error().message, "the token has not the shape of a torbox token");
}

TEST(LegacyTokenTest, KeepsToTheShortestLengthThatIsConfigured) {
  FakeHost host;
  auto auth = CreateThroughAbi<LegacyToken>(EveryScheme().With("/min_length", 20), host);
  ASSERT_TRUE(auth) << auth.error().message;

  const auto enough = (*auth)->Authenticate(AnyCall(), Userdata("torbox", std::string(20, 'k')));
  const auto named = (*auth)->Authenticate(AnyCall(), Userdata("torbox", std::string(19, 'k')));
  const auto header = (*auth)->Authenticate(AnyCall(), Presented("header", std::string(19, 'k')));

  EXPECT_TRUE(enough && enough->has_value());
  EXPECT_FALSE(named);
  EXPECT_TRUE(header && !header->has_value());
}

TEST(LegacyTokenTest, RefusesTokensThatCouldBreakOutOfAHeader) {
  FakeHost host;
  auto auth = CreateThroughAbi<LegacyToken>(EveryScheme(), host);
  ASSERT_TRUE(auth) << auth.error().message;

  for (const auto token : {"planted key 1"sv, "planted\r\nkey"sv, "planted\tkey1"sv, "planted\0key"sv,
                           "planted\x7fkey"sv, " planted-key"sv, "planted-key "sv}) {
    const auto answer = (*auth)->Authenticate(AnyCall(), Presented("query", token));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, sdk::Errc::kUnauthenticated);
    EXPECT_EQ(answer.error().message, "the torbox token has white space or control characters; want none");
  }
  const auto at_limit = (*auth)->Authenticate(AnyCall(), Presented("query", std::string(512, 'k')));
  const auto over = (*auth)->Authenticate(AnyCall(), Presented("query", std::string(513, 'k')));
  EXPECT_TRUE(at_limit && at_limit->has_value());
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().message, "the torbox token is too long; want at most 512 octets");
}

TEST(LegacyTokenTest, RefusesAConfigurationItCannotUse) {
  FakeHost host;

  const auto bad_pattern = CreateThroughAbi<LegacyToken>({{"/store", "torbox"}, {"/pattern", "([0-9"}}, host);

  ASSERT_FALSE(bad_pattern);
  EXPECT_EQ(bad_pattern.error().message, "/pattern: want an ECMAScript regular expression");
}

TEST(LegacyTokenTest, ShowsNoTokenInLogsMetricsAndErrors) {
  FakeHost host;
  auto auth = CreateThroughAbi<LegacyToken>(EveryScheme().With("/pattern", "planted-[0-9]{8}"), host);
  ASSERT_TRUE(auth) << auth.error().message;
  std::string seen;

  for (const auto* token : {"planted-12345678", "planted-wrong", "planted white space"}) {
    const auto answer = (*auth)->Authenticate(AnyCall(), Userdata("torbox", token));
    if (!answer) seen += answer.error().message;
    if (answer && *answer) seen += (*answer)->subject + (*answer)->grants.at(0).key_id;
  }

  EXPECT_FALSE(seen.empty());
  EXPECT_THAT(seen + host.log.Text() + host.metrics.Text(), Not(HasSubstr("planted")));
}

struct TorboxUuid : sdk::testing::AuthFixture {
  TorboxUuid() {
    config = TestConfig({{"/store", "torbox"}, {"/pattern", std::string(kUuid)}});
    scheme = "userdata";
    user = "torbox";
    secret = kToken;
    wrong_secret = "planted-not-a-uuid";
  }
};
SLUICE_AUTH_CONFORMANCE(LegacyToken, TorboxUuid);

}  // namespace
}  // namespace sluice::plugins::legacy_token

// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/plugins/endpoint/stremio/configure_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(StremioConfigureAgainTest, AFormAgainStandsOnWhatWasGood) {
  const auto form = FormOf({{"stores_length", "3"},
                            {"stores[0].code", "tb"},
                            {"stores[0].token", "good"},
                            {"stores[0].auth", "bad"},
                            {"stores[1].code", "rd"},
                            {"stores[1].auth", "bad"},
                            {"stores[2].code", "pp"},
                            {"stores[2].token", "also good"},
                            {"indexers_length", "2"},
                            {"indexers[0].name", "generic"},
                            {"indexers[1].name", "jackett"},
                            {"indexers[1].url", "https://j.example:444/path"},
                            {"indexers[1].apikey", "key"},
                            {"sort", "bogus"},
                            {"saved", "on"}});

  auto again = AskAgain(form);

  ASSERT_TRUE(again.base);
  EXPECT_THAT(again.base->stores,
              ElementsAre(StoreChoice{.code = "tb", .token = "good"}, StoreChoice{.code = "pp", .token = "also good"}));
  EXPECT_THAT(again.base->indexers, ElementsAre(form.data.indexers[1]));
  EXPECT_TRUE(CheckUserData(*again.base)) << "it is sealed, and read again";
  const auto& shown = again.shown;
  ASSERT_EQ(shown.stores.size(), 3u);
  EXPECT_EQ(shown.stores[0].kept, 0u);
  EXPECT_TRUE(shown.stores[0].has_token);
  EXPECT_FALSE(shown.stores[0].has_auth);
  EXPECT_EQ(shown.stores[1].code, "rd");
  EXPECT_EQ(shown.stores[1].kept, std::nullopt);
  EXPECT_EQ(shown.stores[2].kept, 1u);
  ASSERT_EQ(shown.indexers.size(), 2u);
  EXPECT_EQ(shown.indexers[0].kept, std::nullopt);
  EXPECT_EQ(shown.indexers[1].kept, 0u);
  EXPECT_EQ(shown.indexers[1].origin, "https://j.example:444");
  EXPECT_TRUE(shown.indexers[1].has_api_key);
  EXPECT_TRUE(shown.saved);
  EXPECT_EQ(shown.sort, "bogus") << "what is wrong is there to be mended";
  EXPECT_EQ(shown.problems, form.problems);
}

TEST(StremioConfigureAgainTest, AFormAgainDropsWhatAStoreRefused) {
  auto form = FormOf({{"stores_length", "1"}, {"stores[0].code", "tb"}, {"stores[0].token", "revoked"}});
  ASSERT_THAT(form.problems, IsEmpty());
  form.problems.push_back({"stores[0].token", "TorBox does not know this key."});

  const auto again = AskAgain(form);

  EXPECT_FALSE(again.base);
  EXPECT_FALSE(again.shown.stores[0].has_token);
  EXPECT_EQ(again.shown.stores[0].code, "tb");
}

TEST(StremioConfigureAgainTest, KeepsAnIndexerBesideNoStore) {
  const auto form = FormOf({{"indexers_length", "1"},
                            {"indexers[0].name", "generic"},
                            {"indexers[0].url", "https://i.example"},
                            {"indexers[0].apikey", "key"}});

  auto again = AskAgain(form);

  ASSERT_TRUE(again.base);
  EXPECT_TRUE(CheckUserData(*again.base));
  EXPECT_THAT(again.base->indexers, ElementsAre(form.data.indexers[0]));
  EXPECT_THAT(again.shown.stores, IsEmpty());
}

TEST(StremioConfigureAgainTest, TheFormOfAConfigurationKeepsAllOfIt) {
  const auto again = AskAgain(OldData());

  EXPECT_EQ(again.base, OldData());
  EXPECT_EQ(again.shown.stores[1].kept, 1u);
  EXPECT_TRUE(again.shown.stores[1].has_token);
  EXPECT_TRUE(again.shown.stores[1].has_auth);
  EXPECT_EQ(again.shown.indexers[0].origin, "https://j.example");
  EXPECT_EQ(AskAgain(UserData{.stores = {{.code = "", .token = "a:b"}}}).shown.stores[0].code, "server");
  EXPECT_FALSE(AskAgain(UserData{.stores = {{.code = "p2p"}}}).base);
}

TEST(StremioConfigureAgainTest, AddsAnEmptyRowAndComplainsOfNothingMissing) {
  const auto form = FormOf({{"more", "stores"},
                            {"stores_length", "3"},
                            {"stores[0].code", "tb"},
                            {"stores[2].code", "rd"},
                            {"stores[2].auth", "bad"}});
  ASSERT_EQ(form.more, More::kStores);

  const auto again = AskAgain(form);

  EXPECT_EQ(again.shown.stores.size(), 4u) << "those filled in, the one left empty, and one more";
  EXPECT_EQ(again.shown.focus, "stores[3].code");
  EXPECT_THAT(again.shown.problems, ElementsAre(form.problems[1]));
  EXPECT_EQ(again.shown.problems[0].field, "stores[1].auth");
  const auto indexers = AskAgain(FormOf({{"more", "indexers"}})).shown;
  EXPECT_EQ(indexers.indexers.size(), 1u);
  EXPECT_EQ(indexers.focus, "indexers[0].name");
  EXPECT_THAT(indexers.problems, IsEmpty());
  EXPECT_EQ(AskAgain(FormOf({{"more", "stores"}, {"stores_length", "16"}})).shown.stores.size(), 16u);
}

}  // namespace
}  // namespace sluice::plugins::stremio

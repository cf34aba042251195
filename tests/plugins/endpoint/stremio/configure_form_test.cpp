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

TEST(StremioConfigureFormTest, ReadsEveryField) {
  const auto form = FormOf({{"stores_length", "2"},
                            {"stores[0].code", "tb"},
                            {"stores[0].token", " key+%&=é \r\n"},
                            {"stores[0].auth", ""},
                            {"stores[1].code", "rd"},
                            {"stores[1].auth", "3F2B8C1A-0000-7ABC-9DEF-0123456789AB"},
                            {"indexers_length", "1"},
                            {"indexers[0].name", "prowlarr"},
                            {"indexers[0].url", "http://p.example/a?b=c&d"},
                            {"indexers[0].apikey", "k"},
                            {"cached", "on"},
                            {"uncached_private", "on"},
                            {"proxied", "on"},
                            {"saved", "on"},
                            {"sort", "-size"},
                            {"filter", "Size <\r\n\"20GB\""}});

  EXPECT_THAT(form.problems, IsEmpty());
  EXPECT_EQ(form.data, (UserData{.stores = {{.code = "tb", .token = "key+%&=é"}, {.code = "rd", .auth = kFormUser}},
                                 .indexers = {{.name = "prowlarr", .url = "http://p.example/a?b=c&d", .api_key = "k"}},
                                 .cached = true,
                                 .uncached_private = true,
                                 .proxied = true,
                                 .sort = "-size",
                                 .filter = "Size <  \"20GB\""}));
  EXPECT_TRUE(form.saved);
  EXPECT_EQ(form.more, More::kNone);
}

TEST(StremioConfigureFormTest, ReadsEscapesAsBrowsersWriteThem) {
  const auto form =
      ReadConfigureForm("stores_length=1&stores%5B0%5D.code=pp&stores[0].token=a+b%2Bc&&sort=", {}, WholeOffer());

  ASSERT_TRUE(form) << form.error().message;
  EXPECT_THAT(form->data.stores, ElementsAre(StoreChoice{.code = "pp", .token = "a b+c"}));
  EXPECT_FALSE(form->data.cached);
  EXPECT_FALSE(form->saved);
}

TEST(StremioConfigureFormTest, TakesTheServersOwnStoresAndNone) {
  const auto server = FormOf({{"stores_length", "1"}, {"stores[0].code", "server"}, {"stores[0].token", "anna:pass"}});
  EXPECT_THAT(server.problems, IsEmpty());
  EXPECT_THAT(server.data.stores, ElementsAre(StoreChoice{.code = "", .token = "anna:pass"}));

  const auto none = FormOf({{"stores_length", "1"}, {"stores[0].code", "p2p"}});
  EXPECT_THAT(none.problems, IsEmpty());
  EXPECT_THAT(none.data.stores, ElementsAre(StoreChoice{.code = "p2p"}));
}

TEST(StremioConfigureFormTest, LeavesEmptyRowsOut) {
  const auto form = FormOf({{"stores_length", "4"},
                            {"stores[0].code", ""},
                            {"stores[0].kept", "1"},
                            {"stores[1].token", "   "},
                            {"stores[3].code", "tb"},
                            {"stores[3].token", "x"},
                            {"indexers_length", "2"},
                            {"indexers[0].name", ""}},
                           OldData());

  EXPECT_THAT(form.problems, IsEmpty());
  EXPECT_THAT(form.data.stores, ElementsAre(StoreChoice{.code = "tb", .token = "x"}));
  EXPECT_THAT(form.data.indexers, IsEmpty());
  EXPECT_EQ(form.empty_stores, 3u);
  EXPECT_EQ(form.empty_indexers, 2u);
}

TEST(StremioConfigureFormTest, AnEmptyFieldKeepsTheSecretOfItsEntry) {
  const auto form = FormOf({{"stores_length", "2"},
                            {"stores[0].code", "rd"},
                            {"stores[0].kept", "1"},
                            {"stores[1].code", "tb"},
                            {"stores[1].token", "another"},
                            {"stores[1].kept", "0"},
                            {"indexers_length", "1"},
                            {"indexers[0].name", "jackett"},
                            {"indexers[0].url", "https://j.example/planted"},
                            {"indexers[0].kept", "0"}},
                           OldData());

  EXPECT_THAT(form.problems, IsEmpty());
  EXPECT_THAT(form.data.stores, ElementsAre(StoreChoice{.code = "rd", .token = "planted-rd", .auth = kFormUser},
                                            StoreChoice{.code = "tb", .token = "another"}));
  EXPECT_EQ(form.data.indexers, OldData().indexers);
}

TEST(StremioConfigureFormTest, AnEmptyUrlKeepsThatOfItsEntry) {
  const auto form = FormOf({{"stores_length", "1"},
                            {"stores[0].code", "p2p"},
                            {"indexers_length", "1"},
                            {"indexers[0].name", "jackett"},
                            {"indexers[0].apikey", "another"},
                            {"indexers[0].kept", "0"}},
                           OldData());

  EXPECT_THAT(form.problems, IsEmpty());
  EXPECT_THAT(form.data.indexers,
              ElementsAre(IndexerChoice{.name = "jackett", .url = "https://j.example/planted", .api_key = "another"}));
}

TEST(StremioConfigureFormTest, NoSecretGoesElsewhere) {
  const auto stores = FormOf({{"stores_length", "3"},
                              {"stores[0].code", "pp"},
                              {"stores[0].kept", "0"},
                              {"stores[1].code", "rd"},
                              {"stores[1].kept", "0"},
                              {"stores[2].code", "tb"},
                              {"stores[2].kept", "99"}},
                             OldData());
  for (const auto& store : stores.data.stores) EXPECT_EQ(store, StoreChoice{.code = store.code});
  EXPECT_THAT(ProblemFields(stores), ElementsAre("stores[0].token", "stores[1].token", "stores[2].token"));

  for (const auto& [name, url] :
       {std::pair{"jackett", "https://evil.example/planted"}, std::pair{"generic", "https://j.example/planted"},
        std::pair{"jackett", "https://j.example/planted/"}, std::pair{"generic", ""}}) {
    const auto form = FormOf({{"stores_length", "1"},
                              {"stores[0].code", "p2p"},
                              {"indexers_length", "1"},
                              {"indexers[0].name", name},
                              {"indexers[0].url", url},
                              {"indexers[0].kept", "0"}},
                             OldData());
    EXPECT_THAT(form.data.indexers, ElementsAre(IndexerChoice{.name = name, .url = url})) << name << url;
  }
}

TEST(StremioConfigureFormTest, KeepsNothingThatTheServerNoLongerTakes) {
  auto offer = WholeOffer();
  offer.tokens = false;
  const auto form = FormOf({{"stores_length", "2"},
                            {"stores[0].code", "tb"},
                            {"stores[0].kept", "0"},
                            {"stores[1].code", "rd"},
                            {"stores[1].kept", "1"}},
                           OldData(), offer);

  EXPECT_THAT(form.problems, ElementsAre(FormProblem{"stores[0].auth", "Enter your user id.", true}));
  EXPECT_EQ(form.data.stores[1], (StoreChoice{.code = "rd", .auth = kFormUser}));
}

TEST(StremioConfigureFormTest, SaysAllThatIsWrongAtOnce) {
  const auto form = FormOf({{"stores_length", "6"},
                            {"stores[0].code", "tb"},
                            {"stores[0].auth", "planted"},
                            {"stores[1].code", "tb"},
                            {"stores[1].token", std::string(1025, 'x')},
                            {"stores[2].code", "planted"},
                            {"stores[2].token", "x"},
                            {"stores[3].code", "ad"},
                            {"stores[3].token", "x\ny"},
                            {"stores[4].code", "p2p"},
                            {"stores[4].token", "planted"},
                            {"stores[5].token", "planted"},
                            {"indexers_length", "2"},
                            {"indexers[0].name", "planted"},
                            {"indexers[0].apikey", std::string(257, 'x')},
                            {"indexers[1].name", "generic"},
                            {"indexers[1].url", std::string(1025, 'u')},
                            {"sort", "size,bogus"},
                            {"filter", "Size < "}});

  EXPECT_THAT(ProblemFields(form),
              ElementsAre("stores[0].auth", "stores[1].code", "stores[1].token", "stores[2].code", "stores[3].code",
                          "stores[3].token", "stores[4].code", "stores[4].token", "stores[5].code", "indexers[0].name",
                          "indexers[0].url", "indexers[0].apikey", "indexers[1].url", "sort", "filter"));
  const auto sort = std::ranges::find(form.problems, "sort", &FormProblem::field);
  EXPECT_THAT(sort->message, testing::StartsWith("key 2: want")) << "its name stands beside it";
  const auto filter = std::ranges::find(form.problems, "filter", &FormProblem::field);
  EXPECT_THAT(filter->message, testing::StartsWith("character"));
}

TEST(StremioConfigureFormTest, WantsAStoreAndAnAccountThere) {
  EXPECT_THAT(FormOf({}).problems, ElementsAre(FormProblem{"stores[0].code", "Choose a store.", true}));
  EXPECT_THAT(FormOf({{"stores_length", "1"}, {"stores[0].code", "tb"}}).problems,
              ElementsAre(FormProblem{"stores[0].token", "Enter the key of your account, or a user id.", true}));
}

TEST(StremioConfigureFormTest, RefusesWhatTheServerDoesNotOffer) {
  const Offer offer{.stores = {{"tb", "TorBox"}}, .tokens = true, .users = false, .indexers = false};
  const auto form = FormOf({{"stores_length", "2"},
                            {"stores[0].code", "tb"},
                            {"stores[0].auth", kFormUser},
                            {"stores[1].code", "server"},
                            {"stores[1].token", "x"},
                            {"indexers_length", "1"},
                            {"indexers[0].name", "generic"},
                            {"indexers[0].url", "http://i.example"},
                            {"proxied", "on"},
                            {"saved", "on"}},
                           {}, offer);

  EXPECT_THAT(ProblemFields(form),
              ElementsAre("stores[0].auth", "stores[1].code", "indexers[0].name", "proxied", "saved"));
}

TEST(StremioConfigureFormTest, ShowsOfBadTextsWhatMayBeShown) {
  const auto form = FormOf({{"stores_length", "1"},
                            {"stores[0].code", "p2p"},
                            {"sort", std::string(257, 's')},
                            {"filter", std::string("a\0b\x1B", 4)}});

  EXPECT_THAT(ProblemFields(form), ElementsAre("sort", "filter"));
  EXPECT_LE(form.data.sort.size(), 256u);
  EXPECT_EQ(form.data.filter, "a b");
}

TEST(StremioConfigureFormTest, NamesTheFieldOfWhatNoBrowserSends) {
  const std::pair<std::string, std::string> faults[] = {
      {"sort=planted&sort=planted", "sort: want it once"},
      {"stores_length=1&stores[0].token=planted&stores%5b0%5d.token=planted", "stores[0].token: want it once"},
      {"sort=planted%2", "sort: want two hex digits after each %"},
      {"stores_length=1&stores[0].token=planted%GG", "stores[0].token: want two hex digits after each %"},
      {"planted%=1", "form: name of a field: want two hex digits after each %"},
      {"filter=planted%FF", "filter: want UTF-8"},
      {"filter=planted\xC3", "filter: want UTF-8"},
      {"planted=1", "form: has a field that is not known"},
      {"stores_length=1&stores[0].planted=1", "form: has a field that is not known"},
      {"stores_length=1&stores[00].code=tb", "form: has a field that is not known"},
      {"stores_length=1&stores[-1].code=tb", "form: has a field that is not known"},
      {"stores_length=1&stores[99999999999999999999].code=tb", "form: has a field that is not known"},
      {"stores_length=1&stores[1].code=tb", "stores[1].code: want a row below stores_length, which is 1"},
      {"stores[0].code=tb", "stores[0].code: want a row below stores_length, which is 0"},
      {"stores_length=17", "stores_length: want a number from 0 to 16"},
      {"stores_length=-1", "stores_length: want a number from 0 to 16"},
      {"stores_length=", "stores_length: want a number from 0 to 16"},
      {"indexers_length=999999999999999999999999", "indexers_length: want a number from 0 to 16"},
      {"indexers_length=1&indexers[0].kept=planted", "indexers[0].kept: want the number of an entry"},
      {"stores_length=1&stores[0].kept=-1", "stores[0].kept: want the number of an entry"},
      {"cached=planted", "cached: want \"on\""},
      {"more=planted", "more: want \"stores\" or \"indexers\""},
      {"sort=" + std::string(16 * 1024 + 1, 's'), "sort: want at most 16384 octets"},
      {"sort=" + std::string(kMaxFormBytes, 's'), "form: want at most 196608 octets"},
  };
  for (const auto& [body, message] : faults) EXPECT_EQ(FormFault(body), message);
}

TEST(StremioConfigureFormTest, HasTheNameOfItsBase) {
  EXPECT_EQ(*ReadFormBase("sort=x&base=e.AAAA_-"), "e.AAAA_-");
  EXPECT_EQ(*ReadFormBase("sort=x"), "");
  EXPECT_FALSE(ReadFormBase("base=e.planted&base=e.planted"));
}

}  // namespace
}  // namespace sluice::plugins::stremio

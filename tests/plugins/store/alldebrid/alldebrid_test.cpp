// SPDX-License-Identifier: MIT
// What a viewer can ask for of torrents, and each oddity of AllDebrid.
#include <set>

#include "support.hpp"

namespace sluice::plugins::alldebrid {
namespace {

TEST_F(AllDebridTest, KnowsWhatAnAccountIsWorth) {
  world().AddAccount({.key = kKey, .id = 71, .plan = 2, .expires_at = host_.clock.Now() + 24h});
  world().AddAccount({.key = "planted-trial", .id = 73, .plan = 1});
  world().AddAccount({.key = "planted-free", .id = 74, .plan = 0});

  const auto account = store().GetAccount(AnyCall(), user_);

  ASSERT_TRUE(account) << account.error().message;
  EXPECT_EQ(account->id, "viewer71");
  EXPECT_EQ(account->plan, sdk::Plan::kPremium);
  EXPECT_EQ(account->email, "viewer@example.org");
  EXPECT_EQ(account->expires_at, std::chrono::floor<std::chrono::seconds>(host_.clock.Now() + 24h));
  EXPECT_EQ(store().GetAccount(AnyCall(), {.token = "planted-trial"})->plan, sdk::Plan::kTrial);
  EXPECT_EQ(store().GetAccount(AnyCall(), {.token = "planted-free"})->plan, sdk::Plan::kExpired);
  EXPECT_EQ(CodeOf(store().GetAccount(AnyCall(), {.token = "planted-nobody's"})), Errc::kUnauthenticated);
  EXPECT_EQ(CodeOf(store().GetAccount(AnyCall(), {.token = ""})), Errc::kUnauthenticated);
}

TEST_F(AllDebridTest, ChecksNothing) {
  const std::string_view asked[] = {kShow};
  CollectedItems items;

  EXPECT_FALSE(store().Traits().checks);
  EXPECT_TRUE(store().Check(AnyCall(), user_, Content::kTorrent, asked, items));
  EXPECT_EQ(CodeOf(store().Check(AnyCall(), user_, Content::kUsenet, asked, items)), Errc::kUnsupported);

  EXPECT_THAT(items.values, IsEmpty());
  EXPECT_THAT(host_.http.requests(), IsEmpty());
}

TEST_F(AllDebridTest, AddsWhatIsCachedAndPlaysItAtOnce) {
  const auto item = Order({.uri = "magnet:?xt=urn:btih:" + std::string(40, 'A') + "&tr=http://t/pass"});

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->id, "11");
  EXPECT_EQ(item->hash, kShow);
  EXPECT_EQ(item->name, "Show S01");
  EXPECT_EQ(item->state, ItemState::kReady);
  EXPECT_EQ(item->size_bytes, 2401U);
  EXPECT_EQ(item->added_at, std::chrono::floor<std::chrono::seconds>(host_.clock.Now()));
  const auto& asked = host_.http.requests();
  ASSERT_EQ(asked.size(), 2U) << "upload, status";
  EXPECT_EQ(asked[0].url, kBase + "/v4/magnet/upload?agent=sluice");
  EXPECT_EQ(asked[0].body,
            "magnets%5B%5D=magnet%3A%3Fxt%3Durn%3Abtih%3A" + std::string(40, 'A') + "%26tr%3Dhttp%3A%2F%2Ft%2Fpass");
  EXPECT_EQ(asked[1].url, kBase + "/v4.1/magnet/status?agent=sluice&id=11");
  EXPECT_EQ(sdk::FieldValue(asked[1].headers, "Authorization"), "Bearer " + kKey);
}

TEST_F(AllDebridTest, CountsFilesThroughAllFolders) {
  const auto item = Add(kShow);
  ASSERT_TRUE(item) << item.error().message;

  ASSERT_EQ(item->files.size(), 4U);
  std::set<std::uint32_t> indexes;
  std::vector<std::string> paths;
  for (const auto& file : item->files) {
    indexes.insert(file.index);
    paths.push_back(file.path);
  }
  EXPECT_EQ(indexes.size(), 4U) << "no index twice";
  EXPECT_THAT(paths, ElementsAre("e1.mkv", "sub/e2.mkv", "sub/deep/e3.mkv", "info.nfo"));
  EXPECT_EQ(item->files[2].size_bytes, 900U);
}

TEST_F(AllDebridTest, LinksFilesOfTorrentsForAnybody) {
  const auto item = Add(kShow);
  const auto before = host_.http.requests().size();

  const auto link = Link(item->id, item->files.at(2).id);

  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->url, kBase + "/dld/1?token=cdn-token-1");
  EXPECT_TRUE(link->resumable);
  ASSERT_EQ(host_.http.requests().size(), before + 1) << "the magnet is known";
  EXPECT_EQ(host_.http.requests().back().url,
            kBase + "/v4/link/unlock?agent=sluice&link=https%3A%2F%2Falldebrid.com%2Ff%2F11X2");
  for (const auto* file : {"", "4", "02", "-1", "https://alldebrid.com/f/11X2"})
    EXPECT_EQ(CodeOf(Link(item->id, file)), Errc::kNotFound) << file;
}

TEST_F(AllDebridTest, LinksWhatItHasNotSeenBefore) {
  ASSERT_TRUE(Add(kShow));
  Make({});

  EXPECT_TRUE(Link("11", "0"));
  host_.clock.Advance(10min);
  EXPECT_TRUE(Link("11", "0"));

  EXPECT_EQ(Asked("magnet/status"), 3U) << "it may have changed by then";
}

TEST_F(AllDebridTest, FollowsADownloadToItsEnd) {
  const auto item = Add(kRare);
  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->state, ItemState::kQueued);
  EXPECT_EQ(item->hash, kRare);
  EXPECT_EQ(item->name, "rare.mkv");
  EXPECT_EQ(Asked("magnet/status"), 0U) << "there is nothing to see yet";
  host_.clock.Advance(60s);
  EXPECT_EQ(Get(item->id)->state, ItemState::kDownloading);
  EXPECT_EQ(CodeOf(Link(item->id, "0")), Errc::kNotFound) << "not ready";
  host_.clock.Advance(60s);

  const auto ready = Get(item->id);
  EXPECT_EQ(ready->state, ItemState::kReady);
  EXPECT_EQ(ready->name, "rare.mkv") << "no folder names it";
  EXPECT_EQ(ready->files.at(0).path, "rare.mkv");
  EXPECT_TRUE(Link(item->id, "0"));
}

TEST_F(AllDebridTest, AsksForFilesThatTheStateDoesNotTell) {
  fake_.HideFiles(true);

  const auto item = Add(kShow);

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->files.size(), 4U);
  EXPECT_EQ(item->files[3].path, "info.nfo");
  EXPECT_EQ(Asked("magnet/files"), 1U);
  EXPECT_TRUE(Link(item->id, "1"));
}

TEST_F(AllDebridTest, AddsTheSameItemTwice) {
  EXPECT_EQ(Add(kRare)->id, Add(kRare)->id);
  EXPECT_EQ(Add(kUnheardOf)->state, ItemState::kQueued);
}

TEST_F(AllDebridTest, TakesTorrentFiles) { ExpectTakesATorrentFile(); }

TEST_F(AllDebridTest, RefusesWhatIsNoTorrent) {
  EXPECT_EQ(Order({.uri = "x"}).error().message,
            "alldebrid: magnet: want a magnet URI with xt=urn:btih: and an info hash");
  EXPECT_EQ(Order({.file = sdk::AsBytes("de")}).error().message,
            "alldebrid: .torrent file: want a dictionary called info");
  EXPECT_EQ(CodeOf(Order({.content = Content::kUsenet, .uri = "https://x/y"})), Errc::kUnsupported);
  EXPECT_THAT(host_.http.requests(), IsEmpty());
}

TEST_F(AllDebridTest, SeesAComplaintOfOneMagnetWithinAGoodAnswer) {
  Answer("magnet/upload", R"({"status":"success","data":{"magnets":[{"magnet":"planted",
    "error":{"code":"MAGNET_TOO_MANY_ACTIVE","message":"planted"}}]}})");

  const auto item = Add(kShow);

  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().code, Errc::kPermissionDenied);
  EXPECT_EQ(item.error().reason, Reason::kLimitExceeded);
  EXPECT_EQ(item.error().message, "alldebrid: magnet/upload: answered MAGNET_TOO_MANY_ACTIVE");
  Answer("magnet/upload", R"({"status":"success","data":{"magnets":[{"error":{"code":"A_NEW_ONE"}}]}})");
  EXPECT_EQ(Add(kShow).error().message, "alldebrid: magnet/upload: answered UNKNOWN");
}

TEST_F(AllDebridTest, SaysThatServersAreNotLetIn) {
  const auto item = Add(kShow);
  fake_.RefuseServers(true);

  const auto link = Link(item->id, "0");
  const auto more = Add(kRare);

  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, Errc::kPermissionDenied);
  EXPECT_EQ(link.error().message, "alldebrid: link/unlock: answered NO_SERVER");
  EXPECT_EQ(more.error().message, "alldebrid: magnet/upload: answered MAGNET_NO_SERVER");
}

TEST_F(AllDebridTest, ListsPageByPageOutOfOneAnswerAMinute) {
  for (int i = 0; i < 3; ++i) {
    world().AddContent({.hash = NumberedHash(i), .name = "n", .files = {{"r/n.mkv", 1}}});
    ASSERT_TRUE(Add(NumberedHash(i)));
    host_.clock.Advance(1s);
  }
  CollectedItems first, last, past;

  const auto of_first = store().List(AnyCall(), user_, {.limit = 2}, first);
  const auto of_last = store().List(AnyCall(), user_, {.offset = 2, .limit = 2}, last);
  ASSERT_TRUE(store().List(AnyCall(), user_, {.offset = 3}, past));

  ASSERT_TRUE(of_first && of_last);
  ASSERT_EQ(first.values.size(), 2U);
  EXPECT_EQ(first.values[0].hash, NumberedHash(2)) << "the newest first";
  EXPECT_THAT(first.values[0].files, IsEmpty());
  EXPECT_EQ(*of_first, 3U);
  ASSERT_EQ(last.values.size(), 1U);
  EXPECT_EQ(*of_last, 3U);
  EXPECT_THAT(past.values, IsEmpty());
  EXPECT_EQ(Asked("magnet/status"), 4U) << "three that were added, and one list";
  host_.clock.Advance(1min);
  ASSERT_TRUE(store().List(AnyCall(), user_, {}, past));
  EXPECT_EQ(Asked("magnet/status"), 5U);
}

TEST_F(AllDebridTest, ListsWhatItHasJustAddedOrNotRemoved) {
  const auto count = [&] {
    CollectedItems items;
    const auto total = store().List(AnyCall(), user_, {}, items);
    return total ? *total : 99;
  };
  EXPECT_EQ(count(), 0U);
  const auto item = Add(kShow);
  EXPECT_EQ(count(), 1U);
  ASSERT_TRUE(Remove(item->id));
  EXPECT_EQ(count(), 0U);
}

TEST_F(AllDebridTest, ReadsListsThatNameMagnetsByTheirIds) {
  fake_.ListByKey(true);
  ASSERT_TRUE(Add(kShow));
  ASSERT_TRUE(Add(kRare));
  CollectedItems items;

  ASSERT_TRUE(store().List(AnyCall(), user_, {}, items));

  EXPECT_EQ(items.values.size(), 2U);
}

TEST_F(AllDebridTest, ForgetsWhatItRemoved) {
  const auto item = Add(kShow);
  ASSERT_TRUE(Link(item->id, "0"));

  EXPECT_TRUE(Remove(item->id));

  EXPECT_EQ(CodeOf(Get(item->id)), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Link(item->id, "0")), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Remove(item->id)), Errc::kNotFound);
  EXPECT_EQ(Get(item->id).error().reason, Reason::kNone) << "it is no bad magnet";
}

TEST_F(AllDebridTest, AsksNothingOfWhatIsNoId) {
  for (const auto* id : {"", "0", "011", "-1", "1&x", "x", "99999999999999999999"}) {
    EXPECT_EQ(CodeOf(Get(id)), Errc::kNotFound) << id;
    EXPECT_EQ(CodeOf(Link(id, "0")), Errc::kNotFound) << id;
    EXPECT_EQ(CodeOf(Remove(id)), Errc::kNotFound) << id;
  }
  EXPECT_THAT(host_.http.requests(), IsEmpty());
}

TEST_F(AllDebridTest, TellsOneAccountNothingOfAnother) {
  const auto item = Add(kShow);
  user_.token = kOtherKey;

  EXPECT_EQ(CodeOf(Get(item->id)), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Link(item->id, "0")), Errc::kNotFound);
}

TEST_F(AllDebridTest, CallsItselfWhatItIsToldTo) {
  Make({{"/agent", "gate way"}});
  ASSERT_TRUE(store().GetAccount(AnyCall(), user_));

  EXPECT_EQ(host_.http.requests().at(0).url, kBase + "/v4/user?agent=gate%20way");
  EXPECT_FALSE(CreateThroughAbi<AllDebrid>({{"/agent", ""}}, host_));
  EXPECT_FALSE(CreateThroughAbi<AllDebrid>({{"/base_url", "ftp://x"}}, host_));
}

struct AnyAllDebrid : store::ConformingStore<FakeAllDebrid> {
  AnyAllDebrid() : ConformingStore(kBase, &Stock) {
    token = kKey;
    magnet = store::Magnet(kShow);
    unknown_id = "999";
  }
};
SLUICE_STORE_CONFORMANCE(AllDebrid, AnyAllDebrid);

}  // namespace
}  // namespace sluice::plugins::alldebrid

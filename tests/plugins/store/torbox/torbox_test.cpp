// SPDX-License-Identifier: MIT
// Each thing a viewer can ask for, and each oddity of TorBox.
#include <sluice/sdk/testing/conformance_store.hpp>

#include "support.hpp"

namespace sluice::plugins::torbox {
namespace {

using fakes::debrid::HashOf;

TEST_F(TorBoxTest, KnowsWhatAnAccountIsWorth) {
  world().AddAccount({.key = kKey, .id = 71, .plan = 2, .expires_at = host_.clock.Now() + 24h});
  const auto account = store().GetAccount(AnyCall(), user_);
  ASSERT_TRUE(account) << account.error().message;
  EXPECT_EQ(account->id, "71");
  EXPECT_EQ(account->plan, sdk::Plan::kPremium);
  EXPECT_EQ(account->email, "viewer@example.org");
  EXPECT_EQ(account->expires_at, std::chrono::floor<std::chrono::seconds>(host_.clock.Now() + 24h));

  EXPECT_EQ(store().GetAccount(AnyCall(), {.token = kOtherKey})->plan, sdk::Plan::kExpired);
  EXPECT_EQ(CodeOf(store().GetAccount(AnyCall(), {.token = "planted-nobody's"})), Errc::kUnauthenticated);
  EXPECT_EQ(CodeOf(store().GetAccount(AnyCall(), {.token = ""})), Errc::kUnauthenticated);
}

TEST_F(TorBoxTest, RemembersAnAccountForAMinute) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(store().GetAccount(AnyCall(), user_));
  host_.clock.Advance(1min);
  EXPECT_TRUE(store().GetAccount(AnyCall(), user_));

  EXPECT_EQ(Asked("user/me"), 2U);
}

TEST_F(TorBoxTest, ChecksWhatIsCached) {
  const std::string_view asked[] = {kRare, kShow, kUnheardOf};
  CollectedItems items;

  const auto status = store().Check(AnyCall(), user_, Content::kTorrent, asked, items);

  ASSERT_TRUE(status) << status.error().message;
  ASSERT_EQ(items.values.size(), 1U);
  const auto& item = items.values.front();
  EXPECT_EQ(item.id, "");
  EXPECT_EQ(item.hash, kShow);
  EXPECT_EQ(item.name, "Show S01");
  EXPECT_EQ(item.state, ItemState::kCached);
  EXPECT_EQ(item.size_bytes, 1501U);
  ASSERT_EQ(item.files.size(), 3U);
  EXPECT_EQ(item.files[1].path, "sub/e2.mkv");
  EXPECT_EQ(item.files[1].index, 1U);
  EXPECT_EQ(item.files[1].id, "");
  EXPECT_EQ(Asked("torrents/checkcached"), 1U);
}

TEST_F(TorBoxTest, ChecksUsenetByPostAndWebLinksInPartsByGet) {
  std::vector<std::string> hashes{HashOf(Kind::kUsenet, kNzb, {}), HashOf(Kind::kWeb, kPage, {})};
  for (int i = 0; i < 448; ++i) hashes.push_back(NumberedHash(i).substr(8));
  const std::vector<std::string_view> asked(hashes.begin(), hashes.end());
  CollectedItems usenet, web;

  ASSERT_TRUE(store().Check(AnyCall(), user_, Content::kUsenet, asked, usenet));
  ASSERT_TRUE(store().Check(AnyCall(), user_, Content::kWeb, asked, web));

  ASSERT_EQ(usenet.values.size(), 1U);
  EXPECT_EQ(usenet.values[0].hash, hashes[0]);
  EXPECT_EQ(usenet.values[0].content, Content::kUsenet);
  ASSERT_EQ(web.values.size(), 1U);
  EXPECT_EQ(web.values[0].hash, hashes[1]);
  EXPECT_EQ(Asked("usenet/checkcached"), 1U);
  EXPECT_EQ(Asked("webdl/checkcached"), 5U);
}

TEST_F(TorBoxTest, AddsWhatIsCachedAndPlaysItAtOnce) {
  const auto item = Order({.uri = "magnet:?xt=urn:btih:" + std::string(40, 'A') + "&tr=http://t/pass", .name = "x"});

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->id, "11");
  EXPECT_EQ(item->hash, kShow);
  EXPECT_EQ(item->name, "Show S01");
  EXPECT_EQ(item->state, ItemState::kReady);
  EXPECT_EQ(item->added_at, std::chrono::floor<std::chrono::seconds>(host_.clock.Now()));
  ASSERT_EQ(item->files.size(), 3U);
  EXPECT_EQ(item->files[0].path, "info.nfo");
  EXPECT_EQ(item->files[0].id, "0");
  EXPECT_EQ(item->files[2].path, "e1.mkv");
  EXPECT_EQ(item->files[2].id, "1");
  EXPECT_EQ(item->files[2].video_hash, "8e245d9679d31e12");
  for (const auto& request : host_.http.requests())
    if (request.method == "POST") {
      EXPECT_THAT(request.body, HasSubstr("magnet=magnet%3A%3Fxt%3Durn%3Abtih%3AAAAA"));
      EXPECT_THAT(request.body, HasSubstr("tr%3Dhttp%3A%2F%2Ft%2Fpass&allow_zip=false&name=x"));
    }
}

TEST_F(TorBoxTest, LinksFileZeroAndTellsTheViewersAddress) {
  const auto item = Add(kShow);
  ASSERT_TRUE(item);

  const auto zero = Link(item->id, "0");
  const auto one = Link(item->id, "1");

  ASSERT_TRUE(zero && one);
  EXPECT_EQ(zero->url, kBase + "/dld/1?token=cdn-token-1");
  EXPECT_EQ(one->url, kBase + "/dld/2?token=cdn-token-2");
  EXPECT_TRUE(zero->resumable);
  EXPECT_THAT(host_.http.requests().at(2).url, HasSubstr("torrent_id=11&file_id=0&zip_link=false&user_ip=203.0.113.5"));
  EXPECT_EQ(CodeOf(Link(item->id, "3")), Errc::kNotFound);
  EXPECT_EQ(Asked("torrents/requestdl"), 2U);
}

TEST_F(TorBoxTest, TellsNoPrivateAddressAndNoneThatItShallNot) {
  const auto item = Add(kShow);
  user_.client_ip = "192.168.1.7";
  ASSERT_TRUE(Link(item->id, "0"));
  Make({{"/forward_client_ip", false}});
  user_.client_ip = "203.0.113.5";
  ASSERT_TRUE(Link(item->id, "0"));

  for (const auto& request : host_.http.requests()) EXPECT_THAT(request.url, Not(HasSubstr("user_ip")));
}

TEST_F(TorBoxTest, RemembersALinkForItsViewer) {
  const auto item = Add(kShow);
  const auto first = Link(item->id, "0");
  EXPECT_EQ(Link(item->id, "0")->url, first->url);
  user_.client_ip = "203.0.113.6";
  EXPECT_NE(Link(item->id, "0")->url, first->url) << "links may be bound to an address";
  user_.client_ip = "203.0.113.5";
  host_.clock.Advance(50min);

  EXPECT_NE(Link(item->id, "0")->url, first->url);
}

TEST_F(TorBoxTest, FollowsADownloadToItsEnd) {
  const auto state = [&] { return Get("11")->state; };
  const auto added = Add(kRare);
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(added->state, ItemState::kQueued);
  EXPECT_TRUE(added->is_private);
  EXPECT_EQ(added->name, "Rare");
  EXPECT_EQ(CodeOf(Link("11", "0")), Errc::kNotFound) << "not ready";
  host_.clock.Advance(60s);
  EXPECT_EQ(state(), ItemState::kDownloading);
  EXPECT_EQ(CodeOf(Link("11", "0")), Errc::kNotFound) << "not ready";
  host_.clock.Advance(60s);

  EXPECT_EQ(state(), ItemState::kReady);
  EXPECT_TRUE(Link("11", "0"));
}

TEST_F(TorBoxTest, SaysThatADownloadFailed) {
  EXPECT_EQ(Add(kUnheardOf)->state, ItemState::kFailed) << "stalled (no seeds)";
}

TEST_F(TorBoxTest, TellsItemsOfDifferentContentApart) {
  const auto torrent = Add(kShow);
  const auto usenet = Order({.content = Content::kUsenet, .uri = kNzb});
  const auto web = Order({.content = Content::kWeb, .uri = kPage});

  ASSERT_TRUE(torrent && usenet && web);
  EXPECT_EQ(torrent->id, "11");
  EXPECT_EQ(usenet->id, "usenet:12");
  EXPECT_EQ(web->id, "web:13");
  EXPECT_EQ(usenet->hash, HashOf(Kind::kUsenet, kNzb, {}));
  EXPECT_EQ(usenet->files.at(0).path, "film.mkv");
  EXPECT_EQ(web->content, Content::kWeb);
  EXPECT_TRUE(Link("usenet:12", "0") && Link("web:13", "0"));
  for (const auto* id : {"12", "usenet:11", "web:12", "usenet:", "web:x", "", "x", "0", "012", "-1", "usenet:web:13",
                         "99999999999999999999", "11 ", "11&x"})
    EXPECT_EQ(CodeOf(Get(id)), Errc::kNotFound) << id;
  EXPECT_TRUE(store().Remove(AnyCall(), user_, "usenet:12"));
  EXPECT_TRUE(store().Remove(AnyCall(), user_, "web:13"));
  EXPECT_EQ(CodeOf(Get("web:13")), Errc::kNotFound);
}

TEST_F(TorBoxTest, TakesTorrentFilesAndNzbs) {
  const std::string info = "d6:lengthi5e4:name1:x12:piece lengthi16384e6:pieces0:e";
  const std::string torrent = "d8:announce8:http://t4:info" + info + "e";
  const std::string nzb = "<?xml version=\"1.0\"?><nzb xmlns=\"x\"></nzb>";

  const auto first = Order({.file = sdk::AsBytes(torrent)});
  const auto again = Order({.uri = Magnet(HashOf(Kind::kTorrent, {}, torrent))});
  const auto second = Order({.content = Content::kUsenet, .file = sdk::AsBytes(nzb), .name = "n"});

  ASSERT_TRUE(first) << first.error().message;
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(first->hash, HashOf(Kind::kTorrent, {}, torrent));
  EXPECT_EQ(again->id, first->id);
  EXPECT_EQ(second->hash, HashOf(Kind::kUsenet, {}, nzb));
  EXPECT_EQ(Asked("torrents/createtorrent"), 1U) << "the same by two names";
}

TEST_F(TorBoxTest, RefusesWhatIsNoOrder) {
  const auto refusal = [&](const sdk::StoreOrder& order) {
    const auto item = Order(order);
    return item ? "taken" : item.error().message;
  };
  const std::string link = "order: want an http or https URL";
  const auto file = sdk::AsBytes("de");
  EXPECT_EQ(refusal({.content = Content::kUsenet, .uri = "ftp://x/y"}), link);
  EXPECT_EQ(refusal({.content = Content::kUsenet}), link);
  EXPECT_EQ(refusal({.content = Content::kWeb, .uri = "https://a b"}), link);
  EXPECT_EQ(refusal({.content = Content::kWeb, .file = file}), "order: want a link, not a file");
  EXPECT_EQ(refusal({.uri = Magnet(kShow), .file = file}), "torbox: want a magnet URI or a .torrent file, not both");
  EXPECT_EQ(refusal({.content = Content::kUsenet, .uri = "https://x.example/y", .file = file}),
            "order: want a URI or a file, not both");
  EXPECT_EQ(refusal({.file = file}), "torbox: .torrent file: want a dictionary called info");
  EXPECT_TRUE(host_.http.requests().empty());
}

TEST_F(TorBoxTest, ListsPageByPage) {
  CollectedItems none, first, last;
  const auto empty = store().List(AnyCall(), user_, {.limit = 2}, none);
  ASSERT_TRUE(empty) << empty.error().message;
  EXPECT_EQ(*empty, 0U);
  for (int i = 0; i < 3; ++i) {
    world().AddContent({.hash = NumberedHash(i), .name = "n", .files = {{"n.mkv", 1}}});
    ASSERT_TRUE(Add(NumberedHash(i)));
  }

  const auto of_first = store().List(AnyCall(), user_, {.limit = 2}, first);
  const auto of_last = store().List(AnyCall(), user_, {.offset = 2, .limit = 2}, last);

  ASSERT_TRUE(of_first && of_last);
  ASSERT_EQ(first.values.size(), 2U) << "TorBox answers one more";
  EXPECT_EQ(first.values[0].hash, NumberedHash(2));
  EXPECT_EQ(*of_first, 3U);
  ASSERT_EQ(last.values.size(), 1U);
  EXPECT_EQ(last.values[0].hash, NumberedHash(0));
  EXPECT_EQ(*of_last, 3U);
}

TEST_F(TorBoxTest, NoticesThatAnItemWasRemovedElsewhere) {
  ASSERT_EQ(Add(kRare)->id, "11");
  ASSERT_TRUE(world().LetGo(kKey, Kind::kTorrent, 11));

  EXPECT_EQ(Add(kRare)->id, "12");
}

TEST_F(TorBoxTest, ForgetsWhatItRemoved) {
  const auto item = Add(kShow);
  ASSERT_TRUE(Link(item->id, "0"));

  EXPECT_TRUE(store().Remove(AnyCall(), user_, item->id));

  EXPECT_EQ(CodeOf(Get(item->id)), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Link(item->id, "0")), Errc::kNotFound);
  EXPECT_EQ(CodeOf(store().Remove(AnyCall(), user_, item->id)), Errc::kNotFound);
  EXPECT_EQ(Add(kShow)->id, "12");
}

TEST_F(TorBoxTest, FindsWhatTheAccountHasAlready) {
  torbox_.RefuseDuplicates(true);
  ASSERT_TRUE(Add(kShow));
  Make({});

  const auto again = Add(kShow);

  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->id, "11");
}

TEST_F(TorBoxTest, AsksAgainForNothingThatItKnows) {
  const auto play = [&] {
    const auto item = Add(kShow);
    return item && Link(item->id, "0");
  };
  ASSERT_TRUE(play());
  const auto asked = host_.http.requests().size();

  for (int i = 0; i < 10; ++i) EXPECT_TRUE(play());

  EXPECT_EQ(host_.http.requests().size(), asked);
}

TEST_F(TorBoxTest, TellsOneAccountNothingOfAnother) {
  const auto item = Add(kShow);
  ASSERT_TRUE(Link(item->id, "0"));
  user_.token = kOtherKey;

  EXPECT_EQ(CodeOf(Get(item->id)), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Link(item->id, "0")), Errc::kNotFound);
  EXPECT_EQ(Add(kShow)->id, "12");
}

TEST_F(TorBoxTest, SeedsAsItIsTold) {
  Make({{"/seed", "no"}});
  ASSERT_TRUE(Add(kShow));
  EXPECT_THAT(host_.http.requests().at(0).body, HasSubstr("&seed=3"));
}

TEST_F(TorBoxTest, IsAskedWhereItIsToldTo) {
  FakeTorBox other("http://127.0.0.1:8080/tb", [this] { return host_.clock.Now(); });
  Stock(other);
  fakes::debrid::Serve(other, host_.http, "http://127.0.0.1:8080/tb");
  Make({{"/base_url", "http://127.0.0.1:8080/tb/"}});

  EXPECT_TRUE(Add(kShow));

  EXPECT_EQ(other.world().Requests("torrents/createtorrent"), 1U);
  for (const auto* bad : {"", "ftp://x", "https://user@x/", "https://x/?a", "x"}) {
    const auto made = sdk::testing::CreateThroughAbi<TorBox>({{"/base_url", bad}}, host_);
    ASSERT_FALSE(made) << bad;
    EXPECT_EQ(made.error().message, "/base_url: want an http or https URL without user name, query and fragment");
  }
}

struct AnyTorBox : sdk::testing::StoreFixture {
  AnyTorBox() {
    token = kKey;
    magnet = Magnet(kShow);
    unknown_id = "999";
    waits_for_upstream = true;
  }
  void Prepare(FakeHost& host) override {
    torbox.emplace(kBase, [&host] { return host.clock.Now(); });
    Stock(*torbox);
    fakes::debrid::Serve(*torbox, host.http, kBase);
  }
  ~AnyTorBox() override {
    EXPECT_THAT(torbox->world().violations(), IsEmpty());
    EXPECT_EQ(torbox->world().crossed(), 0U);
  }
  std::optional<FakeTorBox> torbox;
};
SLUICE_STORE_CONFORMANCE(TorBox, AnyTorBox);

}  // namespace
}  // namespace sluice::plugins::torbox

// SPDX-License-Identifier: MIT
// Each thing a viewer can ask for besides adding, and each oddity of Real-Debrid.
#include "support.hpp"

namespace sluice::plugins::realdebrid {
namespace {

using fakes::debrid::HashOf;

const std::string kWebId = "web:" + HashOf(Kind::kWeb, kPage, {});

TEST_F(RealDebridTest, KnowsWhatAnAccountIsWorth) {
  world().AddAccount({.key = kKey, .id = 71, .plan = 1, .expires_at = host_.clock.Now() + 24h});
  world().AddAccount({.key = kOtherKey, .id = 72, .plan = 0});

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

TEST_F(RealDebridTest, ChecksNothing) {
  const std::string_view asked[] = {kShow};
  CollectedItems items;

  EXPECT_FALSE(store().Traits().checks);
  EXPECT_TRUE(store().Check(AnyCall(), user_, Content::kTorrent, asked, items));
  EXPECT_TRUE(store().Check(AnyCall(), user_, Content::kWeb, asked, items));
  EXPECT_EQ(CodeOf(store().Check(AnyCall(), user_, Content::kUsenet, asked, items)), Errc::kUnsupported);

  EXPECT_THAT(items.values, IsEmpty());
  EXPECT_THAT(host_.http.requests(), IsEmpty());
}

TEST_F(RealDebridTest, LinksTheKthChosenFileToTheKthLink) {
  const auto item = Add(kShow);
  const auto before = host_.http.requests().size();

  const auto link = Link(item->id, "3");

  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->url, kBase + "/dld/1?token=cdn-token-1");
  EXPECT_TRUE(link->resumable);
  EXPECT_EQ(LastBody("POST", "unrestrict/link"),
            "link=https%3A%2F%2Freal-debrid.com%2Fd%2FRDTORRENT11F3&ip=203.0.113.5");
  EXPECT_EQ(host_.http.requests().size(), before + 1) << "the torrent is known";
  for (const auto* file : {"", "0", "2", "4", "03", "https://real-debrid.com/d/RDTORRENT11F3"})
    EXPECT_EQ(CodeOf(Link(item->id, file)), Errc::kNotFound) << file;
}

TEST_F(RealDebridTest, LinksWhatItHasNotSeenBefore) {
  const auto id = fake_.Plant(kKey, kShow, {1, 3});

  EXPECT_TRUE(Link(id, "1"));

  EXPECT_EQ(host_.http.requests().size(), 2U);
  host_.clock.Advance(10min);
  EXPECT_TRUE(Link(id, "1"));
  EXPECT_EQ(Asked("torrents/info"), 2U) << "it may have changed by then";
}

TEST_F(RealDebridTest, ForgetsATorrentWhoseLinksAreGone) {
  const auto item = Add(kShow);
  ASSERT_TRUE(fake_.Pull(item->id));

  EXPECT_EQ(CodeOf(Link(item->id, "1")), Errc::kNotFound) << "by its link";
  EXPECT_EQ(CodeOf(Link(item->id, "1")), Errc::kNotFound) << "by itself";
  EXPECT_EQ(Asked("unrestrict/link"), 1U);
}

TEST_F(RealDebridTest, LinksNoArchiveInPlaceOfAFile) {
  fake_.PackFiles(true);
  const auto item = Add(kShow);
  ASSERT_TRUE(item) << item.error().message;
  ASSERT_EQ(item->files.size(), 2U);
  EXPECT_EQ(item->files[1].id, "") << "fewer links than files";

  const auto link = Link(item->id, item->files[0].id);

  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, Errc::kNotFound);
  EXPECT_EQ(link.error().message, "realdebrid: the store has packed the torrent's files into an archive");
}

TEST_F(RealDebridTest, LinksWhatIsLeftOfATorrentsLinks) {
  const auto body = [](const std::string& links) {
    return R"({"id":"AB1","hash":")" + kShow + R"(","status":"downloaded","links":)" + links +
           R"(,"files":[{"id":1,"path":"/e1.mkv","bytes":7,"selected":1},{"id":2,"path":"/e2.mkv","selected":1}]})";
  };
  Answer("torrents/info", body(R"(["https://real-debrid.com/d/X1"])"));
  Answer("unrestrict/link",
         R"({"id":"D1","filename":"e1.mkv","filesize":7,"download":"https://cdn.example/e1","link":"x"})");

  EXPECT_EQ(Link("AB1", "1")->url, "https://cdn.example/e1") << "the one link is the first file's";
  EXPECT_EQ(CodeOf(Link("AB1", "2")), Errc::kNotFound);
}

TEST_F(RealDebridTest, ShowsFilesOnceTheyAreDownloaded) {
  fake_.ScriptSelected(kShow, {{.after = 0s, .state = "queued"},
                               {.after = 10s, .state = "downloading", .progress = 50},
                               {.after = 20s, .state = "compressing"},
                               {.after = 30s, .state = "uploading"},
                               {.after = 40s, .state = "downloaded"}});
  const auto id = Add(kShow)->id;
  for (const auto state :
       {ItemState::kQueued, ItemState::kDownloading, ItemState::kProcessing, ItemState::kUploading}) {
    const auto item = Get(id);
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->state, state);
    EXPECT_THAT(item->files, IsEmpty());
    EXPECT_EQ(CodeOf(Link(id, "1")), Errc::kNotFound) << "not ready";
    EXPECT_EQ(Add(kShow)->id, id) << "it goes on by itself";
    host_.clock.Advance(10s);
  }

  EXPECT_EQ(Get(id)->state, ItemState::kReady);
  EXPECT_TRUE(Link(id, "1"));
}

TEST_F(RealDebridTest, ListsPageByPage) {
  CollectedItems none, first, last, past;
  const auto empty = store().List(AnyCall(), user_, {.limit = 2}, none);
  ASSERT_TRUE(empty) << empty.error().message;
  EXPECT_EQ(*empty, 0U);
  for (int i = 0; i < 3; ++i) fake_.Plant(kKey, NumberedHash(i), {});

  const auto of_first = store().List(AnyCall(), user_, {.limit = 2}, first);
  const auto of_last = store().List(AnyCall(), user_, {.offset = 2, .limit = 2}, last);
  const auto of_past = store().List(AnyCall(), user_, {.offset = 7, .limit = 2}, past);

  ASSERT_TRUE(of_first && of_last && of_past);
  ASSERT_EQ(first.values.size(), 2U);
  EXPECT_EQ(first.values[0].hash, NumberedHash(2));
  EXPECT_EQ(*of_first, 3U);
  ASSERT_EQ(last.values.size(), 1U);
  EXPECT_EQ(last.values[0].hash, NumberedHash(0));
  EXPECT_EQ(*of_last, 3U);
  EXPECT_THAT(past.values, IsEmpty()) << "the store refuses such an offset";
}

TEST_F(RealDebridTest, ForgetsWhatItRemoved) {
  const auto item = Add(kShow);

  EXPECT_TRUE(Remove(item->id));

  EXPECT_EQ(CodeOf(Get(item->id)), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Link(item->id, "1")), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Remove(item->id)), Errc::kNotFound);
  EXPECT_NE(Add(kShow)->id, item->id);
}

TEST_F(RealDebridTest, AsksNothingOfWhatIsNoId) {
  for (const auto* id : {"", "..", "../user", "A/B", "A B", "A?x", "\xc3\xa4"}) {
    EXPECT_EQ(CodeOf(Get(id)), Errc::kNotFound) << id;
    EXPECT_EQ(CodeOf(Link(id, "1")), Errc::kNotFound) << id;
    EXPECT_EQ(CodeOf(Remove(id)), Errc::kNotFound) << id;
  }
  EXPECT_THAT(host_.http.requests(), IsEmpty());
}

TEST_F(RealDebridTest, TellsOneAccountNothingOfAnother) {
  const auto item = Add(kShow);
  user_.token = kOtherKey;

  EXPECT_EQ(CodeOf(Get(item->id)), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Link(item->id, "1")), Errc::kNotFound);
  EXPECT_NE(Add(kShow)->id, item->id);
}

TEST_F(RealDebridTest, TakesWebLinks) {
  const auto item = Order({.content = Content::kWeb, .uri = kPage});
  const auto again = Order({.content = Content::kWeb, .uri = kPage});

  ASSERT_TRUE(item && again);
  EXPECT_EQ(item->id, kWebId);
  EXPECT_EQ(again->id, item->id) << "though the store has it twice";
  EXPECT_EQ(item->hash, HashOf(Kind::kWeb, kPage, {}));
  EXPECT_EQ(item->content, Content::kWeb);
  EXPECT_EQ(item->state, ItemState::kReady);
  ASSERT_EQ(item->files.size(), 1U);
  EXPECT_EQ(item->files[0].path, "page.mp4");
  EXPECT_EQ(item->files[0].size_bytes, 50U);
  EXPECT_TRUE(Link(kWebId, item->files[0].id));
  EXPECT_EQ(CodeOf(Link(kWebId, "1")), Errc::kNotFound);
  EXPECT_TRUE(Get(kWebId));
}

TEST_F(RealDebridTest, ListsWebLinksWithoutThoseOfTorrents) {
  const auto torrent = Add(kShow);
  ASSERT_TRUE(Link(torrent->id, "1"));
  ASSERT_TRUE(Order({.content = Content::kWeb, .uri = kPage}));
  ASSERT_TRUE(Order({.content = Content::kWeb, .uri = kPage}));
  CollectedItems items;

  const auto total = store().List(AnyCall(), user_, {.content = Content::kWeb}, items);

  ASSERT_TRUE(total) << total.error().message;
  EXPECT_EQ(*total, 1U);
  ASSERT_EQ(items.values.size(), 1U);
  EXPECT_EQ(items.values[0].id, kWebId);
  EXPECT_EQ(items.values[0].added_at, std::chrono::floor<std::chrono::seconds>(host_.clock.Now()));
}

TEST_F(RealDebridTest, RemovesAWebLinkAsOftenAsTheStoreHasIt) {
  ASSERT_TRUE(Order({.content = Content::kWeb, .uri = kPage}));
  ASSERT_TRUE(Order({.content = Content::kWeb, .uri = kPage}));

  EXPECT_TRUE(Remove(kWebId));

  EXPECT_EQ(Asked("downloads/delete"), 2U);
  EXPECT_EQ(CodeOf(Get(kWebId)), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Remove(kWebId)), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Link(kWebId, "0")), Errc::kNotFound);
}

TEST_F(RealDebridTest, FindsAWebLinkThatWasAddedElsewhere) {
  CollectedItems items;
  ASSERT_TRUE(store().List(AnyCall(), user_, {.content = Content::kWeb}, items));
  const auto other = CreateThroughAbi<RealDebrid>({}, host_);
  ASSERT_TRUE((*other)->Add(AnyCall(), user_, {.content = Content::kWeb, .uri = kPage}));

  EXPECT_TRUE(Get(kWebId));
}

TEST_F(RealDebridTest, RefusesWhatIsNoWebLink) {
  for (const auto* uri : {"", "ftp://x/y", "https://a b", "https://real-debrid.com/d/AAAA",
                          "https://www.real-debrid.com/d/AAAA", "https://u:p@hoster.example/x", "magnet:?x"}) {
    const auto item = Order({.content = Content::kWeb, .uri = uri});
    EXPECT_EQ(CodeOf(item), Errc::kInvalidArgument) << uri;
  }
  EXPECT_EQ(CodeOf(Order({.content = Content::kWeb, .file = sdk::AsBytes("de")})), Errc::kInvalidArgument);
  EXPECT_THAT(host_.http.requests(), IsEmpty());
  EXPECT_EQ(CodeOf(Order({.content = Content::kWeb, .uri = "https://nohoster.example/x"})), Errc::kUpstreamFailed);
}

TEST_F(RealDebridTest, CallsItselfWhatTheStoreLetsIn) {
  ASSERT_TRUE(store().GetAccount(AnyCall(), user_));
  Make({{"/user_agent", "other/1"}});
  ASSERT_TRUE(store().GetAccount(AnyCall(), user_));

  EXPECT_EQ(sdk::FieldValue(host_.http.requests().at(0).headers, "User-Agent"), "curl/8.7.1");
  EXPECT_EQ(sdk::FieldValue(host_.http.requests().at(1).headers, "User-Agent"), "other/1");
  EXPECT_EQ(sdk::FieldValue(host_.http.requests().at(1).headers, "Authorization"), "Bearer " + kKey);
  for (const auto* bad : {"", "a\r\nb", "\x01"})
    EXPECT_FALSE(CreateThroughAbi<RealDebrid>({{"/user_agent", bad}}, host_)) << bad;
  EXPECT_FALSE(CreateThroughAbi<RealDebrid>({{"/base_url", "ftp://x"}}, host_));
}

TEST_F(RealDebridTest, TellsNoPrivateAddressAndNoneThatItShallNot) {
  user_.client_ip = "192.168.1.7";
  const auto item = Add(kShow);
  ASSERT_TRUE(Link(item->id, "1"));
  Make({{"/forward_client_ip", false}});
  user_.client_ip = "203.0.113.5";
  ASSERT_TRUE(Link(item->id, "1"));

  for (const auto& request : host_.http.requests()) EXPECT_THAT(request.url + request.body, Not(HasSubstr("ip=")));
}

struct AnyRealDebrid : store::ConformingStore<FakeRealDebrid> {
  AnyRealDebrid() : ConformingStore(kBase, &Stock) {
    token = kKey;
    magnet = Magnet(kShow);
    unknown_id = "ABCDEFGHIJKLM";
  }
};
SLUICE_STORE_CONFORMANCE(RealDebrid, AnyRealDebrid);

}  // namespace
}  // namespace sluice::plugins::realdebrid

// SPDX-License-Identifier: MIT
// Links that take their time, links with a choice, and links to hosters.
#include <thread>

#include "support.hpp"

namespace sluice::plugins::alldebrid {
namespace {

const std::string kSavedId = "saved:" + kPageHash;
const std::string kHistoryId = "history:" + kPageHash;

class AllDebridLinksTest : public AllDebridTest {
 protected:
  /// A link that was unlocked without this server.
  void Unlock(const std::string& link) {
    const auto answer = fake_.Handle(fakes::debrid::MakeRequest("GET", "/v4/link/unlock?agent=x&link=" + link,
                                                                {{"Authorization", "Bearer " + kKey}}, ""));
    ASSERT_EQ(answer.status, 200);
  }
  CollectedItems List() {
    CollectedItems items;
    EXPECT_TRUE(store().List(AnyCall(), user_, {.content = Content::kWeb}, items));
    return items;
  }
};

TEST_F(AllDebridLinksTest, WaitsUntilALinkIsMade) {
  const auto item = Add(kShow);
  fake_.DelayLinks(12s);
  const PassingTime passing(host_.clock);

  const auto link = Link(item->id, "0");

  ASSERT_TRUE(link) << link.error().message;
  EXPECT_THAT(link->url, HasSubstr(kBase + "/dld/"));
  EXPECT_GE(Asked("link/delayed"), 2U);
  EXPECT_EQ(Asked("link/unlock"), 1U);
}

TEST_F(AllDebridLinksTest, SaysThatALinkIsStillBeingMade) {
  const auto item = Add(kShow);
  fake_.DelayLinks(90s);

  const auto link = Checked(store().Link(sdk::testing::CallFor(1500ms), user_, item->id, "0"));

  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, Errc::kUpstreamFailed);
  EXPECT_EQ(link.error().reason, Reason::kUnavailable);
  EXPECT_EQ(link.error().retry_after, 90s);
  EXPECT_EQ(link.error().message, "alldebrid: link/delayed: the link is still being made");
}

TEST_F(AllDebridLinksTest, SaysThatALinkCouldNotBeMade) {
  const auto item = Add(kShow);
  fake_.DelayLinks(-2s);
  const PassingTime passing(host_.clock);

  EXPECT_EQ(Link(item->id, "0").error().message, "alldebrid: link/delayed: the store could not make the link");
}

TEST_F(AllDebridLinksTest, WaitsForNobodyWhoHasLeft) {
  const auto item = Add(kShow);
  fake_.DelayLinks(90s);
  sdk::testing::TestCall call;
  const auto before = host_.http.requests().size();
  std::thread viewer([&] { EXPECT_EQ(CodeOf(store().Link(call, user_, item->id, "0")), Errc::kCancelled); });
  EXPECT_TRUE(host_.http.WaitForRequests(before + 2));
  call.Cancel();
  viewer.join();
}

TEST_F(AllDebridLinksTest, TakesNoNonsenseOfALinkThatIsBeingMade) {
  const auto item = Add(kShow);
  fake_.DelayLinks(90s);
  for (const auto* data : {R"({"status":7})", R"({"status":2})", R"({"status":2,"link":"file:///etc/passwd"})", "{}"}) {
    Answer("link/delayed", R"({"status":"success","data":)" + std::string(data) + "}");
    EXPECT_EQ(CodeOf(Link(item->id, "0")), Errc::kUpstreamFailed) << data;
    host_.clock.Advance(1s);
  }
  Answer("link/delayed", FakeAllDebrid::Failure("DELAYED_INVALID_ID"));
  EXPECT_EQ(Link(item->id, "0").error().message, "alldebrid: link/delayed: answered DELAYED_INVALID_ID");
}

TEST_F(AllDebridLinksTest, TellsTheViewersAddressForWebLinks) {
  ASSERT_TRUE(AddPage());
  ASSERT_TRUE(Link(kSavedId, "0"));
  const auto url = kBase + "/v4/link/unlock?agent=sluice&link=https%3A%2F%2Fhoster.example%2Ff%2F1";
  EXPECT_EQ(host_.http.requests().back().url, url + "&userip=203.0.113.5");
  user_.client_ip = "10.0.0.1";
  ASSERT_TRUE(Link(kSavedId, "0"));
  EXPECT_EQ(host_.http.requests().back().url, url);
  Make({{"/forward_client_ip", false}});
  user_.client_ip = "203.0.113.5";
  ASSERT_TRUE(Link(kSavedId, "0"));
  EXPECT_EQ(host_.http.requests().back().url, url);
}

TEST_F(AllDebridLinksTest, ChoosesTheLargestStream) {
  fake_.OfferStreams(true);
  ASSERT_TRUE(AddPage());

  EXPECT_TRUE(Link(kSavedId, "0"));
  EXPECT_THAT(host_.http.requests().back().body, HasSubstr("stream=high"));
  fake_.DelayLinks(5s);
  const PassingTime passing(host_.clock);
  EXPECT_TRUE(Link(kSavedId, "0"));
}

TEST_F(AllDebridLinksTest, SavesWebLinks) {
  const auto item = AddPage();
  const auto again = AddPage();

  ASSERT_TRUE(item && again);
  EXPECT_EQ(item->id, kSavedId);
  EXPECT_EQ(again->id, kSavedId);
  EXPECT_EQ(item->hash, kPageHash);
  EXPECT_EQ(item->content, Content::kWeb);
  EXPECT_EQ(item->state, ItemState::kReady);
  EXPECT_EQ(item->files.at(0).path, "page.mp4");
  EXPECT_EQ(item->size_bytes, 50U);
  EXPECT_EQ(CodeOf(Link(kSavedId, "1")), Errc::kNotFound);
  Make({});
  EXPECT_TRUE(Get(kSavedId));
  fake_.DelayLinks(60s);
  EXPECT_EQ(AddPage()->state, ItemState::kProcessing);
}

TEST_F(AllDebridLinksTest, ListsSavedLinksAndHistoryEachOnce) {
  world().AddContent({.kind = Kind::kWeb,
                      .hash = fakes::debrid::HashOf(Kind::kWeb, "https://hoster.example/f/2", {}),
                      .name = "two.mp4",
                      .files = {{"two.mp4", 2}}});
  ASSERT_TRUE(AddPage());
  host_.clock.Advance(1s);
  Unlock("https://hoster.example/f/2");
  Unlock("https://hoster.example/f/2");
  Unlock(kPage);

  const auto items = List();
  ASSERT_EQ(items.values.size(), 2U);
  EXPECT_EQ(items.values[0].name, "two.mp4") << "the newest first";
  EXPECT_THAT(items.values[0].id, HasSubstr("history:"));
  EXPECT_EQ(items.values[1].id, kSavedId) << "it is in both";
  EXPECT_TRUE(Link(items.values[0].id, "0"));
  (void)List();
  EXPECT_EQ(Asked("user/links"), 1U) << "once a minute";
  EXPECT_EQ(Asked("user/history"), 1U);
}

TEST_F(AllDebridLinksTest, RemovesWhatIsSavedAndNothingOfTheHistory) {
  ASSERT_TRUE(AddPage());

  EXPECT_TRUE(Remove(kSavedId));

  EXPECT_EQ(CodeOf(Get(kSavedId)), Errc::kNotFound);
  EXPECT_EQ(CodeOf(Remove(kSavedId)), Errc::kNotFound);
  EXPECT_TRUE(Get(kHistoryId)) << "adding has unlocked it";
  EXPECT_EQ(CodeOf(Remove(kHistoryId)), Errc::kUnsupported);
}

TEST_F(AllDebridLinksTest, RefusesWhatIsNoWebLink) {
  for (const auto* uri : {"", "ftp://x/y", "https://a b", "https://alldebrid.com/f/AAAA"})
    EXPECT_EQ(CodeOf(Order({.content = Content::kWeb, .uri = uri})), Errc::kInvalidArgument) << uri;
  EXPECT_THAT(host_.http.requests(), IsEmpty());
  const auto unknown = Order({.content = Content::kWeb, .uri = "https://nohoster.example/x"});
  EXPECT_EQ(CodeOf(unknown), Errc::kUnsupported);
  EXPECT_EQ(unknown.error().message, "alldebrid: link/unlock: answered LINK_HOST_NOT_SUPPORTED");
}

TEST_F(AllDebridLinksTest, SaysThatALinkIsGone) {
  const auto item = Add(kShow);
  Answer("link/unlock", FakeAllDebrid::Failure("LINK_DOWN"));
  EXPECT_EQ(Link(item->id, "0").error().reason, Reason::kUnavailable);
  Answer("link/unlock", FakeAllDebrid::Failure("404", 404));
  EXPECT_EQ(CodeOf(Link(item->id, "0")), Errc::kNotFound);
  EXPECT_TRUE(Link(item->id, "0")) << "the magnet was asked for anew";
  EXPECT_EQ(Asked("magnet/status"), 2U);
}

}  // namespace
}  // namespace sluice::plugins::alldebrid

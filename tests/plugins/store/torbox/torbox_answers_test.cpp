// SPDX-License-Identifier: MIT
// What each answer of TorBox comes to, good, bad or broken, and that nobody sees a key in it.
#include <array>
#include <map>
#include <set>

#include "items.hpp"
#include "support.hpp"

namespace sluice::plugins::torbox {
namespace {

using fakes::debrid::Fault;
using fakes::debrid::Response;

using Expected = ExpectedError;
/// As TorBox documents them, and what viewers are told.
constexpr std::array kAll{
    Expected{"DATABASE_ERROR", Errc::kUpstreamFailed},
    Expected{"UNKNOWN_ERROR", Errc::kUpstreamFailed},
    Expected{"REDIRECT_ERROR", Errc::kUpstreamFailed},
    Expected{"SELLIX_ERROR", Errc::kUpstreamFailed},
    Expected{"DOWNLOAD_SERVER_ERROR", Errc::kUpstreamFailed},
    Expected{"SEARCH_ERROR", Errc::kUpstreamFailed},
    Expected{"NO_AUTH", Errc::kUnauthenticated},
    Expected{"BAD_TOKEN", Errc::kUnauthenticated},
    Expected{"AUTH_ERROR", Errc::kUnauthenticated},
    Expected{"OAUTH_VERIFICATION_ERROR", Errc::kUnauthenticated},
    Expected{"INVALID_OPTION", Errc::kInvalidArgument},
    Expected{"BOZO_RSS_FEED", Errc::kInvalidArgument},
    Expected{"MISSING_REQUIRED_OPTION", Errc::kInvalidArgument},
    Expected{"TOO_MANY_OPTIONS", Errc::kInvalidArgument},
    Expected{"BOZO_TORRENT", Errc::kInvalidArgument},
    Expected{"BOZO_NZB", Errc::kInvalidArgument},
    Expected{"INVALID_DEVICE", Errc::kInvalidArgument},
    Expected{"ENDPOINT_NOT_FOUND", Errc::kNotFound},
    Expected{"ITEM_NOT_FOUND", Errc::kNotFound},
    Expected{"PLAN_RESTRICTED_FEATURE", Errc::kPermissionDenied, Reason::kPaymentRequired},
    Expected{"DUPLICATE_ITEM", Errc::kInvalidArgument, Reason::kConflict},
    Expected{"TOO_MUCH_DATA", Errc::kInvalidArgument, Reason::kUnprocessable},
    Expected{"DOWNLOAD_TOO_LARGE", Errc::kInvalidArgument, Reason::kUnprocessable},
    Expected{"NO_SERVERS_AVAILABLE_ERROR", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"LINK_OFFLINE", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"VENDOR_DISABLED", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"MONTHLY_LIMIT", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"ACTIVE_LIMIT", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"COOLDOWN_LIMIT", Errc::kRateLimited},
    Expected{"DIFF_ISSUE", Errc::kUpstreamFailed},
};

class TorBoxAnswersTest : public TorBoxTest {
 protected:
  /// What Get says when mylist answers that.
  std::string GetOn(std::string body, int status = 200) {
    return StoreTest::GetOn("torrents/mylist", "12", std::move(body), status);
  }
};

TEST_F(TorBoxAnswersTest, GivesEachErrorItsMeaning) {
  ASSERT_EQ(Errors().size(), kAll.size());
  for (const auto& expected : kAll)
    for (const int status : {200, 400, 403, 404, 500})
      ExpectMeaning("user/me", FakeTorBox::Failure(expected.error, status), expected,
                    std::string("torbox: user/me: answered ") + expected.error);
}

TEST_F(TorBoxAnswersTest, GoesByTheStatusWhereNoErrorIsNamed) {
  const std::string said = "torbox: torrents/mylist: answered ";
  EXPECT_EQ(GetOn(R"({"detail": "Not authenticated"})", 403), said + "FORBIDDEN");
  EXPECT_EQ(GetOn(R"({"success": false, "error": null, "detail": "x", "data": "planted"})"), said + "UNKNOWN");
  EXPECT_EQ(GetOn(R"({"success": false, "error": "NEW_ERROR", "data": {}})", 500), said + "UNKNOWN");
  EXPECT_EQ(GetOn(R"({"success": true, "error": "BAD_TOKEN"})"), said + "BAD_TOKEN");
  EXPECT_EQ(GetOn(R"({"success": "true", "error": ""})"), said + "UNKNOWN");
  EXPECT_EQ(GetOn(R"({"detail": "Not Found"})", 404), said + "NOT_FOUND");
}

TEST_F(TorBoxAnswersTest, TakesNothingButWholeAnswers) {
  const std::string item = "torbox: torrents/mylist: want /data, the item that was asked for";
  const std::string none = "torbox: the account has no such item";
  const auto data = [](const std::string& text) { return R"({"success":true,"error":null,"data":)" + text + "}"; };
  EXPECT_EQ(GetOn("[]"), "torbox: torrents/mylist: want an object");
  EXPECT_EQ(GetOn("7"), "torbox: torrents/mylist: want an object");
  EXPECT_EQ(GetOn(data("null")), none);
  EXPECT_EQ(GetOn(data(R"({"id":0,"hash":null})")), none);
  EXPECT_EQ(GetOn(R"({"success":true,"error":""})"), none) << "no data";
  for (const auto* text : {"\"planted text\"", "7", "[]", "{}", R"({"id":12})", R"({"id":12,"hash":"xyz"})",
                           R"({"id":1e300,"hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})",
                           R"({"id":-12,"hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})",
                           R"({"id":13,"hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})"})
    EXPECT_EQ(GetOn(data(text)), item) << text;
}

TEST_F(TorBoxAnswersTest, ReadsWhatIsMissingOrHugeAsNothing) {
  Answer("torrents/mylist", R"({"success":true,"error":null,"data":{"id":12,"hash":")" + std::string(40, 'A') + R"(",
    "name":null,"size":1e40,"progress":"0.5","download_state":null,"download_present":null,"download_finished":1,
    "private":null,"created_at":"yesterday","files":[{"id":0,"name":null,"short_name":"a\u0000b","size":-5},
    {"id":null,"name":"r/../../etc/passwd","size":18446744073709551615},{"id":1.5,"name":7,"size":"12"}, null, 7]}})");

  const auto item = Get("12");

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->hash, kShow);
  EXPECT_EQ(item->size_bytes, 0U);
  EXPECT_EQ(item->state, ItemState::kQueued);
  EXPECT_EQ(item->added_at, sdk::Seconds());
  ASSERT_EQ(item->files.size(), 5U);
  EXPECT_EQ(item->files[0].path, "a_b");
  EXPECT_EQ(item->files[0].id, "0");
  EXPECT_EQ(item->files[0].size_bytes, 0U);
  EXPECT_EQ(item->files[1].path, "etc/passwd");
  EXPECT_EQ(item->files[1].id, "");
  EXPECT_EQ(item->files[1].size_bytes, 18446744073709551615U);
  EXPECT_EQ(item->files[2].path, "7");
  EXPECT_EQ(item->files[2].id, "");
  EXPECT_EQ(item->files[4].path, "file");
}

TEST_F(TorBoxAnswersTest, LeavesOutFilesBeyondTwentyThousand) {
  store::Json data{{"id", 12}, {"hash", kShow}, {"download_finished", true}, {"download_present", true}};
  for (int i = 0; i < 100'000; ++i) data["files"].push_back({{"id", i}, {"name", "r/" + std::to_string(i)}});

  const auto item = ReadHeld(ServiceOf(Content::kTorrent), data);

  ASSERT_TRUE(item);
  EXPECT_EQ(item->files.size(), 20'000U);
}

TEST_F(TorBoxAnswersTest, TakesFromACheckWhatItAskedForAndThatOnce) {
  const auto entry = [](const std::string& hash) { return R"({"hash":")" + hash + R"(","files":"x"})"; };
  Answer("torrents/checkcached", R"({"success":true,"error":null,"data":[null,7,{},)" + entry(std::string(40, 'A')) +
                                     "," + entry(kShow) + "," + entry(kUnheardOf) + "," + entry("x") + "]}");
  Answer("torrents/checkcached", R"({"success":true,"error":null,"data":null})");
  Answer("torrents/checkcached", R"({"success":true,"error":null,"data":"planted"})");
  const std::string_view asked[] = {kShow, kRare};
  CollectedItems items;

  ASSERT_TRUE(store().Check(AnyCall(), user_, Content::kTorrent, asked, items));
  ASSERT_TRUE(store().Check(AnyCall(), user_, Content::kTorrent, asked, items));
  const auto odd = store().Check(AnyCall(), user_, Content::kTorrent, asked, items);

  ASSERT_EQ(items.values.size(), 1U);
  EXPECT_EQ(items.values[0].hash, kShow);
  EXPECT_EQ(odd.error().message, "torbox: torrents/checkcached: want /data, a list");
}

TEST_F(TorBoxAnswersTest, ListsWhatCanBeReadOfAList) {
  Answer("torrents/mylist",
         R"({"success":true,"error":null,"data":[null,{"id":12},{"id":13,"hash":")" + kShow + R"("}]})");
  Answer("usenet/mylist", R"({"success":true,"error":null,"data":[{"id":14,"hash":"not md5"}]})");
  Answer("webdl/mylist", R"({"success":true,"error":null,"data":{}})");
  CollectedItems items;

  EXPECT_TRUE(store().List(AnyCall(), user_, {}, items));
  EXPECT_TRUE(store().List(AnyCall(), user_, {.content = Content::kUsenet}, items));
  const auto odd = store().List(AnyCall(), user_, {.content = Content::kWeb}, items);

  ASSERT_EQ(items.values.size(), 2U);
  EXPECT_EQ(items.values[0].id, "13");
  EXPECT_EQ(items.values[1].id, "usenet:14");
  EXPECT_EQ(items.values[1].hash, "") << "of usenet it need not be said";
  EXPECT_EQ(odd.error().message, "torbox: webdl/mylist: want /data, a list");
}

TEST_F(TorBoxAnswersTest, TakesNoLinkButAUrlWithoutTheKey) {
  const auto item = Add(kShow);
  const auto data = [](const std::string& text) { return R"({"success":true,"error":null,"data":)" + text + "}"; };
  for (const auto& text : {std::string("null"), std::string("{}"), std::string("\"\""), std::string("\"/dld/1\""),
                           std::string("\"file:///etc/passwd\""), std::string("\"https://a b\""),
                           "\"https://cdn.example/?token=" + kKey + "\""}) {
    Answer("torrents/requestdl", data(text));
    const auto link = Link(item->id, "0");
    ASSERT_FALSE(link) << text;
    EXPECT_EQ(link.error().message, "torbox: torrents/requestdl: want /data, an http or https URL without the key");
  }
}

TEST_F(TorBoxAnswersTest, TakesNoOrderWithoutAnId) {
  for (const auto* data :
       {"null", "{}", R"({"torrent_id":null})", R"({"torrent_id":0})", R"({"torrent_id":"x"})", "\"planted\""}) {
    Answer("torrents/createtorrent", R"({"success":true,"error":null,"data":)" + std::string(data) + "}");
    const auto item = Add(kShow);
    ASSERT_FALSE(item) << data;
    EXPECT_EQ(item.error().message, "torbox: torrents/createtorrent: want /data/torrent_id");
  }
}

TEST_F(TorBoxAnswersTest, CannotBeToldFromATorBoxThatIsAwayByWhatIsWrongWithIt) {
  using namespace fakes::debrid;  // NOLINT(google-build-using-namespace)
  int number = 0;
  for (auto fault : {ServerError({}, 500), ServerError({}, 503), MalformedJson({}), WrongType({}), HtmlPage({}, 200),
                     HtmlPage({}, 403), HtmlPage({}, 404), Reset({}), Fault{.latency = 1min}, Fault{.drop_after = 1}}) {
    const auto base = "https://broken" + std::to_string(++number) + ".example";
    fault.times = -1;
    FakeTorBox broken(base);
    broken.world().Break(fault);
    Serve(broken, host_.http, base);
    Make({{"/base_url", base}, {"/breaker_failures", 1000}});
    const std::string_view asked[] = {kShow};
    CollectedItems items;
    EXPECT_EQ(CodeOf(Checked(store().GetAccount(AnyCall(), user_))), Errc::kUpstreamFailed);
    EXPECT_EQ(CodeOf(Checked(store().Check(AnyCall(), user_, Content::kTorrent, asked, items))), Errc::kUpstreamFailed);
    EXPECT_EQ(CodeOf(Add(kShow)), Errc::kUpstreamFailed);
    EXPECT_EQ(CodeOf(Get("12")), Errc::kUpstreamFailed);
    EXPECT_EQ(CodeOf(Checked(store().List(AnyCall(), user_, {}, items))), Errc::kUpstreamFailed);
    EXPECT_EQ(CodeOf(Checked(store().Remove(AnyCall(), user_, "12"))), Errc::kUpstreamFailed);
    EXPECT_EQ(CodeOf(Link("12", "0")), Errc::kUpstreamFailed);
  }
}

TEST_F(TorBoxAnswersTest, ReadsEachState) {
  const std::map<std::string, ItemState> expected{{"failed", ItemState::kFailed},
                                                  {"Failed (Aborted, cannot be completed)", ItemState::kFailed},
                                                  {"error", ItemState::kFailed},
                                                  {"missingFiles", ItemState::kFailed},
                                                  {"stalled (no seeds)", ItemState::kFailed},
                                                  {"stalled", ItemState::kDownloading},
                                                  {"stalledDL", ItemState::kDownloading},
                                                  {"queued", ItemState::kQueued},
                                                  {"paused", ItemState::kQueued},
                                                  {"metaDL", ItemState::kQueued},
                                                  {"checkingResumeData", ItemState::kProcessing},
                                                  {"downloading", ItemState::kDownloading},
                                                  {"uploading", ItemState::kUploading},
                                                  {"completed", ItemState::kProcessing},
                                                  {"cached", ItemState::kProcessing},
                                                  {"decrypting", ItemState::kProcessing},
                                                  {"something new", ItemState::kQueued},
                                                  {"", ItemState::kQueued}};
  const auto& torrents = ServiceOf(Content::kTorrent);
  for (const auto& [text, state] : expected) {
    EXPECT_EQ(StateOf(torrents, {{"download_state", text}}), state) << text;
    EXPECT_EQ(StateOf(torrents, {{"download_state", text}, {"download_finished", true}, {"download_present", true}}),
              ItemState::kReady)
        << text;
  }
  EXPECT_EQ(StateOf(torrents, {{"download_state", "new"}, {"progress", 0.1}}), ItemState::kDownloading);
  EXPECT_EQ(StateOf(ServiceOf(Content::kUsenet), {{"download_state", "new"}}), ItemState::kUnknown);
  std::set<std::string_view> prefixes;
  for (const auto& row : States()) {
    EXPECT_EQ(row.prefix, sdk::LowerCase(row.prefix));
    EXPECT_TRUE(prefixes.insert(row.prefix).second) << row.prefix;
  }
}

TEST_F(TorBoxAnswersTest, ReadsEveryPlan) {
  const std::map<std::string, sdk::Plan> expected{{R"("plan":0)", sdk::Plan::kExpired},
                                                  {R"("plan":1)", sdk::Plan::kPremium},
                                                  {R"("plan":2)", sdk::Plan::kPremium},
                                                  {R"("plan":3)", sdk::Plan::kPremium},
                                                  {R"("plan":9,"is_subscribed":true)", sdk::Plan::kPremium},
                                                  {R"("plan":9,"is_subscribed":false)", sdk::Plan::kExpired}};
  for (const auto& [fields, plan] : expected) {
    Make({});
    Answer("user/me", R"({"success":true,"error":null,"data":{"id":7,)" + fields + "}}");
    EXPECT_EQ(store().GetAccount(AnyCall(), user_)->plan, plan) << fields;
  }
  Make({});
  Answer("user/me", R"({"success":true,"error":null,"data":{"plan":1}})");
  EXPECT_EQ(store().GetAccount(AnyCall(), user_).error().message, "torbox: user/me: want /data/id");
}

}  // namespace
}  // namespace sluice::plugins::torbox

// SPDX-License-Identifier: MIT
// What each answer of AllDebrid comes to, good, bad or broken, and that nobody sees a key in it.
#include <array>

#include "dialect.hpp"
#include "magnet.hpp"
#include "support.hpp"

namespace sluice::plugins::alldebrid {
namespace {

using Expected = ExpectedError;
using store::Json;

constexpr std::array kAll{
    Expected{"GENERIC", Errc::kUpstreamFailed},
    Expected{"404", Errc::kNotFound},
    Expected{"MAINTENANCE", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"LINK_DOWN", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"LINK_HOST_UNAVAILABLE", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"LINK_TEMPORARY_UNAVAILABLE", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"AUTH_MISSING_APIKEY", Errc::kUnauthenticated},
    Expected{"AUTH_BAD_APIKEY", Errc::kUnauthenticated},
    Expected{"AUTH_BLOCKED", Errc::kPermissionDenied},
    Expected{"AUTH_USER_BANNED", Errc::kPermissionDenied},
    Expected{"NO_SERVER", Errc::kPermissionDenied},
    Expected{"LINK_PASS_PROTECTED", Errc::kPermissionDenied},
    Expected{"MAGNET_NO_SERVER", Errc::kPermissionDenied},
    Expected{"ACCOUNT_INVALID", Errc::kPermissionDenied},
    Expected{"LINK_HOST_NOT_SUPPORTED", Errc::kUnsupported},
    Expected{"LINK_NOT_SUPPORTED", Errc::kUnsupported},
    Expected{"REDIRECTOR_NOT_SUPPORTED", Errc::kUnsupported},
    Expected{"LINK_TOO_MANY_DOWNLOADS", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"LINK_HOST_FULL", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"LINK_HOST_LIMIT_REACHED", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"FREE_TRIAL_LIMIT_REACHED", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"MAGNET_TOO_MANY_ACTIVE", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"MAGNET_TOO_MANY", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"MUST_BE_PREMIUM", Errc::kPermissionDenied, Reason::kPaymentRequired},
    Expected{"MAGNET_MUST_BE_PREMIUM", Errc::kPermissionDenied, Reason::kPaymentRequired},
    Expected{"INSUFFICIENT_BALANCE", Errc::kPermissionDenied, Reason::kPaymentRequired},
    Expected{"MAGNET_INVALID_ID", Errc::kInvalidArgument, Reason::kInvalidMagnet},
    Expected{"MAGNET_INVALID_URI", Errc::kInvalidArgument, Reason::kInvalidMagnet},
    Expected{"MAGNET_INVALID_FILE", Errc::kInvalidArgument, Reason::kInvalidMagnet},
    Expected{"MAGNET_NO_URI", Errc::kInvalidArgument, Reason::kInvalidMagnet},
    Expected{"MAGNET_PROCESSING", Errc::kInvalidArgument, Reason::kConflict},
    Expected{"MAGNET_CANT_BOOTSTRAP", Errc::kInvalidArgument, Reason::kUnprocessable},
    Expected{"MAGNET_TOOK_TOO_LONG", Errc::kInvalidArgument, Reason::kUnprocessable},
    Expected{"MAGNET_PROCESSING_FAILED", Errc::kInvalidArgument, Reason::kUnprocessable},
    Expected{"MAGNET_LINKS_REMOVED", Errc::kNotFound},
    Expected{"MAGNET_FILE_UPLOAD_FAILED", Errc::kUpstreamFailed},
    Expected{"MAGNET_UPLOAD_FAILED", Errc::kUpstreamFailed},
    Expected{"MAGNET_INTERNAL_ERROR", Errc::kUpstreamFailed},
    Expected{"LINK_ERROR", Errc::kUpstreamFailed},
    Expected{"REDIRECTOR_ERROR", Errc::kUpstreamFailed},
    Expected{"DOWNLOAD_FAILED", Errc::kUpstreamFailed},
    Expected{"LINK_IS_MISSING", Errc::kInvalidArgument},
    Expected{"BAD_LINK", Errc::kInvalidArgument},
    Expected{"STREAM_INVALID_GEN_ID", Errc::kInvalidArgument},
    Expected{"STREAM_INVALID_STREAM_ID", Errc::kInvalidArgument},
    Expected{"DELAYED_INVALID_ID", Errc::kInvalidArgument},
    Expected{"MAGNET_TOO_LARGE", Errc::kInvalidArgument},
    Expected{"MAGNET_MAGNET_TOO_BIG", Errc::kInvalidArgument},
    Expected{"PIN_ALREADY_AUTHED", Errc::kInvalidArgument},
    Expected{"PIN_EXPIRED", Errc::kInvalidArgument},
    Expected{"PIN_INVALID", Errc::kInvalidArgument},
    Expected{"USER_LINK_MISSING", Errc::kInvalidArgument},
    Expected{"USER_LINK_INVALID", Errc::kInvalidArgument},
    Expected{"MISSING_NOTIF_ENDPOINT", Errc::kInvalidArgument},
    Expected{"VOUCHER_DURATION_INVALID", Errc::kInvalidArgument},
    Expected{"VOUCHER_NB_INVALID", Errc::kInvalidArgument},
    Expected{"NO_MORE_VOUCHER", Errc::kInvalidArgument},
    Expected{"NO_JSON_PARAM", Errc::kInvalidArgument},
};

constexpr std::array kStates{
    ItemState::kQueued,  ItemState::kDownloading, ItemState::kProcessing, ItemState::kUploading, ItemState::kReady,
    ItemState::kUnknown, ItemState::kFailed,      ItemState::kFailed,     ItemState::kFailed,    ItemState::kFailed,
    ItemState::kFailed,  ItemState::kFailed,      ItemState::kUnknown,    ItemState::kUnknown,   ItemState::kUnknown,
    ItemState::kUnknown, ItemState::kUnknown};

class AllDebridAnswersTest : public AllDebridTest {
 protected:
  static std::string Envelope(const std::string& data) { return R"({"status":"success","data":)" + data + "}"; }
  /// What Get says when magnet/status answers that.
  std::string GetOn(std::string body, int status = 200) {
    return StoreTest::GetOn("magnet/status", "12", std::move(body), status);
  }
};

TEST_F(AllDebridAnswersTest, GivesEachErrorItsMeaning) {
  ASSERT_EQ(Errors().size(), kAll.size());
  for (const auto& expected : kAll)
    for (const int status : {200, 400, 401, 404, 503})
      ExpectMeaning("user", FakeAllDebrid::Failure(expected.error, status), expected,
                    std::string("alldebrid: user: answered ") + expected.error);
}

TEST_F(AllDebridAnswersTest, GivesEachErrorOfOneMagnetItsMeaning) {
  for (const auto& expected : kAll) {
    const Json magnet{{"error", FakeAllDebrid::ErrorJson(expected.error)}};
    Answer("magnet/upload", Envelope(Json{{"magnets", Json::array({magnet})}}.dump()));
    const auto item = Add(kShow);
    ASSERT_FALSE(item) << expected.error;
    EXPECT_EQ(item.error().code, expected.code) << expected.error;
    EXPECT_EQ(item.error().reason, expected.reason) << expected.error;
    host_.clock.Advance(1s);
  }
}

TEST_F(AllDebridAnswersTest, GivesEachStatusItsState) {
  ASSERT_EQ(Statuses().size() + 1, kStates.size());
  for (std::size_t code = 0; code < kStates.size(); ++code) {
    Answer("magnet/status", Envelope(R"({"magnets":{"id":12,"hash":")" + kShow + R"(","files":[],"statusCode":)" +
                                     std::to_string(code) + "}}"));
    const auto item = Get("12");
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->state, kStates.at(code)) << code;
    host_.clock.Advance(1s);
  }
  Answer("magnet/status", Envelope(R"({"magnets":{"id":12,"hash":")" + kShow + R"("}})"));
  EXPECT_EQ(Get("12")->state, ItemState::kUnknown) << "none";
}

TEST_F(AllDebridAnswersTest, GoesByTheStatusWhereNoErrorIsNamed) {
  const std::string said = "alldebrid: magnet/status: answered ";
  EXPECT_EQ(GetOn(R"({"status":"error"})"), said + "UNKNOWN");
  EXPECT_EQ(GetOn(R"({"status":"error","error":{"code":"planted-code"}})", 401), said + "UNKNOWN");
  EXPECT_EQ(GetOn(R"({"status":"error","error":{"code":404}})"), said + "404");
  EXPECT_EQ(GetOn("{}", 403), said + "FORBIDDEN");
}

TEST_F(AllDebridAnswersTest, TakesNothingButWholeAnswers) {
  const std::string envelope = "alldebrid: magnet/status: want /data, an object";
  for (const auto* body : {"7", "[]", "{}", "null", R"({"data":{}})", R"({"status":"success"})",
                           R"({"status":"success","data":[]})", R"({"status":"planted","data":{}})"}) {
    EXPECT_EQ(GetOn(body), envelope) << body;
    host_.clock.Advance(1s);
  }
  const std::string wanted = "alldebrid: magnet/status: want /data/magnets, the magnet with its id and hash";
  for (const auto* magnet :
       {R"({"id":12})", R"({"id":12,"hash":"xyz"})", R"({"id":13,"hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})",
        R"({"id":1e300,"hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})"}) {
    EXPECT_EQ(GetOn(Envelope(R"({"magnets":)" + std::string(magnet) + "}")), wanted) << magnet;
    host_.clock.Advance(1s);
  }
  for (const auto* magnets : {"[]", "{}", "null", "7", "\"planted\""})
    EXPECT_EQ(GetOn(Envelope(R"({"magnets":)" + std::string(magnets) + "}")),
              "alldebrid: the account has no such magnet")
        << magnets;
}

TEST_F(AllDebridAnswersTest, TakesOneMagnetOutOfAListToo) {
  EXPECT_EQ(GetOn(Envelope(R"({"magnets":[{"id":12,"hash":")" + kShow + R"("}]})")), "item 12");
  EXPECT_EQ(GetOn(Envelope(R"({"magnets":{"12":{"id":"12","hash":")" + kShow + R"("}}})")), "item 12");
  EXPECT_EQ(GetOn(Envelope(R"({"magnets":[{"error":{"code":"MAGNET_INVALID_ID"}}]})")),
            "alldebrid: magnet/status: answered MAGNET_INVALID_ID");
}

TEST_F(AllDebridAnswersTest, ReadsWhatIsMissingOrHugeAsNothing) {
  Answer("magnet/status", Envelope(R"({"magnets":{"id":12,"hash":")" + std::string(40, 'A') + R"(","filename":null,
    "size":1e40,"statusCode":4,"uploadDate":"soon","completionDate":99999999999999,
    "files":[null,7,{"n":"../../etc/passwd","s":-5,"l":"https://alldebrid.com/f/A"},{"n":null,"e":[{"s":"12"}]},
             {"n":"empty","e":[]},{"n":"x","e":"y","l":7}]}})"));

  const auto item = Get("12");

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->hash, kShow);
  EXPECT_EQ(item->name, "");
  EXPECT_EQ(item->size_bytes, 0U);
  EXPECT_EQ(item->added_at, sdk::Seconds());
  ASSERT_EQ(item->files.size(), 3U);
  EXPECT_EQ(item->files[0].path, "etc/passwd");
  EXPECT_EQ(item->files[0].size_bytes, 0U);
  EXPECT_EQ(item->files[1].path, "file");
  EXPECT_EQ(item->files[1].size_bytes, 12U);
  EXPECT_EQ(item->files[1].id, "") << "without a link";
  EXPECT_EQ(item->files[2].path, "x");
  EXPECT_EQ(CodeOf(Link("12", "1")), Errc::kNotFound);
}

TEST_F(AllDebridAnswersTest, LeavesOutFilesBeyondTwentyThousand) {
  Json tree = Json::array();
  for (int i = 0; i < 30'000; ++i) tree.push_back({{"n", std::to_string(i)}, {"l", "x"}});
  Magnet magnet;

  ReadFiles(tree, magnet);

  EXPECT_EQ(magnet.item.files.size(), 20'000U);
}

TEST_F(AllDebridAnswersTest, TakesNoLinkButAUrlWithoutTheKey) {
  const auto item = Add(kShow);
  for (const auto& link : {std::string("null"), std::string("\"\""), std::string("\"/dld/1\""),
                           std::string("\"file:///etc/passwd\""), "\"https://cdn.example/?token=" + kKey + "\""}) {
    Answer("link/unlock", Envelope(R"({"link":)" + link + "}"));
    const auto source = Link(item->id, "0");
    ASSERT_FALSE(source) << link;
    EXPECT_EQ(source.error().message, "alldebrid: link/unlock: want /data/link, an http or https URL without the key");
  }
}

TEST_F(AllDebridAnswersTest, TakesNoUploadWithoutAnItem) {
  for (const auto* data : {"{}", R"({"magnets":[]})", R"({"magnets":{}})", R"({"magnets":[{},{}]})"}) {
    Answer("magnet/upload", Envelope(data));
    EXPECT_EQ(Add(kShow).error().message, "alldebrid: magnet/upload: want /data/magnets, one for the one that was sent")
        << data;
  }
  Answer("magnet/upload", Envelope(R"({"magnets":[{"id":"x","ready":true}]})"));
  EXPECT_EQ(Add(kShow).error().message, "alldebrid: magnet/upload: want /data/magnets/0/id");
  fake_.HideFiles(true);
  Answer("magnet/files", Envelope(R"({"magnets":[{"id":11,"files":"planted"}]})"));
  EXPECT_EQ(Add(kShow).error().message, "alldebrid: magnet/files: want /data/magnets/0/files");
  Answer("magnet/files", Envelope(R"({"magnets":[{"error":{"code":"MAGNET_INVALID_ID"}}]})"));
  EXPECT_EQ(CodeOf(Add(kShow)), Errc::kNotFound);
}

TEST_F(AllDebridAnswersTest, SaysOfEveryOperationThatTheStoreIsBroken) {
  CollectedItems items;
  ExpectBroken({{"user", [&] { return CodeOf(store().GetAccount(AnyCall(), user_)); }},
                {"magnet/upload", [&] { return CodeOf(Add(kShow)); }},
                {"magnet/status", [&] { return CodeOf(Get("12")); }},
                {"magnet/status", [&] { return CodeOf(store().List(AnyCall(), user_, {}, items)); }},
                {"magnet/delete", [&] { return CodeOf(Remove("12")); }},
                {"link/unlock", [&] { return CodeOf(AddPage()); }},
                {"user/links/save", [&] { return CodeOf(AddPage()); }},
                {"user/links", [&] { return CodeOf(Get("saved:x")); }},
                {"user/history", [&] { return CodeOf(Get("history:x")); }}});
}

}  // namespace
}  // namespace sluice::plugins::alldebrid

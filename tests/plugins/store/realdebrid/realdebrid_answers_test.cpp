// SPDX-License-Identifier: MIT
// What each answer of Real-Debrid comes to, good, bad or broken, and that nobody sees a key in it.
#include <array>

#include "dialect.hpp"
#include "support.hpp"

namespace sluice::plugins::realdebrid {
namespace {

using Expected = ExpectedError;
/// By number; what viewers are told.
constexpr std::array kAll{
    Expected{"-1", Errc::kUpstreamFailed},
    Expected{"1", Errc::kInvalidArgument},
    Expected{"2", Errc::kInvalidArgument},
    Expected{"3", Errc::kUpstreamFailed},
    Expected{"4", Errc::kUpstreamFailed},
    Expected{"5", Errc::kRateLimited},
    Expected{"6", Errc::kUpstreamFailed},
    Expected{"7", Errc::kNotFound},
    Expected{"8", Errc::kUnauthenticated},
    Expected{"9", Errc::kPermissionDenied},
    Expected{"10", Errc::kUnauthenticated},
    Expected{"11", Errc::kUnauthenticated},
    Expected{"12", Errc::kUnauthenticated},
    Expected{"13", Errc::kUnauthenticated},
    Expected{"14", Errc::kPermissionDenied},
    Expected{"15", Errc::kPermissionDenied},
    Expected{"16", Errc::kUpstreamFailed},
    Expected{"17", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"18", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"19", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"20", Errc::kPermissionDenied, Reason::kPaymentRequired},
    Expected{"21", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"22", Errc::kPermissionDenied},
    Expected{"23", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"24", Errc::kNotFound},
    Expected{"25", Errc::kUpstreamFailed, Reason::kUnavailable},
    Expected{"26", Errc::kInvalidArgument, Reason::kUnprocessable},
    Expected{"27", Errc::kUpstreamFailed},
    Expected{"28", Errc::kInvalidArgument, Reason::kUnprocessable},
    Expected{"29", Errc::kInvalidArgument, Reason::kUnprocessable},
    Expected{"30", Errc::kInvalidArgument},
    Expected{"31", Errc::kInvalidArgument, Reason::kConflict},
    Expected{"32", Errc::kInvalidArgument},
    Expected{"33", Errc::kInvalidArgument, Reason::kConflict},
    Expected{"34", Errc::kRateLimited},
    Expected{"35", Errc::kPermissionDenied, Reason::kLegal},
    Expected{"36", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Expected{"37", Errc::kNotFound},
};

struct ExpectedState {
  const char* status;
  ItemState state;
};
constexpr std::array kStates{
    ExpectedState{"magnet_error", ItemState::kFailed},
    ExpectedState{"magnet_conversion", ItemState::kInvalid},
    ExpectedState{"waiting_files_selection", ItemState::kQueued},
    ExpectedState{"queued", ItemState::kQueued},
    ExpectedState{"downloading", ItemState::kDownloading},
    ExpectedState{"downloaded", ItemState::kReady},
    ExpectedState{"error", ItemState::kFailed},
    ExpectedState{"virus", ItemState::kFailed},
    ExpectedState{"compressing", ItemState::kProcessing},
    ExpectedState{"uploading", ItemState::kUploading},
    ExpectedState{"dead", ItemState::kFailed},
    ExpectedState{"a_new_one", ItemState::kUnknown},
};

class RealDebridAnswersTest : public RealDebridTest {
 protected:
  /// What Get says when torrents/info answers that.
  std::string GetOn(std::string body, int status = 200) {
    return StoreTest::GetOn("torrents/info", "AB1", std::move(body), status);
  }
};

TEST_F(RealDebridAnswersTest, GivesEachErrorItsMeaning) {
  ASSERT_EQ(ErrorCodes().size(), kAll.size());
  for (std::size_t i = 0; i < kAll.size(); ++i)
    for (const int status : {200, 400, 401, 403, 404, 451, 500, 503}) {
      const auto& expected = kAll[i];
      ASSERT_EQ(ErrorCodes()[i].number, expected.error);
      ExpectMeaning("user", FakeRealDebrid::Failure(std::stoi(expected.error), status), expected,
                    "realdebrid: user: answered " + std::string(ErrorCodes()[i].row.name));
    }
}

TEST_F(RealDebridAnswersTest, GivesEachStatusItsState) {
  ASSERT_EQ(Statuses().size() + 1, kStates.size());
  for (const auto& expected : kStates) {
    Answer("torrents/info",
           R"({"id":"AB1","hash":")" + kShow + R"(","status":")" + std::string(expected.status) + R"("})");
    const auto item = Get("AB1");
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->state, expected.state) << expected.status;
  }
}

TEST_F(RealDebridAnswersTest, PausesWhenItIsTooFast) {
  for (const int code : {5, 34}) {
    auto answer = FakeRealDebrid::Failure(code, 429);
    answer.headers.push_back({"Retry-After", "30"});
    Answer("user", answer);
    EXPECT_EQ(store().GetAccount(AnyCall(), user_).error().retry_after, 30s);
    EXPECT_EQ(CodeOf(Get("AB1")), Errc::kRateLimited) << "all operations count together";
    user_.token = kOtherKey;
    EXPECT_EQ(CodeOf(Get("AB1")), Errc::kNotFound) << "another account";
    user_.token = kKey;
    host_.clock.Advance(30s);
    EXPECT_EQ(CodeOf(Get("AB1")), Errc::kNotFound);
  }
}

TEST_F(RealDebridAnswersTest, GoesByTheStatusWhereNoErrorIsNamed) {
  const std::string said = "realdebrid: torrents/info: answered ";
  EXPECT_EQ(GetOn(R"({"error": "planted", "error_code": 99})", 403), said + "FORBIDDEN");
  EXPECT_EQ(GetOn(R"({"error": "unknown_ressource"})", 404), said + "NOT_FOUND");
  EXPECT_EQ(GetOn("{}", 451), said + "UNAVAILABLE_FOR_LEGAL_REASONS");
  EXPECT_EQ(GetOn("[]", 503), said + "SERVICE_UNAVAILABLE");
}

TEST_F(RealDebridAnswersTest, TakesNothingButWholeAnswers) {
  const std::string wanted = "realdebrid: torrents/info: want a torrent with its id and hash";
  for (const auto* body : {"7", "[]", "{}", "null", "\"planted\"", R"({"id":"AB1"})", R"({"id":"AB1","hash":"xyz"})",
                           R"({"id":"AB2","hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})",
                           R"({"id":"..","hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})"})
    EXPECT_EQ(GetOn(body), wanted) << body;
  EXPECT_EQ(GetOn("", 204), "realdebrid: torrents/info: want an answer, got an empty one");
}

TEST_F(RealDebridAnswersTest, ReadsWhatIsMissingOrHugeAsNothing) {
  Answer("torrents/info", R"({"id":"AB1","hash":")" + std::string(40, 'A') + R"(","filename":null,"bytes":1e40,
    "added":"yesterday","status":"downloaded","links":["https://real-debrid.com/d/A",7,null],
    "files":[{"id":0,"path":"/zero","selected":1},{"id":1,"path":"/../../etc/passwd","bytes":-5,"selected":true},
             {"id":"2","path":null,"selected":1},{"id":3,"path":"/c","selected":"1"},{"id":4,"path":"/d","selected":0},
             {"id":99999999999,"path":"/e","selected":1},null,7]})");

  const auto item = Get("AB1");

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->hash, kShow);
  EXPECT_EQ(item->name, "");
  EXPECT_EQ(item->size_bytes, 0U);
  EXPECT_EQ(item->added_at, sdk::Seconds());
  ASSERT_EQ(item->files.size(), 3U);
  EXPECT_EQ(item->files[0].path, "etc/passwd");
  EXPECT_EQ(item->files[0].size_bytes, 0U);
  EXPECT_EQ(item->files[0].id, "1");
  EXPECT_EQ(item->files[1].path, "file");
  EXPECT_EQ(item->files[1].id, "") << "its link is none";
  EXPECT_EQ(item->files[2].index, 2U);
}

TEST_F(RealDebridAnswersTest, TakesNoLinkButAUrlWithoutTheKey) {
  const auto item = Add(kShow);
  for (const auto& url : {std::string("null"), std::string("\"\""), std::string("\"/dld/1\""),
                          std::string("\"file:///etc/passwd\""), "\"https://cdn.example/?token=" + kKey + "\""}) {
    Answer("unrestrict/link", R"({"id":"D1","download":)" + url + "}");
    const auto link = Link(item->id, "1");
    ASSERT_FALSE(link) << url;
    EXPECT_EQ(link.error().message, "realdebrid: unrestrict/link: want an http or https URL");
  }
}

TEST_F(RealDebridAnswersTest, TakesNoListButAnArrayOfTorrents) {
  CollectedItems items;
  Answer("torrents", R"({"torrents": []})");
  EXPECT_EQ(store().List(AnyCall(), user_, {}, items).error().message, "realdebrid: torrents: want an array");
  Answer("torrents", R"([{"id":"AB1"}])");
  EXPECT_EQ(store().List(AnyCall(), user_, {}, items).error().message,
            "realdebrid: torrents: want torrents with their ids and hashes");
  Answer("torrents/addMagnet", R"({"id":"../x"})", 201);
  EXPECT_EQ(Add(kShow).error().message, "realdebrid: torrents/addMagnet: want an id");
  EXPECT_THAT(items.values, IsEmpty());
}

TEST_F(RealDebridAnswersTest, SaysOfEveryOperationThatTheStoreIsBroken) {
  ExpectBroken({{"user", [&] { return CodeOf(store().GetAccount(AnyCall(), user_)); }},
                {"torrents", [&] { return CodeOf(Add(kShow)); }},
                {"torrents/addMagnet", [&] { return CodeOf(Add(kShow)); }},
                {"torrents/info", [&] { return CodeOf(Get("AB1")); }},
                {"torrents/delete", [&] { return CodeOf(Remove("AB1")); }},
                {"unrestrict/link", [&] { return CodeOf(Order({.content = Content::kWeb, .uri = kPage})); }},
                {"downloads", [&] { return CodeOf(Get("web:x")); }}});
}

}  // namespace
}  // namespace sluice::plugins::realdebrid

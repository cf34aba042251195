// SPDX-License-Identifier: MIT
// What each answer of the pool comes to, and what of it viewers and the log are shown.
#include <chrono>
#include <string>
#include <vector>

#include "support.hpp"

namespace sluice::plugins::chillstreams {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class PoolAnswersTest : public PoolTest {
 protected:
  /// With a backend and a pool of its own.
  static std::string VerdictOn(const sdk::HttpResponse& response, const TestConfig& config = Config()) {
    FakeHost host;
    host.http.Answer("POST", kApi + "get-key", response);
    const auto auth = CreateThroughAbi<Chillstreams>(config, host);
    EXPECT_TRUE(auth);
    const auto answer = (*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = kUser});
    EXPECT_THAT(host.log.Text() + host.metrics.Text() + VerdictOf(answer), Not(HasSubstr("planted")));
    EXPECT_EQ(host.http.requests().size(), 1U);
    return VerdictOf(answer);
  }
  static std::string VerdictOn(const std::string& body, const TestConfig& config = Config()) {
    return VerdictOn(sdk::HttpResponse{.status = 200, .body = body}, config);
  }
};

TEST_F(PoolAnswersTest, TakesNothingButAWholeGrant) {
  const auto changed = [](const char* patch) {
    auto answer = Json::parse(Granted());
    answer.merge_patch(Json::parse(patch));
    return answer.dump();
  };
  const std::string object = "6 the pool's answer: get-key: want a JSON object";
  const std::string allowed = "6 the pool's answer: /allowed: want true or false";
  const std::string key = "6 the pool's answer: /poolKey: want 36 characters";
  const std::string key_id = "6 the pool's answer: /poolKeyId: want 1 to 256 visible ASCII characters";

  EXPECT_EQ(VerdictOn(Granted()), kUser + " with k1");
  EXPECT_EQ(VerdictOn(changed(R"({"deviceCount": null, "message": 7, "planted": {}})")), kUser + " with k1");
  for (const std::string& body : {std::string(), std::string("<html>planted</html>"), std::string("[]"),
                                  std::string("null"), std::string("\"planted\""), Granted() + "x",
                                  std::string(60000, '['), std::string("{\"allowed\":true,\"message\":\"\xff\"}")})
    EXPECT_EQ(VerdictOn(body), object) << body.substr(0, 40);
  EXPECT_EQ(VerdictOn("{}"), allowed);
  EXPECT_EQ(VerdictOn(changed(R"({"allowed": "true"})")), allowed);
  EXPECT_EQ(VerdictOn(changed(R"({"allowed": 1})")), allowed);
  EXPECT_EQ(VerdictOn(changed(R"({"allowed": null})")), allowed);
  for (const auto* patch :
       {R"({"poolKey": null})", R"({"poolKey": 7})", R"({"poolKey": ""})", R"({"poolKey": "planted"})",
        R"({"poolKey": ["planted"]})", R"({"poolKey": "planted0-0000-4000-8000-00000pool-k12"})"})
    EXPECT_EQ(VerdictOn(changed(patch)), key) << patch;
  EXPECT_EQ(VerdictOn(changed(R"({"poolKey": "planted0-0000-4000-8000-00000pool\r\n1"})")),
            "6 the pool's answer: /poolKey: want visible ASCII characters");
  for (const auto* patch : {R"({"poolKeyId": null})", R"({"poolKeyId": 1})", R"({"poolKeyId": ""})",
                            R"({"poolKeyId": "planted k"})", R"({"poolKeyId": "planted\u0007"})"})
    EXPECT_EQ(VerdictOn(changed(patch)), key_id) << patch;
  EXPECT_EQ(VerdictOn(Granted(kPoolKey, std::string(257, 'i'))), key_id);
  EXPECT_EQ(VerdictOn(Granted(kPoolKey, "id-of-" + kPoolKey)),
            "6 the pool's answer: /poolKeyId: want a name that does not show the key");
}

TEST_F(PoolAnswersTest, TakesKeysOfOtherLengthsForOtherStores) {
  const auto config = Config().With("/store", "realdebrid");

  EXPECT_EQ(VerdictOn(Granted("planted-short"), config), kUser + " with k1");
  EXPECT_EQ(VerdictOn(Granted(std::string(512, 'p')), config), kUser + " with k1");
  EXPECT_EQ(VerdictOn(Granted(std::string(513, 'p')), config),
            "6 the pool's answer: /poolKey: want 1 to 512 characters");
  EXPECT_EQ(VerdictOn(Granted(""), config), "6 the pool's answer: /poolKey: want 1 to 512 characters");
}

TEST_F(PoolAnswersTest, TakesNoOtherStatusForAGrant) {
  for (const int status : {201, 204, 206, 302, 400, 404, 500, 503})
    EXPECT_EQ(VerdictOn(sdk::HttpResponse{.status = status, .headers = {{"Location", "/planted"}}, .body = Granted()}),
              "6 the pool: answered " + std::to_string(status) + "; want 200");
}

TEST_F(PoolAnswersTest, TakesNoAnswerThatIsHuge) {
  EXPECT_EQ(VerdictOn(Granted() + std::string(64 * 1024, ' ')), "6 the pool cannot be reached");
}

TEST_F(PoolAnswersTest, SaysLoudlyThatTheApiKeyIsWrong) {
  Answer({.status = 403, .body = R"({"error":"Unauthorized"})"});
  Make();

  EXPECT_EQ(Verdict(), "6 the pool: answered 403; want 200");
  EXPECT_EQ(VerdictOn(sdk::HttpResponse{.status = 401}), "6 the pool: answered 401; want 200");

  ASSERT_EQ(host_.log.lines().size(), 1U);
  EXPECT_EQ(host_.log.lines().front().level, sdk::LogLevel::kError);
  EXPECT_EQ(host_.log.lines().front().message, "the pool does not take the API key");
}

TEST_F(PoolAnswersTest, ShowsTheReasonOfARefusalMadeHarmless) {
  EXPECT_EQ(VerdictOn(Refused("device limit reached")), "4 the pool refuses: device limit reached");
  EXPECT_EQ(VerdictOn(Refused("a\r\nSet-Cookie: x\x1b[31m\x7f b\xc2\x85\xe2\x80\xae")),
            "4 the pool refuses: a??Set-Cookie: x?[31m? b?????");
  EXPECT_EQ(VerdictOn(Refused(" " + std::string(5000, 'x'))), "4 the pool refuses: " + std::string(159, 'x'));
  for (const std::string& body :
       {std::string(R"({"allowed":false})"), std::string(R"({"allowed":false,"message":7})"), Refused(""),
        Refused(" \n"), Refused("no " + kApiKey), Refused("no " + kUser), Refused("no " + sdk::LowerCase(kUser))})
    EXPECT_EQ(VerdictOn(body), "4 the pool refuses this viewer") << body;
}

TEST_F(PoolAnswersTest, TellsViewersWhenThePoolWantsNoMoreForAWhile) {
  Answer({.status = 429, .headers = {{"Retry-After", "7"}}});
  Answer(Granted());
  Make();

  EXPECT_EQ(Ask(AnyCall(), {.scheme = "bearer", .secret = kUser}).error().retry_after, 7s);
  host_.clock.Advance(5s);
  const auto again = Ask(AnyCall(), {.scheme = "bearer", .secret = kUser});
  EXPECT_EQ(VerdictOf(again), "5 the pool: too many requests");
  EXPECT_EQ(again.error().retry_after, 2s);
  EXPECT_EQ(asked(), 1U);
  host_.clock.Advance(2s);

  EXPECT_EQ(Verdict(), kUser + " with k1");
  EXPECT_EQ(VerdictOn(sdk::HttpResponse{.status = 429}), "5 the pool: too many requests");
}

TEST_F(PoolAnswersTest, LeavesTimeToSayThatThePoolIsAway) {
  Answer({.status = 503});
  Make();

  (void)Ask(sdk::testing::CallFor(4s), {.scheme = "bearer", .secret = kUser});
  (void)Ask(sdk::testing::CallFor(std::chrono::nanoseconds::max()), {.scheme = "bearer", .secret = kUser});

  const auto requests = host_.http.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_LE(requests[0].timeout, 3600ms);
  EXPECT_GT(requests[0].timeout, 0ms);
  EXPECT_EQ(requests[1].timeout, 10s);
}

TEST_F(PoolAnswersTest, CannotBeToldFromAPoolThatIsAwayByWhatIsWrongWithTheWay) {
  using sdk::Errc;
  for (const auto code : {Errc::kUpstreamFailed, Errc::kPermissionDenied, Errc::kInvalidArgument, Errc::kUnsupported,
                          Errc::kDeadlineExceeded, Errc::kInternal}) {
    FakeHost host;
    host.http.FailAll({.code = code, .message = "pool.example: what went wrong"});
    const auto auth = CreateThroughAbi<Chillstreams>(Config(), host);

    EXPECT_EQ(VerdictOf((*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = kUser})),
              "6 the pool cannot be reached");
    EXPECT_THAT(host.log.Text(), HasSubstr("error=pool.example: what went wrong"));
  }
}

}  // namespace
}  // namespace sluice::plugins::chillstreams

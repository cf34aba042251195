// SPDX-License-Identifier: MIT
// How the pool is told what its keys were used for.
#include <chrono>
#include <string>
#include <vector>

#include "support.hpp"

namespace sluice::plugins::chillstreams {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const std::string kHash = "0123456789abcdef0123456789abcdef01234567";

class UsageTest : public PoolTest {
 protected:
  void Log(int status) { host_.http.Answer("POST", kApi + "log-usage", {.status = status, .body = "planted"}); }
  /// The code and the message; "ok".
  std::string Report(const std::vector<sdk::UsageRecord>& records, const sdk::Call& call = AnyCall()) {
    const auto status = (*auth_)->ReportUsage(call, records);
    if (status) return "ok";
    return std::to_string(static_cast<unsigned>(status.error().code)) + " " + status.error().message;
  }
  double Counted(const std::string& outcome) const { return host_.metrics.Value("usage_records_total", {outcome}); }
  std::string IdsSent() const {
    std::string ids;
    for (std::size_t i = 0; i < asked(); ++i) ids += FieldOfRequest(i, "Idempotency-Key") + ";";
    return ids;
  }
};

TEST_F(UsageTest, TellsThePoolOfEachRecord) {
  Log(200);
  Make();
  EXPECT_TRUE((*auth_)->Interests().usage);

  EXPECT_EQ(Report({{.id = "r-1",
                     .subject = kUser,
                     .key_id = "k1",
                     .action = "stream",
                     .hash = kHash,
                     .cached = true,
                     .bytes = 18446744073709551615U},
                    {.id = "r-2", .subject = kOtherUser}}),
            "ok");

  ASSERT_EQ(asked(), 2U);
  EXPECT_EQ(BodyOf(0), Json({{"userId", kUser},
                             {"poolKeyId", "k1"},
                             {"action", "stream"},
                             {"hash", kHash},
                             {"cached", true},
                             {"bytes", 18446744073709551615U}}));
  EXPECT_EQ(BodyOf(1), Json({{"userId", kOtherUser},
                             {"poolKeyId", ""},
                             {"action", "stream-served"},
                             {"hash", ""},
                             {"cached", false},
                             {"bytes", 0}}));
  EXPECT_EQ(host_.http.requests().at(0).method, "POST");
  EXPECT_EQ(FieldOfRequest(0, "Authorization"), "Bearer " + kApiKey);
  EXPECT_EQ(FieldOfRequest(0, "Content-Type"), "application/json");
  EXPECT_EQ(IdsSent(), "r-1;r-2;");
  EXPECT_EQ(Counted("taken"), 2);
}

TEST_F(UsageTest, LetsGoOfWhatThePoolWillNeverTake) {
  for (const int status : {400, 404, 409, 410, 422, 200}) Log(status);
  Make();

  EXPECT_EQ(Report({{.id = "a", .subject = kUser},
                    {.id = "b", .subject = kUser},
                    {.id = "c", .subject = kUser},
                    {.id = "d", .subject = kUser},
                    {.id = "e", .subject = kUser},
                    {.id = "f", .subject = kUser}}),
            "ok");

  EXPECT_EQ(Counted("lost"), 5);
  EXPECT_EQ(Counted("taken"), 1);
  ASSERT_EQ(host_.log.lines().size(), 5U);
  EXPECT_EQ(host_.log.lines().front().level, sdk::LogLevel::kError);
  EXPECT_THAT(host_.log.Text(), HasSubstr("the pool will never take a usage record: it is lost record=e status=422\n"));
}

TEST_F(UsageTest, LeavesToLaterWhatThePoolDoesNotTakeNow) {
  for (const int status : {201, 202, 302, 401, 403, 408, 500, 503}) {
    FakeHost host;
    host.http.Answer("POST", kApi + "log-usage", {.status = status});
    const auto auth = CreateThroughAbi<Chillstreams>(Config(), host);
    const sdk::UsageRecord records[] = {{.id = "a", .subject = kUser}, {.id = "b", .subject = kUser}};

    const auto answer = (*auth)->ReportUsage(AnyCall(), records);

    ASSERT_FALSE(answer) << status;
    EXPECT_EQ(answer.error().code, sdk::Errc::kUpstreamFailed);
    EXPECT_EQ(host.http.requests().size(), 1U) << "the others would fare no better";
  }
}

TEST_F(UsageTest, SaysWhenThePoolIsToBeAskedAgain) {
  host_.http.Answer("POST", kApi + "log-usage", {.status = 429, .headers = {{"Retry-After", "30"}}});
  Make();
  const sdk::UsageRecord records[] = {{.id = "a", .subject = kUser}};

  const auto answer = (*auth_)->ReportUsage(AnyCall(), records);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(answer.error().retry_after, 30s);
}

TEST_F(UsageTest, GoesOnWhereAReportBrokeOff) {
  for (const int status : {200, 200, 503, 200}) Log(status);
  Make();
  const std::vector<sdk::UsageRecord> records{
      {.id = "a", .subject = kUser}, {.id = "b", .subject = kUser}, {.id = "c", .subject = kUser}};

  EXPECT_EQ(Report(records), "6 the pool: answered 503; want 200");
  EXPECT_EQ(Report({{.id = "b", .subject = kUser}, {.id = "c", .subject = kUser}, {.id = "d", .subject = kUser}}),
            "ok");
  EXPECT_EQ(Report({{.id = "a", .subject = kUser}}), "ok");
  EXPECT_EQ(IdsSent(), "a;b;c;c;d;");

  EXPECT_EQ(Report(records), "ok");
  EXPECT_EQ(IdsSent(), "a;b;c;c;d;a;b;c;") << "what was reported whole is forgotten";
}

TEST_F(UsageTest, EndsWithItsCall) {
  host_.http.Hang();
  Make();

  EXPECT_EQ(Report({{.id = "a", .subject = kUser}}, sdk::testing::CallFor(20ms)),
            "7 no time is left to wait for the pool");
  EXPECT_EQ(Report({{.id = "a", .subject = kUser}}, sdk::testing::CancelledCall()), "8 the viewer is gone");
}

}  // namespace
}  // namespace sluice::plugins::chillstreams

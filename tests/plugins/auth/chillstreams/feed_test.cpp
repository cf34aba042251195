// SPDX-License-Identifier: MIT
#include "feed.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "support.hpp"

namespace sluice::plugins::chillstreams {
namespace {

using namespace std::chrono_literals;
using sdk::testing::TestCall;
using ::testing::HasSubstr;

const std::string kEvents = kApi + "events";

/// Keeps what was put: "-<user>" who must not go on, "+<user>" who may again.
struct News final : sdk::RevocationSink {
  bool Put(std::string_view subject, bool is_revoked) override {
    text += (is_revoked ? "-" : "+") + std::string(subject) + ";";
    return --wanted > 0;
  }
  std::string text;
  int wanted = 1000;
};

std::string OfUser(const std::string& user) { return "data: " + Json{{"userId", user}}.dump() + "\n\n"; }
std::string Revoked(const std::string& user) { return "event: revoked\n" + OfUser(user); }
std::string Restored(const std::string& user) { return "event: restored\n" + OfUser(user); }

class FeedTest : public PoolTest {
 protected:
  void Stream(std::string body) {
    host_.http.Answer(
        "GET", kEvents,
        {.status = 200, .headers = {{"content-type", "text/event-stream; charset=utf-8"}}, .body = std::move(body)});
  }
  /// The code and the message; "ok".
  std::string Watch(const sdk::Call& call = AnyCall()) {
    const auto status = (*auth_)->Watch(call, news_);
    if (status) return "ok";
    return std::to_string(static_cast<unsigned>(status.error().code)) + " " + status.error().message;
  }
  double Counted(const std::string& event) const { return host_.metrics.Value("events_total", {event}); }

  News news_;
};

TEST_F(FeedTest, SaysWhoMustNotGoOnAndWhoMayAgain) {
  Stream(": keep-alive\n\n" + Revoked(kUser) + ": keep-alive\n\n" + Restored(sdk::LowerCase(kUser)) +
         Revoked("FFFFFFFF-0000-0000-0000-000000000000"));
  Make();
  EXPECT_TRUE((*auth_)->Interests().revocations);

  EXPECT_EQ(Watch(), "ok");

  EXPECT_EQ(news_.text, "-" + kUser + ";+" + kUser + ";-ffffffff-0000-0000-0000-000000000000;");
  EXPECT_EQ(Counted("revoked"), 2);
  EXPECT_EQ(Counted("restored"), 1);
  const auto request = host_.http.requests().at(0);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, kEvents);
  EXPECT_EQ(request.max_redirects, 0U);
  EXPECT_EQ(FieldOfRequest(0, "Accept"), "text/event-stream");
  EXPECT_EQ(FieldOfRequest(0, "Authorization"), "Bearer " + kApiKey);
  EXPECT_EQ(FieldOfRequest(0, "Last-Event-ID"), "none");
}

TEST_F(FeedTest, ForgetsWhatNewsMakesUntrue) {
  struct Case {
    std::string news;
    std::string first;   ///< What the pool answers before it.
    bool is_asked_anew;  ///< Of the user whom the news names.
  };
  const std::string refused = Refused("no");
  const Case cases[] = {{Revoked(kUser), Granted(), true},
                        {Revoked(kUser), refused, true},
                        {Revoked(kOtherUser), Granted(), false},
                        {Restored(kUser), refused, true},
                        {Restored(kUser), Granted(), false},
                        {Restored(kOtherUser), refused, false},
                        {"event: key-retired\ndata: {\"poolKeyId\":\"k1\"}\n\n", Granted(), true},
                        {"event: key-retired\ndata: {\"poolKeyId\":\"k2\"}\n\n", Granted(), false},
                        {"event: key-retired\ndata: {\"poolKeyId\":\"\"}\n\n", refused, false},
                        {"event: reset\n\n", Granted(), true},
                        {"event: reset\ndata\n\n", refused, true},
                        {"event: planted\ndata: {}\n\n" + std::string("data: reset\n\n"), Granted(), false}};
  for (const auto& [news, first, is_asked_anew] : cases) {
    FakeHost host;
    host.http.AnswerJson("POST", kApi + "get-key", first);
    host.http.Answer("GET", kEvents, {.status = 200, .headers = {{"Content-Type", "text/event-stream"}}, .body = news});
    const auto auth = CreateThroughAbi<Chillstreams>(Config(), host);
    const auto ask = [&] { (void)(*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = kUser}); };

    ask();
    EXPECT_TRUE((*auth)->Watch(AnyCall(), news_));
    ask();

    EXPECT_EQ(host.http.requests().size(), is_asked_anew ? 3U : 2U) << news << first;
  }
}

TEST_F(FeedTest, TrustsNoAnswerThatNewsHasOvertaken) {
  Stream(Revoked(kUser));
  host_.http.AnswerWith("POST", kApi + "get-key", [&](const sdk::HttpRequest&) {
    EXPECT_EQ(Watch(), "ok");
    return sdk::Result<sdk::HttpResponse>(sdk::HttpResponse{.status = 200, .body = Granted()});
  });
  Answer(Refused("revoked"));
  Make();

  EXPECT_EQ(Verdict(), "4 the pool refuses: revoked");

  EXPECT_EQ(Looked("outdated"), 1);
}

TEST_F(FeedTest, GoesOnBehindTheLastEvent) {
  Stream("id: 41\n" + Revoked(kUser) + "id: 42\n\nid: 43\nevent: revoked\ndata: broken o");
  Stream("id\n\n");
  Stream(
      "id: a\x01"
      "b\n\n");
  Stream("");
  Make();

  for (int i = 0; i < 4; ++i) EXPECT_EQ(Watch(), "ok");

  EXPECT_EQ(FieldOfRequest(1, "Last-Event-ID"), "42");
  EXPECT_EQ(FieldOfRequest(2, "Last-Event-ID"), "none");
  EXPECT_EQ(FieldOfRequest(3, "Last-Event-ID"), "none") << "no field may hold this";
}

TEST_F(FeedTest, StopsWhenNoMoreIsWanted) {
  Stream("id: 1\n" + Revoked(kUser) + "id: 2\n" + Revoked(kOtherUser));
  Make();
  news_.wanted = 1;

  EXPECT_EQ(Watch(), "ok");

  EXPECT_EQ(news_.text, "-" + kUser + ";");
}

TEST_F(FeedTest, PassesOverNewsThatCannotBeMeant) {
  std::string body;
  for (const auto* data : {"", "planted", "[]", "{}", R"({"userId": 7})", R"({"userId": "planted"})",
                           R"({"userId": "3f2b1c00-aaaa-4bbb-8ccc-0123456789ab\r\n"})", R"({"userId": null})"})
    body += std::string("event: revoked\ndata: ") + data + "\n\n";
  Stream(body + "event: restored\n\n" + "event: key-retired\ndata: {\"poolKeyId\": 7}\n\n" + Revoked(kUser));
  Make();

  EXPECT_EQ(Watch(), "ok");

  EXPECT_EQ(news_.text, "-" + kUser + ";");
  EXPECT_EQ(Counted("unusable"), 10);
}

TEST_F(FeedTest, SaysWhatIsWrongWithAFeed) {
  struct Case {
    sdk::HttpResponse answer;
    std::string verdict;
  };
  const std::vector<sdk::Header> type{{"Content-Type", "text/event-stream"}};
  const Case cases[] = {
      {{.status = 401}, "6 the pool: answered 401; want 200"},
      {{.status = 403}, "6 the pool: answered 403; want 200"},
      {{.status = 503, .headers = type, .body = Revoked(kUser)}, "6 the pool: answered 503; want 200"},
      {{.status = 302}, "6 the pool: answered 302; want 200"},
      {{.status = 200, .body = Revoked(kUser)}, "6 the pool's news: want text/event-stream"},
      {{.status = 200, .headers = {{"Content-Type", "text/html"}}, .body = Revoked(kUser)},
       "6 the pool's news: want text/event-stream"},
      {{.status = 200, .headers = type, .body = "data: " + std::string(70000, 'x')},
       "6 the pool's news: want events of at most 64 KiB"}};
  for (const auto& [answer, verdict] : cases) host_.http.Answer("GET", kEvents, answer);
  host_.http.Fail("GET", kEvents, {.code = sdk::Errc::kPermissionDenied, .message = "guarded"});
  Make();

  for (const auto& [answer, verdict] : cases) EXPECT_EQ(Watch(), verdict);
  EXPECT_EQ(Watch(), "6 the pool cannot be reached");

  EXPECT_EQ(news_.text, "");
  EXPECT_EQ(host_.log.lines().at(0).message, "the pool does not take the API key");
  EXPECT_EQ(host_.log.lines().at(0).level, sdk::LogLevel::kError);
}

TEST_F(FeedTest, AsksAPoolWithoutAFeedAgainAfterAWhile) {
  for (const int status : {404, 405, 501, 204}) {
    FakeHost host;
    host.http.Answer("GET", kEvents, {.status = status});
    const auto auth = CreateThroughAbi<Chillstreams>(Config(), host);
    std::atomic<bool> is_over = false;
    bool is_ok = false;
    std::thread watcher([&] {
      is_ok = static_cast<bool>((*auth)->Watch(AnyCall(), news_));
      is_over = true;
    });

    while (!is_over) {
      host.clock.Advance(1s);
      std::this_thread::yield();
    }
    watcher.join();

    EXPECT_TRUE(is_ok) << status;
    EXPECT_GE(host.clock.passed(), 5min);
    EXPECT_EQ(host.http.requests().size(), 1U);
  }
}

TEST_F(FeedTest, ComesBackSoonOnceItIsCancelled) {
  host_.http.Answer("GET", kEvents, {.status = 404});
  Make();
  for (const bool hangs : {false, true}) {
    if (hangs) host_.http.Hang();
    TestCall call;
    std::string verdict;
    const auto before = host_.http.requests().size();
    std::thread watcher([&] { verdict = Watch(call); });
    ASSERT_TRUE(host_.http.WaitForRequests(before + 1));

    const auto begin = std::chrono::steady_clock::now();
    call.Cancel();
    watcher.join();

    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
    EXPECT_EQ(verdict, "8 no more news is wanted");
  }
}

TEST_F(FeedTest, IsNotFollowedWhereTheOperatorWantsNone) {
  Make(Config().With("/events", "off"));

  EXPECT_FALSE((*auth_)->Interests().revocations);
  EXPECT_THAT(Watch(), HasSubstr("9 "));
  EXPECT_EQ(asked(), 0U);
}

}  // namespace
}  // namespace sluice::plugins::chillstreams

// SPDX-License-Identifier: MIT
#include "tests/core/pipeline/direct_fixture.hpp"
#include "tests/core/pipeline/pace.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(DirectStreamTest, SendsAndShowsOnlyWhatTheFormLists) {
  const Origin origin(Answered("200 OK",
                               "Content-Type: video/mp4\r\nETag: \"e\"\r\nCache-Control: no-store\r\nVary: Accept\r\n"
                               "Set-Cookie: a=planted\r\nX-Secret: planted\r\nLocation: /planted\r\n",
                               "x"));
  AllowLoopback();

  const auto& answer = Get(To(origin.Url("/a"), "&h_referer=https%3A%2F%2Fsite.example%2F&api_password=planted"),
                           {{"User-Agent", "player/1"},
                            {"Accept-Encoding", "br"},
                            {"Origin", "https://app.example"},
                            {"Referer", "https://planted.example"},
                            {"Cookie", "planted"},
                            {"Authorization", "Bearer planted"},
                            {"X-Sluice-Api-Password", "planted"},
                            {"X-Forwarded-For", "planted"}});

  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.Header("ETag"), "\"e\"");
  EXPECT_EQ(answer.Header("Accept-Ranges"), "bytes");
  EXPECT_FALSE(answer.Has("Set-Cookie") || answer.Has("X-Secret") || answer.Has("Location"));
  const auto asked = origin.last();
  EXPECT_EQ(asked.line, "GET /a HTTP/1.1");
  EXPECT_THAT(asked.head, Not(HasSubstr("planted")));
  EXPECT_THAT(asked.head, HasSubstr("\r\nreferer: https://site.example/\r\n"));
  EXPECT_TRUE(asked.Has("origin"));
  EXPECT_THAT(asked.head, HasSubstr("\r\naccept-encoding: br\r\n"));
}

TEST_F(DirectStreamTest, PassesNotModified) {
  const Origin origin("HTTP/1.1 304 Not Modified\r\nConnection: close\r\nETag: \"e\"\r\n\r\n");
  AllowLoopback();

  const auto& answer = Get(To(origin.Url("/a")), {{"If-None-Match", "\"e\""}});

  EXPECT_EQ(answer.status(), 304);
  EXPECT_EQ(answer.Header("ETag"), "\"e\"");
  EXPECT_TRUE(answer.finished());
}

TEST_F(DirectStreamTest, PassesTheUpstreamsRefusals) {
  for (const auto* status : {"401 Unauthorized", "404 Not Found", "416 Range Not Satisfiable", "429 Too Many Requests",
                             "500 Internal Server Error"}) {
    pipelines_.clear();
    const Origin origin(Answered(status, "Retry-After: 7\r\n", "no"));
    AllowLoopback(", retry: {max_attempts: 1}");

    const auto& answer = Get(To(origin.Url("/a")));

    EXPECT_EQ(std::to_string(answer.status()), std::string(status).substr(0, 3));
    EXPECT_EQ(answer.body(), "no");
    EXPECT_EQ(answer.Header("Retry-After"), "7");
  }
}

std::string RedirectTo(const std::string& url) { return Answered("302 Found", "Location: " + url + "\r\n", ""); }

TEST_F(DirectStreamTest, FollowsRedirectsWithinTheAllowListAndTakesOverridesAlong) {
  const Origin last(Answered("200 OK", "", "found"));
  const Origin first(RedirectTo(last.Url("/b")));
  AllowLoopback();

  const auto& answer = Get(To(first.Url("/a"), "&h_referer=r"), {{"Range", "bytes=0-"}});

  EXPECT_EQ(answer.body(), "found");
  EXPECT_THAT(last.last().head, HasSubstr("\r\nreferer: r\r\n"));
  EXPECT_THAT(last.last().head, HasSubstr("\r\nrange: bytes=0-\r\n"));
}

TEST_F(DirectStreamTest, RefusesRedirectsThatLeaveTheAllowList) {
  const Origin last(Answered("200 OK", "", "planted"));
  const auto elsewhere = "http://localhost:" + last.Url("").substr(last.Url("").rfind(':') + 1) + "/b";
  const Origin first(RedirectTo(elsewhere));
  AllowLoopback();

  const auto& answer = Get(To(first.Url("/a")));

  EXPECT_EQ(answer.status(), 403);
  EXPECT_THAT(answer.body(), HasSubstr("the destination redirects to one that is not allowlisted"));
  EXPECT_THAT(answer.body(), Not(HasSubstr("localhost")));
  EXPECT_THAT(last.requests(), SizeIs(0));
}

TEST_F(DirectStreamTest, FollowsTenRedirectsAndNoMore) {
  std::string own;
  const Origin origin([&](const Origin::Request&) { return RedirectTo(own); });
  own = origin.Url("/again");
  AllowLoopback();

  const auto& answer = Get(To(own));

  EXPECT_EQ(answer.status(), 502);
  EXPECT_THAT(answer.body(), HasSubstr("upstream: want at most 10 redirects"));
  EXPECT_THAT(origin.requests(), SizeIs(11));
}

TEST_F(DirectStreamTest, RefusesAddressesThatAreNotPublicWithoutNamingThem) {
  Configure("{allowlist: [{domain: 10.1.2.3, schemes: [http]}, {domain: \"[::ffff:10.1.2.3]\", schemes: [http]}]}");

  for (const auto* url : {"http://10.1.2.3/", "http://[::ffff:10.1.2.3]/"}) {
    const auto& answer = Get(To(url));
    EXPECT_EQ(answer.status(), 403) << url;
    EXPECT_THAT(answer.body(), HasSubstr("upstream: want a public address, or a trusted upstream")) << url;
    EXPECT_THAT(answer.body(), Not(HasSubstr("10.1.2.3"))) << url;
  }
}

TEST_F(DirectStreamTest, AnswersTooManyWith429) {
  const Origin origin(Answered("200 OK", "", "x"));
  AllowLoopback();
  std::vector<std::shared_ptr<const void>> taken;
  for (int i = 0; i < 50; ++i) taken.push_back(slots_->Take(50));
  ASSERT_NE(taken.back(), nullptr);

  const auto& refused = Get(To(origin.Url("/a")));
  taken.pop_back();
  const auto& served = Get(To(origin.Url("/a")));

  EXPECT_EQ(refused.status(), 429);
  EXPECT_EQ(refused.Header("Retry-After"), "1");
  EXPECT_THAT(refused.body(), HasSubstr("concurrency limit exceeded; want at most 50 streams at once"));
  EXPECT_EQ(served.status(), 200);
  EXPECT_NE(slots_->Take(50), nullptr) << "given back when the response was sent";
}

TEST_F(DirectStreamTest, SaysHowItFaredInItsOwnStatuses) {
  const Origin origin(Answered("200 OK", "", "x"));
  AllowLoopback(", api_password: sesame");

  EXPECT_EQ(Get("/proxy/stream").status(), 400);
  EXPECT_EQ(Get(To(origin.Url("/a"))).status(), 401);
  EXPECT_EQ(Get(To(origin.Url("/a"), "&api_password=wrong")).status(), 403);
  EXPECT_EQ(Get(To(origin.Url("/a"), "&api_password=sesame")).status(), 200);
  EXPECT_EQ(Get(To("ftp://127.0.0.1/a", "&api_password=sesame")).status(), 403);
  EXPECT_EQ(Get(To("http://0x7f.1/a", "&api_password=sesame")).status(), 400);
  EXPECT_EQ(Get(To(origin.Url("/a"), "&api_password=sesame&h_cookie=x")).status(), 400);
  EXPECT_EQ(Get(To("http://127.0.0.1:1/a", "&api_password=sesame")).status(), 502);
}

TEST_F(DirectStreamTest, ASilentUpstreamIs504) {
  const fakes::FaultyOrigin origin([](fakes::FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.WaitForHangUp();
  });
  AllowLoopback(", request_timeout_ms: 50");

  EXPECT_EQ(Get(To(origin.url() + "/a")).status(), 504);
}

TEST_F(DirectStreamTest, NeverCutsABodyWhileOctetsFlow) {
  constexpr auto kRequestTimeout = std::chrono::milliseconds(100);
  const fakes::FaultyOrigin origin([&](fakes::FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
    Pace pace(kRequestTimeout / 5);
    for (int i = 0; i < 20; ++i) {
      pace.Wait();
      peer.Send("x");
    }
  });
  AllowLoopback(", request_timeout_ms: " + std::to_string(kRequestTimeout.count()));

  const auto& answer = Get(To(origin.url() + "/a"));

  EXPECT_EQ(answer.body(), std::string(20, 'x'));
  EXPECT_TRUE(answer.finished()) << "four times the request timeout";
}

// ---- HEAD where the origin refuses it ----

/// HEAD is answered with `head`, GET of the first octet with `get`.
class HeadByGetTest : public DirectStreamTest {
 protected:
  const FakeExchange& Head(const std::string& head, const std::string& get) {
    origin_.emplace([head, get](const Origin::Request& request) {
      return request.line.starts_with("HEAD") ? "HTTP/1.1 " + head + "\r\nConnection: close\r\n\r\n" : get;
    });
    AllowLoopback(", retry: {max_attempts: 1}");
    return Ask({.method = "HEAD", .target = To(origin_->Url("/a"))});
  }
  std::optional<Origin> origin_;
};

TEST_F(HeadByGetTest, TakesTheLengthFromTheFirstOctet) {
  for (const auto* refusal : {"400 No", "403 No", "405 No", "500 No", "501 No", "502 No"}) {
    pipelines_.clear();
    const auto& answer = Head(refusal, Answered("206 Partial Content",
                                                "Content-Range: bytes 0-0/123456\r\nContent-Type: video/mp4\r\n", "x"));
    EXPECT_EQ(answer.status(), 200) << refusal;
    EXPECT_EQ(answer.Header("Content-Length"), "123456") << refusal;
    EXPECT_EQ(answer.Header("Content-Type"), "video/mp4") << refusal;
    EXPECT_EQ(answer.Header("Accept-Ranges"), "bytes") << refusal;
    EXPECT_FALSE(answer.Has("Content-Range")) << refusal;
    EXPECT_THAT(origin_->last().head, HasSubstr("\r\nrange: bytes=0-0\r\n")) << refusal;
  }
}

TEST_F(HeadByGetTest, TakesARefusalOfTheResourceAsItIs) {
  for (const auto* refusal : {"401", "404", "410", "429", "451", "503"}) {
    pipelines_.clear();
    const auto& answer = Head(std::string(refusal) + " No", Answered("200 OK", "", "x"));
    EXPECT_EQ(std::to_string(answer.status()), refusal);
    EXPECT_THAT(origin_->requests(), SizeIs(1)) << refusal;
  }
}

TEST_F(HeadByGetTest, KnowsAnEmptyResourceAndOneOfUnknownLength) {
  const auto& empty = Head("405 No", Answered("416 Range Not Satisfiable", "Content-Range: bytes */0\r\n", ""));
  EXPECT_EQ(empty.status(), 200);
  EXPECT_EQ(empty.Header("Content-Length"), "0");

  pipelines_.clear();
  const auto& unknown = Head("405 No", Answered("206 Partial Content", "Content-Range: bytes 0-0/*\r\n", "x"));
  EXPECT_EQ(unknown.status(), 200);
  EXPECT_FALSE(unknown.Has("Content-Length"));
}

TEST_F(HeadByGetTest, PassesTheAnswerOfAnOriginWithoutRanges) {
  const auto& answer = Head("403 No", Answered("200 OK", "", "0123456789"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.Header("Content-Length"), "10");
  EXPECT_EQ(answer.body(), "");

  pipelines_.clear();
  EXPECT_EQ(Head("403 No", Answered("403 Forbidden", "", "no")).status(), 403);
}

}  // namespace
}  // namespace sluice::pipeline::testing

// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "core/http/error_reply.hpp"
#include "core/http/response_head.hpp"
#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using testing::Eventually;
using testing::Hello;
using testing::ReplyText;
using testing::TestServer;

TEST(ResponseTest, AnswersHeadWithoutABody) {
  TestServer server(Hello);
  auto client = server.Connect();

  client.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto reply = client.Read(true);

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Field("content-length"), "5");
  EXPECT_EQ(client.Get("/").body, "hello");
}

TEST(ResponseTest, SendsNoBodyWith204And304) {
  TestServer server(
      [](ServerExchange& exchange) { ReplyText(exchange, "dropped", exchange.path() == "/204" ? 204 : 304); });
  auto client = server.Connect();

  const auto no_content = client.Get("/204");
  const auto not_modified = client.Get("/304");

  EXPECT_EQ(no_content.status, 204);
  EXPECT_EQ(no_content.Field("content-length"), "");
  EXPECT_EQ(not_modified.status, 304);
  EXPECT_EQ(server.handled, 2);
}

TEST(ResponseTest, StreamsInChunksWhenTheLengthIsNotKnown) {
  TestServer server([](ServerExchange& exchange) {
    ASSERT_TRUE(exchange.Start({}));
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(exchange.Write(sdk::AsBytes(std::string(1000, 'x'))));
    ASSERT_TRUE(exchange.Finish());
    EXPECT_EQ(exchange.body_bytes_sent(), 100000U);
  });
  auto client = server.Connect();

  const auto reply = client.Get("/");

  EXPECT_EQ(reply.Field("transfer-encoding"), "chunked");
  EXPECT_EQ(reply.body, std::string(100000, 'x'));
  EXPECT_TRUE(client.Get("/").complete);
}

TEST(ResponseTest, SendsTheHeadAloneWhenAnEmptyChunkIsWritten) {
  std::mutex mutex;
  std::condition_variable cv;
  bool seen = false;
  TestServer server([&](ServerExchange& exchange) {
    ASSERT_TRUE(exchange.Start({}));
    ASSERT_TRUE(exchange.Write({}));
    std::unique_lock lock(mutex);
    EXPECT_TRUE(cv.wait_for(lock, std::chrono::seconds(10), [&] { return seen; }));
    ASSERT_TRUE(exchange.Finish());
  });
  auto client = server.Connect();

  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = client.ReadSome();
  {
    const std::lock_guard lock(mutex);
    seen = true;
  }
  cv.notify_all();

  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
  EXPECT_EQ(client.ReadSome(), "0\r\n\r\n");
}

TEST(ResponseTest, BreaksTheConnectionOfAResponseThatIsNotWhole) {
  TestServer server([](ServerExchange& exchange) {
    ReplyHead head;
    if (exchange.path() == "/length") head.length = 100;
    ASSERT_TRUE(exchange.Start(head));
    ASSERT_TRUE(exchange.Write(sdk::AsBytes("part")));
    if (exchange.path() == "/throw") throw std::runtime_error("half way");
    if (exchange.path() == "/length") {
      EXPECT_EQ(exchange.Finish().error().code, sdk::Errc::kInternal);
    }
  });
  for (const auto* path : {"/length", "/chunked", "/throw"}) {
    auto client = server.Connect();
    EXPECT_FALSE(client.Get(path).complete) << path;
    EXPECT_TRUE(client.ReadsEnd()) << path;
  }
  auto client = server.Connect();
  client.Send("GET /old HTTP/1.0\r\n\r\n");
  client.Read();
  EXPECT_TRUE(client.was_reset()) << "an orderly close would make the part look whole";
  EXPECT_TRUE(Eventually([&] { return server.Metric("sluice_http_broken_responses_total") == 4; }));
}

TEST(ResponseTest, RefusesBodiesPastTheAnnouncedLength) {
  std::promise<sdk::Errc> code;
  TestServer server([&](ServerExchange& exchange) {
    ASSERT_TRUE(exchange.Start({.length = 2}));
    code.set_value(exchange.Write(sdk::AsBytes("abc")).error().code);
  });
  auto client = server.Connect();

  EXPECT_FALSE(client.Get("/").complete);
  EXPECT_EQ(code.get_future().get(), sdk::Errc::kInternal);
}

TEST(ResponseTest, TurnsWhatAHandlerThrowsInto500) {
  TestServer server([](ServerExchange& exchange) {
    if (exchange.path() == "/throw") throw std::runtime_error("secret detail");
    if (exchange.path() == "/throw-int") throw 1;
  });
  auto client = server.Connect();

  for (const auto* path : {"/throw", "/throw-int", "/silent"}) {
    const auto reply = client.Get(path);
    EXPECT_EQ(reply.status, 500) << path;
    EXPECT_NE(reply.body.find(R"("code":"internal")"), std::string::npos) << reply.body;
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
  }
  EXPECT_EQ(server.Metric("sluice_http_handler_failures_total"), 3);
}

TEST(ResponseTest, MakesResponseSplittingImpossible) {
  std::vector<sdk::Errc> codes;
  TestServer server([&](ServerExchange& exchange) {
    const auto try_field = [&](const std::string& name, const std::string& value) {
      const std::array fields{sdk::Header{name, value}};
      const auto status = exchange.Reply({.fields = fields}, "x");
      ASSERT_FALSE(status);
      codes.push_back(status.error().code);
    };
    try_field("X-A", "a\r\nSet-Cookie: b");
    try_field("X-A", "a\nb");
    try_field("X-A", std::string("a\0b", 3));
    try_field("X-A: b\r\nX-B", "c");
    try_field("", "c");
    try_field("Content-Length", "1, 1");
  });
  auto client = server.Connect();

  const auto reply = client.Get("/");

  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.Field("set-cookie"), "");
  EXPECT_EQ(codes, std::vector<sdk::Errc>(6, sdk::Errc::kInternal));
}

TEST(ResponseTest, DropsHopByHopFieldsOfResponses) {
  TestServer server([](ServerExchange& exchange) {
    const std::vector<sdk::Header> fields{{"Connection", "keep-alive, X-Hop"},
                                          {"X-Hop", "1"},
                                          {"Keep-Alive", "timeout=5"},
                                          {"Transfer-Encoding", "gzip, chunked"},
                                          {"Upgrade", "h2c"},
                                          {"Trailer", "X-T"},
                                          {"Server", "secret/1.0"},
                                          {"X-End", "1"},
                                          {"Set-Cookie", "a=1"},
                                          {"Set-Cookie", "b=2"}};
    ASSERT_TRUE(exchange.Reply({.fields = fields}, "x"));
  });
  auto client = server.Connect();

  const auto reply = client.Get("/");

  for (const auto* gone : {"connection", "x-hop", "keep-alive", "transfer-encoding", "upgrade", "trailer", "server"}) {
    EXPECT_EQ(reply.Field(gone), "") << gone;
  }
  EXPECT_EQ(reply.Field("x-end"), "1");
  EXPECT_NE(reply.head.find("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"), std::string::npos);
  EXPECT_EQ(reply.Field("content-length"), "1");
  EXPECT_TRUE(reply.Field("date").ends_with(" GMT"));
}

TEST(TrailersTest, OnlyWhatMayFollowABodyAndMayBeSeenGoesOn) {
  std::string section;
  for (const auto* name : {"X-Sum",
                           "Transfer-Encoding",
                           "Content-Length",
                           "Content-Type",
                           "Content-Digest",
                           "Host",
                           "Connection",
                           "TE",
                           "Trailer",
                           "If-Match",
                           "Proxy-Authenticate",
                           "SET-COOKIE",
                           "Authorization",
                           "Cache-Control",
                           "Expires",
                           "Location",
                           "Access-Control-Allow-Origin",
                           "Server",
                           "X-Request-Id",
                           "X-Hidden",
                           "Conten",
                           "ETag"}) {
    section.append(name).append(": 1\r\n");
  }
  std::string out;

  AppendTrailers(
      section + "\r\n", [](std::string_view name) { return name != "X-Hidden"; }, out);

  EXPECT_EQ(out, "X-Sum: 1\r\nContent-Digest: 1\r\nConten: 1\r\nETag: 1\r\n");
}

TEST(ErrorReplyTest, MapsEveryCode) {
  const std::vector<std::tuple<sdk::Errc, int, std::string>> table{
      {sdk::Errc::kInvalidArgument, 400, "invalid_argument"},
      {sdk::Errc::kNotFound, 404, "not_found"},
      {sdk::Errc::kUnauthenticated, 401, "unauthenticated"},
      {sdk::Errc::kPermissionDenied, 403, "permission_denied"},
      {sdk::Errc::kRateLimited, 429, "rate_limited"},
      {sdk::Errc::kUpstreamFailed, 502, "upstream_failed"},
      {sdk::Errc::kDeadlineExceeded, 504, "deadline_exceeded"},
      {sdk::Errc::kCancelled, 499, "cancelled"},
      {sdk::Errc::kUnsupported, 501, "unsupported"},
      {sdk::Errc::kInternal, 500, "internal"},
      {kBodyTooSlow, 408, "deadline_exceeded"},
      {kBodyTooLarge, 413, "too_large"},
      {static_cast<sdk::Errc>(99), 500, "internal"},
      {static_cast<sdk::Errc>(0), 500, "internal"}};
  for (const auto& [code, status, name] : table) {
    EXPECT_EQ(StatusOf(code), status);
    EXPECT_EQ(CodeOf(code), name);
  }
}

TEST(ErrorReplyTest, HasTheOneShape) {
  TestServer server([](ServerExchange& exchange) {
    ASSERT_TRUE(ReplyError(exchange, sdk::Error{.code = sdk::Errc::kRateLimited,
                                                .message = "a \"quoted\"\n\xFF line",
                                                .retry_after = std::chrono::milliseconds(1500)}));
  });
  auto client = server.Connect();

  client.Send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\n\r\n");
  const auto reply = client.Read();

  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.Field("retry-after"), "2");
  EXPECT_EQ(reply.Field("content-type"), "application/json");
  EXPECT_EQ(reply.body,
            "{\"error\":{\"code\":\"rate_limited\",\"message\":\"a \\\"quoted\\\"\\n\xEF\xBF\xBD "
            "line\"},\"request_id\":\"r1\"}");
}

TEST(ErrorReplyTest, ChallengesWhoIsNotKnown) {
  TestServer server([](ServerExchange& exchange) {
    ASSERT_TRUE(ReplyError(exchange, sdk::Error{.code = sdk::Errc::kUnauthenticated, .message = "who?"}));
  });
  auto client = server.Connect();

  const auto reply = client.Get("/");

  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.Field("www-authenticate"), kAuthenticateChallenge);
}

}  // namespace
}  // namespace sluice::http

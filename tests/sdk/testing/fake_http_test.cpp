// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/fake_host.hpp>
#include <sluice/sdk/testing/sinks.hpp>
#include <thread>

namespace sluice::sdk::testing {
namespace {

using namespace std::chrono_literals;

Error Away() { return {.code = Errc::kUpstreamFailed, .message = "away"}; }

TEST(FakeHttpTest, GivesScriptedAnswersInTurnAndTheLastAgain) {
  FakeHost host;
  host.http.Answer("GET", "https://a.example/x", {.status = 503}).AnswerJson("GET", "https://a.example/x", "{}");
  auto http = host.host();

  const auto first = http.http().Send(AnyCall(), {.url = "https://a.example/x"});
  const auto second = http.http().Send(AnyCall(), {.url = "https://a.example/x"});
  const auto third = http.http().Send(AnyCall(), {.url = "https://a.example/x"});

  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(first->status, 503);
  EXPECT_EQ(second->status, 200);
  EXPECT_EQ(third->body, "{}");
  EXPECT_EQ(third->url, "https://a.example/x");
}

TEST(FakeHttpTest, PrefersTheExactUrlThenTheLongestPrefix) {
  FakeHost host;
  host.http.Answer("GET", "https://a.example/*", {.status = 201})
      .Answer("GET", "https://a.example/api/*", {.status = 202})
      .Answer("GET", "https://a.example/api/x", {.status = 203});

  const auto status = [&](const char* url) { return host.http.Send(AnyCall(), {.url = url})->status; };

  EXPECT_EQ(status("https://a.example/y"), 201);
  EXPECT_EQ(status("https://a.example/api/y?q=1"), 202);
  EXPECT_EQ(status("https://a.example/api/x"), 203);
}

TEST(FakeHttpTest, RecordsRequestsWithTheirBodies) {
  FakeHost host;
  host.http.Answer("POST", "https://a.example/x", {.status = 204});

  const HttpRequest request{
      .method = "POST", .url = "https://a.example/x", .headers = {{"Authorization", "Bearer k"}}, .body = "a=b"};
  ASSERT_TRUE(host.host().http().Send(AnyCall(), request));

  const auto requests = host.http.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].body, "a=b");
  EXPECT_EQ(requests[0].headers, (std::vector<Header>{{"Authorization", "Bearer k"}}));
}

TEST(FakeHttpTest, FailsAndRemembersWhatNobodyScripted) {
  FakeHost host;
  host.http.Answer("GET", "https://a.example/x", {.status = 200});

  const auto answer = host.http.Send(AnyCall(), {.method = "HEAD", .url = "https://a.example/x"});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "no answer scripted for HEAD https://a.example/x");
  EXPECT_EQ(host.http.unexpected(), std::vector<std::string>{"HEAD https://a.example/x"});
}

TEST(FakeHttpTest, RefusesAsTheServerDoes) {
  FakeHost host;
  host.http.Answer("GET", "https://a.example/x", {.status = 200, .body = "12345"})
      .Fail("GET", "https://a.example/down", Away());
  const auto code = [&](const Call& call, const HttpRequest& request) {
    const auto answer = host.http.Send(call, request);
    return answer ? Errc{} : answer.error().code;
  };

  EXPECT_EQ(code(CancelledCall(), {.url = "https://a.example/x"}), Errc::kCancelled);
  EXPECT_EQ(code(ExpiredCall(), {.url = "https://a.example/x"}), Errc::kDeadlineExceeded);
  EXPECT_EQ(code(AnyCall(), {.url = "ftp://a.example/x"}), Errc::kInvalidArgument);
  EXPECT_EQ(code(AnyCall(), {.url = "https://a.example/down"}), Errc::kUpstreamFailed);
  EXPECT_EQ(code(AnyCall(), {.url = "https://a.example/x", .max_body_bytes = 4}), Errc::kUpstreamFailed);
  host.http.FailAll(Away());
  EXPECT_EQ(code(AnyCall(), {.url = "https://a.example/x"}), Errc::kUpstreamFailed);
}

TEST(FakeHttpTest, FollowsRedirectsOnlyWhenAsked) {
  FakeHost host;
  host.http.Answer("GET", "https://a.example/old", {.status = 302, .headers = {{"Location", "https://b.example/new"}}})
      .Answer("GET", "https://b.example/new", {.status = 200});

  const auto kept = host.http.Send(AnyCall(), {.url = "https://a.example/old"});
  const auto followed = host.http.Send(AnyCall(), {.url = "https://a.example/old", .max_redirects = 1});

  ASSERT_TRUE(kept && followed);
  EXPECT_EQ(kept->status, 302);
  EXPECT_EQ(followed->status, 200);
  EXPECT_EQ(followed->url, "https://b.example/new");
}

struct StreamSink final : HttpSink {
  Status Start(const HttpResponse& head) override {
    status = head.status;
    return Ok();
  }
  Status Write(std::span<const std::byte> chunk) override {
    ++chunks;
    return bytes.Write(chunk);
  }
  int status = 0;
  int chunks = 0;
  CollectedBytes bytes;
};

TEST(FakeHttpTest, StreamsInPiecesUntilTheReceiverIsGone) {
  FakeHost host;
  host.http.Answer("GET", "https://a.example/x", {.status = 206, .body = "abcdefgh"});
  host.http.SetChunkSize(3);
  StreamSink all, some;
  some.bytes.limit = 3;

  const auto whole = host.host().http().Stream(AnyCall(), {.url = "https://a.example/x"}, all);
  const auto part = host.host().http().Stream(AnyCall(), {.url = "https://a.example/x"}, some);

  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(all.status, 206);
  EXPECT_EQ(all.bytes.text, "abcdefgh");
  EXPECT_EQ(all.chunks, 3);
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().code, Errc::kCancelled);
  EXPECT_EQ(some.bytes.text, "abc");
}

TEST(FakeHttpTest, HangsUntilTheCallIsOver) {
  FakeHost host;
  host.http.Hang();
  TestCall call;
  Errc code{};
  std::thread caller([&] { code = host.http.Send(call, {.url = "https://a.example/x"}).error().code; });

  ASSERT_TRUE(host.http.WaitForRequests(1));
  call.Cancel();
  caller.join();

  EXPECT_EQ(code, Errc::kCancelled);
  EXPECT_EQ(host.http.Send(CallFor(5ms), {.url = "https://a.example/x"}).error().code, Errc::kDeadlineExceeded);
}

}  // namespace
}  // namespace sluice::sdk::testing

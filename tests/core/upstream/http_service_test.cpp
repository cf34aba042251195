// SPDX-License-Identifier: MIT
#include "core/upstream/http_service.hpp"

#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;

class HttpServiceTest : public ClientTest {
 protected:
  HttpServiceTest() : service_(MakeClient()) {}

  static sdk::HttpRequest Ask(std::string url) {
    sdk::HttpRequest request;
    request.url = std::move(url);
    return request;
  }

  HttpService service_;
};

class Sink final : public sdk::HttpSink {
 public:
  sdk::Status Start(const sdk::HttpResponse& head) override {
    status = head.status;
    return start;
  }
  sdk::Status Write(std::span<const std::byte> chunk) override {
    body.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    return write;
  }
  int status = 0;
  std::string body;
  sdk::Status start;
  sdk::Status write;
};

TEST_F(HttpServiceTest, SendsAndReadsWhole) {
  std::string seen;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    seen = peer.ReadHead();
    seen += peer.ReadBody(4);
    peer.Send("HTTP/1.1 404 Nope\r\nX-A: b\r\nContent-Length: 2\r\n\r\nno");
  });
  auto request = Ask(origin.url() + "/api");
  request.method = "POST";
  request.headers = {{"X-Key", "k"}};
  request.body = "body";

  const auto response = service_.Send(AnyCall(), request);

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 404) << "a status is an answer, not an error";
  EXPECT_EQ(response->body, "no");
  EXPECT_EQ(response->url, origin.url() + "/api");
  EXPECT_EQ(response->headers.front(), (sdk::Header{"X-A", "b"}));
  EXPECT_EQ(seen.substr(0, 20), "POST /api HTTP/1.1\r\n");
  EXPECT_NE(seen.find("\r\nX-Key: k\r\n"), std::string::npos);
  EXPECT_EQ(seen.substr(seen.size() - 4), "body");
}

TEST_F(HttpServiceTest, RefusesBodiesPastTheLimit) {
  for (const char* answer : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\na"}) {
    FaultyOrigin origin(FaultyOrigin::Say(answer));
    auto request = Ask(origin.url());
    request.max_body_bytes = 4;
    const auto response = service_.Send(AnyCall(), request);
    ASSERT_FALSE(response) << answer;
    EXPECT_EQ(response.error().code, sdk::Errc::kUpstreamFailed);
    EXPECT_EQ(response.error().message,
              "127.0.0.1:" + std::to_string(origin.port()) + ": want a body of at most 4 octets");
  }
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd"));
  auto request = Ask(origin.url());
  request.max_body_bytes = 4;
  EXPECT_EQ(service_.Send(AnyCall(), request)->body, "abcd");
}

TEST_F(HttpServiceTest, EndsAnExchangeThatTakesTooLong) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.Send(std::string(1000, 'x'))) continue;  // never stalls, never ends
  });
  auto request = Ask(origin.url());
  request.timeout = std::chrono::milliseconds(100);
  request.max_body_bytes = std::numeric_limits<std::size_t>::max();
  Sink sink;

  const auto streamed = service_.Stream(AnyCall(), request, sink);
  ASSERT_FALSE(streamed);
  EXPECT_EQ(streamed.error().code, sdk::Errc::kDeadlineExceeded);
  request.timeout = std::chrono::minutes(10);
  const auto sent = service_.Send(CallFor(std::chrono::milliseconds(100)), request);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, sdk::Errc::kDeadlineExceeded);
}

TEST_F(HttpServiceTest, StreamsUntilTheSinkHasEnough) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
  Sink all;
  EXPECT_TRUE(service_.Stream(AnyCall(), Ask(origin.url()), all));
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.body, "abc");
  Sink refusing;
  refusing.start = sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "not this"};
  EXPECT_EQ(service_.Stream(AnyCall(), Ask(origin.url()), refusing).error().message, "not this");
  EXPECT_EQ(refusing.body, "");
  Sink leaving;
  leaving.write = sdk::Error{.code = sdk::Errc::kCancelled, .message = "gone"};
  EXPECT_EQ(service_.Stream(AnyCall(), Ask(origin.url()), leaving).error().code, sdk::Errc::kCancelled);
}

TEST_F(HttpServiceTest, ReportsABrokenBody) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"));

  EXPECT_EQ(service_.Send(AnyCall(), Ask(origin.url())).error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(service_.Send(AnyCall(), Ask("http://10.0.0.1/")).error().code, sdk::Errc::kPermissionDenied);
}

}  // namespace
}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include <poll.h>

#include <future>

#include "core/upstream/body.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/pool.hpp"
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;
using fakes::Nginx;

std::string Pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 2654435761U >> 7U) % 26);
  return text;
}

class NginxClientTest : public ClientTest {
 protected:
  NginxClientTest() { MakeClient(); }
};

TEST_F(NginxClientTest, FetchesAFileByteForByte) {
  Nginx nginx("location / { root files; }");
  const auto content = Pattern(20'000'000);
  nginx.folder().Write("files/big.mp4", content);
  const TestCall call;

  auto response = client_->Fetch(call, Get(nginx.url() + "/big.mp4"));

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->content_length, content.size());
  EXPECT_EQ(response->Header("content-type"), "video/mp4");
  EXPECT_EQ(response->Header("Connection"), "");
  EXPECT_EQ(response->url, nginx.url() + "/big.mp4");
  EXPECT_TRUE(BodyOf(*response) == content);
  EXPECT_EQ(Metric("sluice_upstream_request_seconds", "2xx"), 1);
}

TEST_F(NginxClientTest, PassesRangesAndValidators) {
  Nginx nginx("location / { root files; }");
  nginx.folder().Write("files/a.txt", "0123456789");
  const TestCall call;
  auto request = Get(nginx.url() + "/a.txt");
  request.headers = {{"Range", "bytes=2-4"}};

  auto part = client_->Fetch(call, request);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->status, 206);
  EXPECT_EQ(part->Header("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(BodyOf(*part), "234");
  request.headers = {{"If-None-Match", std::string(part->Header("ETag"))}};
  EXPECT_EQ(Fetch(request), "304 ");
  request.method = "HEAD";
  request.headers.clear();
  auto head = client_->Fetch(call, request);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->content_length, 10u);
  EXPECT_EQ(BodyOf(*head), "");
  EXPECT_EQ(Metric(kConnections, "0"), 1);
  EXPECT_EQ(Metric(kConnections, "1"), 2);
}

TEST_F(NginxClientTest, SendsTheTargetAsWritten) {
  Nginx nginx("location / { return 200 $request_uri; }");

  EXPECT_EQ(Fetch(Get(nginx.url() + "/a%2Fb/%7e~/x;y/?sig=a%2B+b==&e=%e9&&#frag")),
            "200 /a%2Fb/%7e~/x;y/?sig=a%2B+b==&e=%e9&&");
}

TEST_F(NginxClientTest, SendsBodies) {
  Nginx nginx("client_max_body_size 0; location / { root up; create_full_put_path on; dav_methods PUT DELETE; }");
  std::filesystem::create_directories(nginx.folder().path() / "up");
  const auto content = Pattern(3'000'000);
  auto put = Get(nginx.url() + "/dir/x.txt");
  put.method = "PUT";
  put.body = content;

  EXPECT_EQ(Fetch(put).substr(0, 3), "201");
  EXPECT_TRUE(Fetch(Get(put.url)) == "200 " + content);
}

TEST_F(NginxClientTest, HearsAnAnswerThatComesBeforeTheBodyIsRead) {
  Nginx nginx("client_max_body_size 1k; location / { root up; dav_methods PUT; }");
  const auto content = Pattern(8'000'000);
  auto put = Get(nginx.url() + "/x.txt");
  put.method = "PUT";
  put.body = content;

  EXPECT_EQ(Fetch(put).substr(0, 3), "413");
}

TEST_F(ClientTest, DoesNotWaitForTheBodyOfARedirect) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    if (peer.ReadHead().starts_with("GET /film ")) {
      peer.Send("HTTP/1.1 200 x\r\nContent-Length: 4\r\n\r\nfilm");
      return;
    }
    peer.Send("HTTP/1.1 302 x\r\nLocation: /film\r\nContent-Length: 100\r\n\r\nnot all of it");
    peer.WaitForHangUp();
  });
  MakeClient();
  auto request = Get(origin.url());
  request.max_redirects = 1;
  const auto call = CallFor(std::chrono::seconds(5));  // less than read_timeout

  auto response = client_->Fetch(call, request);

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(BodyOf(*response), "film");
}

TEST_F(NginxClientTest, FollowsRedirectsUpToTheLimit) {
  Nginx nginx(
      "location = /a { return 301 /b; } location = /b { return 307 /c?x=%2F; } location = /c { return 200 "
      "$request_uri; }"
      " location = /loop { return 302 /loop; } location = /none { return 302 \"\"; }");
  auto request = Get(nginx.url() + "/a");

  EXPECT_EQ(Fetch(request).substr(0, 3), "301");
  request.max_redirects = 2;
  const TestCall call;
  auto response = client_->Fetch(call, request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->url, nginx.url() + "/c?x=%2F");
  EXPECT_EQ(BodyOf(*response), "/c?x=%2F");
  request.max_redirects = 1;
  const auto label = "127.0.0.1:" + std::to_string(nginx.port());
  EXPECT_EQ(Fetch(request), label + ": want at most 1 redirects");
  request.url = nginx.url() + "/loop";
  request.max_redirects = 5;
  EXPECT_EQ(Fetch(request), label + ": want at most 5 redirects");
  request.url = nginx.url() + "/none";
  EXPECT_EQ(Fetch(request), label + ": want a Location in its redirect");
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "redirect"), 3);
}

TEST_F(NginxClientTest, AsksWhereItMayBeLed) {
  Nginx nginx(
      "location /away { return 302 /end; } location /end { return 200 \"$http_x_token|$http_x_other|$http_cookie\"; }");
  auto request = Get(nginx.url() + "/away");
  request.max_redirects = 3;
  request.headers = {{"X-Token", "old"}, {"Cookie", "kept"}};
  std::vector<std::string> asked;
  request.on_redirect = [&](std::string_view url) -> sdk::Result<std::vector<sdk::Header>> {
    asked.emplace_back(url);
    return std::vector<sdk::Header>{{"x-token", "new"}, {"X-Other", "more"}};
  };

  EXPECT_EQ(Fetch(request), "200 new|more|kept");
  EXPECT_EQ(asked, std::vector{nginx.url() + "/end"});
  request.on_redirect = [](std::string_view) -> sdk::Result<std::vector<sdk::Header>> {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "not there"};
  };
  const TestCall call;
  const auto refused = client_->Fetch(call, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, sdk::Errc::kPermissionDenied);
  EXPECT_EQ(refused.error().message, "not there");
}

TEST_F(NginxClientTest, TakesCredentialsToNoOtherOrigin) {
  Nginx other("location / { return 200 \"$http_authorization|$http_cookie|$http_x_api_key|$http_range|\"; }");
  Nginx nginx("location /away { return 302 " + other.url() +
              "/; } location /home { return 302 /end; } location /end "
              "{ return 200 \"$http_authorization|$http_cookie|$http_x_api_key|\"; }");
  auto request = Get(nginx.url() + "/away");
  request.max_redirects = 3;
  request.headers = {{"Authorization", "A"}, {"Cookie", "B"}, {"X-Api-Key", "C"}, {"Range", "bytes=0-"}};

  EXPECT_EQ(Fetch(request), "200 |||bytes=0-|");
  request.url = nginx.url() + "/home";
  EXPECT_EQ(Fetch(request), "200 A|B|C|");
}

class PoolTest : public ClientTest {
 protected:
  /// Answers every request of a connection with its number.
  FaultyOrigin counting_{[this](FaultyOrigin::Peer& peer) {
    const auto number = std::to_string(++served_);
    while (!peer.ReadHead().empty()) peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + number);
  }};
  std::atomic<int> served_{0};
};

TEST_F(PoolTest, ReusesAConnectionWhoseBodyWasRead) {
  MakeClient();

  EXPECT_EQ(Fetch(Get(counting_.url())), "200 1");
  EXPECT_EQ(Metric("sluice_upstream_idle_connections"), 1);
  EXPECT_EQ(Fetch(Get(counting_.url())), "200 1");
  EXPECT_EQ(Metric(kConnections, "1"), 1);
}

TEST_F(PoolTest, ClosesAConnectionWhoseBodyWasNotRead) {
  MakeClient();
  const TestCall call;

  { auto unread = client_->Fetch(call, Get(counting_.url())); }

  EXPECT_EQ(Metric("sluice_upstream_idle_connections"), 0);
  EXPECT_EQ(Fetch(Get(counting_.url())), "200 2");
}

TEST_F(PoolTest, KeepsNoMoreThanAllowed) {
  MakeClient({.trusted = {"127.0.0.1"}, .max_idle_per_origin = 1});
  const TestCall call;
  auto first = client_->Fetch(call, Get(counting_.url()));
  auto second = client_->Fetch(call, Get(counting_.url()));

  BodyOf(*first);
  BodyOf(*second);

  EXPECT_EQ(Metric("sluice_upstream_idle_connections"), 1);
}

TEST_F(PoolTest, KeepsNothingPastTheIdleTime) {
  MakeClient({.trusted = {"127.0.0.1"}, .idle_timeout = std::chrono::milliseconds(0)});

  EXPECT_EQ(Fetch(Get(counting_.url())), "200 1");
  EXPECT_EQ(Fetch(Get(counting_.url())), "200 2");
}

TEST_F(PoolTest, HandsOutOnlyWhatLeadsToACheckedAddress) {
  Metrics metrics(registry_);
  Pool pool(4, std::chrono::minutes(1), metrics);
  const Origin origin{false, "name.test", counting_.port()};
  const auto here = *net::IpAddress::Parse("127.0.0.1");
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", counting_.port()));
  pool.Give(std::make_unique<Connection>(socket, origin, here));

  EXPECT_EQ(pool.Take(origin, std::vector{*net::IpAddress::Parse("127.0.0.2")}, false), nullptr);
  EXPECT_EQ(pool.Take({true, "name.test", counting_.port()}, std::vector{here}, false), nullptr);
  EXPECT_NE(pool.Take(origin, std::vector{here}, false), nullptr);
}

TEST_F(PoolTest, DropsAConnectionThatTheOriginClosed) {
  FaultyOrigin leaving([](FaultyOrigin::Peer&) {});
  Metrics metrics(registry_);
  Pool pool(4, std::chrono::minutes(1), metrics);
  const Origin origin{false, "name.test", leaving.port()};
  const auto here = *net::IpAddress::Parse("127.0.0.1");
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", leaving.port()));
  pool.Give(std::make_unique<Connection>(socket, origin, here));
  ASSERT_EQ(WaitFor({socket.impl()->sockfd(), POLLRDHUP, Clock::time_point::max()}, TestCall()), Wait::kReady);

  EXPECT_EQ(pool.Take(origin, std::vector{here}, false), nullptr);
  EXPECT_EQ(Metric("sluice_upstream_idle_connections"), 0);
}

TEST_F(PoolTest, GivesConnectionsToWhoeverTakesOverABody) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
    peer.WaitForHangUp();
  });
  MakeClient();
  const TestCall call;
  auto response = client_->Fetch(call, Get(origin.url()));
  ASSERT_TRUE(response);

  auto raw = ReleaseRaw(*response);

  ASSERT_TRUE(raw);
  EXPECT_NE(raw->connection, nullptr);
  EXPECT_EQ(raw->framing.kind, BodyKind::kLength);
  EXPECT_EQ(raw->framing.length, 6u);
  EXPECT_TRUE(raw->keep_alive);
  std::byte chunk[4];
  EXPECT_EQ(response->body->Read(chunk).error().code, sdk::Errc::kInternal);
  EXPECT_FALSE(ReleaseRaw(*response));
}

}  // namespace
}  // namespace sluice::upstream

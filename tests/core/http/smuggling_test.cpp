// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/request_check.hpp"
#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using namespace std::string_literals;
using testing::ReplyText;
using testing::TestServer;

struct Case {
  std::string name;
  std::string request;  ///< As sent. A second request follows, which must never be answered.
  int status;
  std::string reason;  ///< Label of sluice_http_bad_requests_total.
};

std::string Get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }
std::string Line(const std::string& line) { return line + "\r\nHost: a\r\n\r\n"; }
std::string Host(const std::string& value) { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n"; }
std::string Smuggle(const std::string& fields) { return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n0\r\n\r\n"; }

std::vector<Case> FramingCases() {
  return {
      {"two lengths", Smuggle("Content-Length: 5\r\nContent-Length: 0\r\n"), 400, "content_length"},
      {"two equal lengths", Smuggle("Content-Length: 5\r\ncontent-length: 5\r\n"), 400, "content_length"},
      {"list of lengths", Smuggle("Content-Length: 5, 5\r\n"), 400, "content_length"},
      {"length with plus", Smuggle("Content-Length: +5\r\n"), 400, "content_length"},
      {"negative length", Smuggle("Content-Length: -5\r\n"), 400, "content_length"},
      {"hex length", Smuggle("Content-Length: 0x5\r\n"), 400, "content_length"},
      {"empty length", Smuggle("Content-Length:\r\n"), 400, "content_length"},
      {"length past 63 bits", Smuggle("Content-Length: 9223372036854775808\r\n"), 400, "content_length"},
      {"length past 64 bits", Smuggle("Content-Length: 18446744073709551621\r\n"), 400, "content_length"},
      {"length then chunked", Smuggle("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400,
       "length_with_coding"},
      {"chunked then length", Smuggle("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400,
       "length_with_coding"},
      {"chunked not last", Smuggle("Transfer-Encoding: chunked, gzip\r\n"), 400, "transfer_encoding"},
      {"chunked twice", Smuggle("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400,
       "transfer_encoding"},
      {"empty coding", Smuggle("Transfer-Encoding: \r\n"), 400, "transfer_encoding"},
      {"coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "transfer_encoding"},
      {"unknown coding", Smuggle("Transfer-Encoding: gzip, chunked\r\n"), 501, "unknown_coding"},
      {"nearly chunked", Smuggle("Transfer-Encoding: xchunked\r\n"), 501, "unknown_coding"},
      {"quoted chunked", Smuggle("Transfer-Encoding: \"chunked\"\r\n"), 501, "unknown_coding"},
      {"vertical tab before chunked", Smuggle("Transfer-Encoding: \x0b"s + "chunked\r\n"), 400, "field_value"},
      {"unknown expectation", Get("Expect: 200-ok\r\n"), 417, "expectation"},
  };
}

std::vector<Case> LineCases() {
  return {
      {"bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400, "bare_line_feed"},
      {"bare LF after a field", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400, "bare_line_feed"},
      {"bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400, "bare_line_feed"},
      {"bare CR in a value", Get("X: a\rb\r\n"), 400, "bare_carriage_return"},
      {"bare CR after the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n", 400, "bare_carriage_return"},
      {"CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400, "bare_carriage_return"},
      {"folded field", Get("X: a\r\n b\r\n"), 400, "obsolete_fold"},
      {"folded field with tab", Get("X: a\r\n\tb\r\n"), 400, "obsolete_fold"},
      {"space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, "obsolete_fold"},
      {"space before the colon", Get("Content-Length : 5\r\n"), 400, "space_before_colon"},
      {"tab before the colon", Get("Content-Length\t: 5\r\n"), 400, "space_before_colon"},
      {"empty name", Get(": a\r\n"), 400, "field_name"},
      {"no colon", Get("nothing\r\n"), 400, "field_name"},
      {"name that is no token", Get("X(a): b\r\n"), 400, "field_name"},
      {"NUL in a name", Get("X\0: b\r\n"s), 400, "field_name"},
      {"NUL in a value", Get("X: a\0b\r\n"s), 400, "field_value"},
      {"control in a value", Get("X: a\x08"s + "b\r\n"), 400, "field_value"},
      {"DEL in a value", Get("X: a\x7f"s + "\r\n"), 400, "field_value"},
      {"two empty lines first", "\r\n\r\n" + Get(""), 400, "start_line"},
      {"LF first", "\n" + Get(""), 400, "bare_line_feed"},
      {"100 KB of one field", Get("X: " + std::string(100 * 1024, 'a') + "\r\n"), 431, "head_too_large"},
      {"100 KB of fields",
       [] {
         std::string fields;
         for (int i = 0; i < 90; ++i) fields += "X-" + std::to_string(i) + ": " + std::string(1130, 'a') + "\r\n";
         return Get(fields);
       }(),
       431, "head_too_large"},
      {"too many fields",
       [] {
         std::string fields;
         for (int i = 0; i < 101; ++i) fields += "A: b\r\n";
         return Get(fields);
       }(),
       431, "too_many_fields"},
      {"100 KB of target", Line("GET /" + std::string(100 * 1024, 'a') + " HTTP/1.1"), 414, "line_too_long"},
      {"17 KB of target", Line("GET /" + std::string(17 * 1024, 'a') + " HTTP/1.1"), 414, "line_too_long"},
  };
}

std::vector<Case> TargetCases() {
  return {
      {"no version", Line("GET /"), 400, "start_line"},
      {"lower-case version", Line("GET / http/1.1"), 400, "start_line"},
      {"space after the version", Line("GET / HTTP/1.1 "), 400, "start_line"},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version"},
      {"HTTP/0.9", Line("GET / HTTP/0.9"), 505, "version"},
      {"two spaces", Line("GET  / HTTP/1.1"), 400, "target"},
      {"space in the target", Line("GET /a b HTTP/1.1"), 400, "target"},
      {"tab for a space", Line("GET\t/ HTTP/1.1"), 400, "start_line"},
      {"fragment", Line("GET /a#b HTTP/1.1"), 400, "target"},
      {"control in the target", Line("GET /a\x01 HTTP/1.1"), 400, "target"},
      {"UTF-8 in the target", Line("GET /\xC3\xA9 HTTP/1.1"), 400, "target"},
      {"NUL in the target", Line("GET /a\0 HTTP/1.1"s), 400, "target"},
      {"short escape", Line("GET /%4 HTTP/1.1"), 400, "target"},
      {"bad escape", Line("GET /%zz HTTP/1.1"), 400, "target"},
      {"bad escape in the query", Line("GET /?a=%g0 HTTP/1.1"), 400, "target"},
      {"relative target", Line("GET a HTTP/1.1"), 400, "target"},
      {"asterisk with GET", Line("GET * HTTP/1.1"), 400, "target"},
      {"foreign scheme", Line("GET ftp://a/ HTTP/1.1"), 400, "target"},
      {"authority form", Line("GET a:80 HTTP/1.1"), 400, "target"},
      {"CONNECT", Line("CONNECT a:80 HTTP/1.1"), 400, "method"},
      {"method that is no token", Line("G@T / HTTP/1.1"), 400, "method"},
      {"absolute target for another host", Line("GET http://b/ HTTP/1.1"), 400, "host_mismatch"},
      {"absolute target for another port", Line("GET http://a:81/ HTTP/1.1"), 400, "host_mismatch"},
      {"absolute target with user", Line("GET http://u@a/ HTTP/1.1"), 400, "host_mismatch"},
      {"absolute target without host", Line("GET http:///x HTTP/1.1"), 400, "host_mismatch"},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400, "host_missing"},
      {"no Host with absolute target", "GET http://a/ HTTP/1.1\r\n\r\n", 400, "host_missing"},
      {"two Hosts", Get("Host: a\r\n"), 400, "host"},
      {"empty Host", Host(""), 400, "host"},
      {"Host with space", Host("a b"), 400, "host"},
      {"Host with path", Host("a/b"), 400, "host"},
      {"Host with user", Host("u@a"), 400, "host"},
      {"Host with comma", Host("a,b"), 400, "host"},
      {"Host with a word for port", Host("a:http"), 400, "host"},
      {"Host with too high a port", Host("a:65536"), 400, "host"},
      {"Host with an open bracket", Host("[::1"), 400, "host"},
      {"Host with octets past ASCII", Host("\xC3\xA9"), 400, "host"},
      {"Host too long", Host(std::string(256, 'a')), 400, "host"},
  };
}

/// Sends `request` with a second one behind it and expects one refusal and the end.
void ExpectRefusal(TestServer& server, const Case& test) {
  SCOPED_TRACE(test.name);
  const auto counted = server.Metric("sluice_http_bad_requests_total", test.reason);
  auto client = server.Connect();

  client.Send(test.request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto reply = client.Read();

  EXPECT_EQ(reply.status, test.status);
  EXPECT_EQ(reply.Field("connection"), "close");
  EXPECT_EQ(reply.Field("x-request-id").size(), 32U);
  EXPECT_TRUE(reply.complete);
  EXPECT_NE(reply.body.find("{\"error\":{\"code\":\""), std::string::npos) << reply.body;
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server.handled, 0);
  EXPECT_EQ(server.Metric("sluice_http_bad_requests_total", test.reason), counted + 1);
}

class SmugglingTest : public ::testing::Test {
 protected:
  TestServer server_{[](ServerExchange& exchange) { ReplyText(exchange, "handled"); }};
};

TEST_F(SmugglingTest, AmbiguousFramingIsRefused) {
  for (const auto& test : FramingCases()) ExpectRefusal(server_, test);
}

TEST_F(SmugglingTest, MalformedLinesAreRefused) {
  for (const auto& test : LineCases()) ExpectRefusal(server_, test);
}

TEST_F(SmugglingTest, BadTargetsAndHostsAreRefused) {
  for (const auto& test : TargetCases()) ExpectRefusal(server_, test);
}

TEST_F(SmugglingTest, ABadRequestBehindAGoodOneEndsTheConnection) {
  auto client = server_.Connect();

  client.Send(Get("") + Get("X : a\r\n") + Get(""));

  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(client.Read().status, 400);
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server_.handled, 1);
}

TEST_F(SmugglingTest, ARefusalIsFollowedByAnOrderlyEndWhateverIsStillSent) {
  auto client = server_.Connect();

  client.Send(Get("X : a\r\n") + std::string(200'000, 'x'));

  EXPECT_EQ(client.Read().status, 400);
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_FALSE(client.was_reset()) << "a reset can overtake the reply";
}

TEST_F(SmugglingTest, AFaultIsFoundBeforeTheHeadIsWhole) {
  auto bare = server_.Connect();
  auto endless = server_.Connect();

  bare.Send("GET / HTTP/1.1\nHost");
  endless.Send("GET /" + std::string(20000, 'a'));

  EXPECT_EQ(bare.Read().status, 400);
  EXPECT_EQ(endless.Read().status, 414);
}

TEST_F(SmugglingTest, WhatIsUnusualButClearIsAccepted) {
  auto client = server_.Connect();
  for (const auto& request :
       {"\r\n" + Get(""), Get("X:\r\n"), Get("X: \xC3\xA9\r\n"), Get("Content-Length: 0\r\n"), Host("[::1]:8080"),
        Host("a:"), Host("A_b.example.COM:65535"), Line("GET /a|b\"{}?<>[] HTTP/1.1"), Line("M-SEARCH / HTTP/1.1"),
        Line("GET / HTTP/1.9"), "GET http://A:80/ HTTP/1.1\r\nHost: a\r\n\r\n"s, Get("Expect: 100-Continue\r\n")}) {
    ASSERT_TRUE(client.Send(request));
    EXPECT_EQ(client.Read().status, 200) << request;
  }
}

TEST(ChunkedRequestTest, BadChunksEndTheConnection) {
  TestServer server([](ServerExchange& exchange) {
    const auto body = exchange.ReadBody(std::size_t{1000});
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().code, sdk::Errc::kInvalidArgument);
    ReplyText(exchange, body.error().message, 400);
  });
  for (const auto& chunks : {"0x5\r\nhello\r\n0\r\n\r\n"s, "+5\r\nhello\r\n0\r\n\r\n"s, " 5\r\nhello\r\n0\r\n\r\n"s,
                             "5 \r\nhello\r\n0\r\n\r\n"s, "5\r\nhello0\r\n\r\n"s, "5\nhello\r\n0\r\n\r\n"s,
                             "00000000000000005\r\nhello\r\n0\r\n\r\n"s, "FFFFFFFFFFFFFFFFF\r\n"s,
                             "\r\nhello\r\n0\r\n\r\n"s, "5;" + std::string(300, 'x') + "\r\nhello\r\n0\r\n\r\n"}) {
    auto client = server.Connect();
    client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + Get(""));
    const auto reply = client.Read();
    EXPECT_EQ(reply.status, 400) << chunks;
    EXPECT_EQ(reply.Field("connection"), "close") << chunks;
    EXPECT_TRUE(client.ReadsEnd()) << chunks;
  }
}

TEST(ChunkedRequestTest, BadChunksThatNobodyReadsAreRefusedToo) {
  TestServer server([](ServerExchange& exchange) { ReplyText(exchange, "handled"); });
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n" + Get(""));

  EXPECT_EQ(client.Read().status, 400);
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server.handled, 0);
  EXPECT_EQ(server.Metric("sluice_http_bad_requests_total", "chunk_size"), 1);
}

TEST(ChunkedRequestTest, GoodChunksThatNobodyReadsAreDropped) {
  TestServer server([](ServerExchange& exchange) { ReplyText(exchange, "handled"); });
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + Get(""));

  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(server.handled, 2);
}

TEST(RefusalTest, IsToldToWhoeverWantsToKnow) {
  struct Told {
    std::string id, listener, client, reason;
    int status;
  };
  std::mutex mutex;
  std::vector<Told> told;
  auto options = testing::SmallOptions();
  options.head_timeout = std::chrono::milliseconds(100);
  options.on_refused = [&](const RefusedRequest& refused) {
    const std::lock_guard lock(mutex);
    told.push_back({std::string(refused.request_id), std::string(refused.listener), std::string(refused.client_ip),
                    std::string(refused.reason), refused.status});
  };
  TestServer server([](ServerExchange& exchange) { ReplyText(exchange, "handled"); }, options);
  auto bad = server.Connect();
  auto slow = server.Connect();

  bad.Send(Get("X : secret\r\n"));
  const auto id = bad.Read().Field("x-request-id");
  slow.Send("GET /");
  EXPECT_EQ(slow.Read().status, 408);

  ASSERT_TRUE(testing::Eventually([&] {
    const std::lock_guard lock(mutex);
    return told.size() == 2;
  }));
  EXPECT_EQ(told[0].id, id);
  EXPECT_EQ(told[0].listener, "main");
  EXPECT_EQ(told[0].client, "127.0.0.1");
  EXPECT_EQ(told[0].status, 400);
  EXPECT_EQ(told[0].reason, "space_before_colon");
  EXPECT_EQ(told[1].status, 408);
  EXPECT_EQ(told[1].reason, "head_timeout");
}

}  // namespace
}  // namespace sluice::http

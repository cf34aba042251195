// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "core/upstream/byte_range.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/redirect.hpp"
#include "core/upstream/request_head.hpp"
#include "core/upstream/response_head.hpp"
#include "core/upstream/target.hpp"

namespace sluice::upstream {
namespace {

using http::Fault;
using Headers = std::vector<sdk::Header>;

TEST(TargetTest, SendsTheUrlAsItIsWritten) {
  const auto target = ParseTarget("HTTPS://CDN.Example:8443/a%2Fb/%7e~//x;y?sig=a%2B+b&e=%e9#t=1");

  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(target->path, "/a%2Fb/%7e~//x;y?sig=a%2B+b&e=%e9");
  EXPECT_EQ(target->origin.Label(), "cdn.example:8443");
  EXPECT_EQ(target->host_header, "CDN.Example:8443");
  EXPECT_TRUE(target->origin.tls);
  EXPECT_EQ(target->url, "HTTPS://CDN.Example:8443/a%2Fb/%7e~//x;y?sig=a%2B+b&e=%e9");
}

TEST(TargetTest, EscapesOnlyWhatCannotStandInARequestLine) {
  const auto target = ParseTarget("http://h/a b\tc\xC3\xA9?q=d e");

  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(target->path, "/a%20b%09c%C3%A9?q=d%20e");
}

TEST(TargetTest, LeavesDefaultPortsOut) {
  EXPECT_EQ(ParseTarget("http://h:80")->host_header, "h");
  EXPECT_EQ(ParseTarget("https://h:443/")->host_header, "h");
  EXPECT_EQ(ParseTarget("http://h:443/")->host_header, "h:443");
  EXPECT_EQ(ParseTarget("http://[::1]:81/")->host_header, "[::1]:81");
  EXPECT_EQ(ParseTarget("http://[::1]:81/")->origin.Label(), "[::1]:81");
  EXPECT_EQ(ParseTarget("http://h?q")->path, "/?q");
}

TEST(TargetTest, RefusesHostsThatTwoParsersCouldReadDifferently) {
  for (const char* url : {"http://2130706433/",
                          "http://0x7f000001/",
                          "http://0177.0.0.1/",
                          "http://127.1/",
                          "http://127.0.0.1./",
                          "http://localhost./",
                          "http://user:pass@host/",
                          "http://@host/",
                          "http://allowed.com\\@evil/",
                          "http://%31%32%37.0.0.1/",
                          "http://h:0/",
                          "http://h:65536/",
                          "http://h:1a/",
                          "http:///p",
                          "http:/host",
                          "http:host",
                          "http://\xE2\x91\xA0.0.0.1/",
                          "http://[fe80::1%25eth0]/",
                          "http://[fe80::1%eth0]/",
                          "http://[127.0.0.1]/",
                          "http://[::1/",
                          "http://a..b/",
                          "http://-a/",
                          "http://h\t/",
                          "http:// h/",
                          "ftp://h/",
                          "file:///etc/passwd",
                          "gopher://h/",
                          "",
                          "//h/p",
                          "/p",
                          "http://h/a\r\nX: y",
                          "http://h/a\nb",
                          "http://h:80:80/",
                          "http://[::1]80/",
                          "http://a_b.0x1/"}) {
    const auto target = ParseTarget(url);
    ASSERT_FALSE(target) << url;
    EXPECT_EQ(target.error().code, sdk::Errc::kInvalidArgument) << url;
  }
  EXPECT_FALSE(ParseTarget(std::string_view("http://h/a\0b", 12)));
  EXPECT_FALSE(ParseTarget("http://" + std::string(64, 'a') + ".example/"));
}

TEST(TargetTest, FragmentsNeverMoveTheHost) {
  EXPECT_EQ(ParseTarget("http://allowed.com#@evil.example/")->origin.host, "allowed.com");
}

std::string HeadFor(const Headers& headers, std::string_view method = "GET", std::size_t body = 0) {
  const auto head = WriteRequestHead(method, *ParseTarget("http://h:81/p?q"), headers, body);
  return head ? *head : head.error().message;
}

TEST(RequestHeadTest, AddsWhatEveryRequestNeeds) {
  EXPECT_EQ(HeadFor({}), "GET /p?q HTTP/1.1\r\nHost: h:81\r\nUser-Agent: Sluice/" SLUICE_VERSION
                         "\r\nAccept-Encoding: identity\r\n\r\n");
}

TEST(RequestHeadTest, KeepsEndToEndFieldsAndDropsTheRest) {
  const auto head = HeadFor({{"Host", "evil"},
                             {"Connection", "close, X-Hop"},
                             {"x-hop", "1"},
                             {"Keep-Alive", "1"},
                             {"TE", "trailers"},
                             {"Transfer-Encoding", "chunked"},
                             {"content-length", "7"},
                             {"Upgrade", "h2c"},
                             {"Proxy-Authorization", "Basic x"},
                             {"Expect", "100-continue"},
                             {"Accept-Encoding", "gzip"},
                             {"User-Agent", "player"},
                             {"Cookie", "a=b"}});

  EXPECT_EQ(head,
            "GET /p?q HTTP/1.1\r\nHost: h:81\r\nAccept-Encoding: gzip\r\nUser-Agent: player\r\nCookie: a=b\r\n\r\n");
}

TEST(RequestHeadTest, AnnouncesBodies) {
  EXPECT_NE(HeadFor({}, "POST").find("\r\nContent-Length: 0\r\n"), std::string::npos);
  EXPECT_NE(HeadFor({}, "DELETE", 3).find("\r\nContent-Length: 3\r\n"), std::string::npos);
  EXPECT_EQ(HeadFor({}, "GET").find("Content-Length"), std::string::npos);
}

TEST(RequestHeadTest, RefusesWhatWouldSplitTheRequest) {
  EXPECT_EQ(HeadFor({{"A", "b"}, {"X", "a\r\nY: b"}}), "/headers/1: want a value without control characters");
  EXPECT_EQ(HeadFor({{"X", std::string("a\0b", 3)}}), "/headers/0: want a value without control characters");
  EXPECT_EQ(HeadFor({{"X\r\nY", "b"}}), "/headers/0: want a token as name");
  EXPECT_EQ(HeadFor({{"", "b"}}), "/headers/0: want a token as name");
  EXPECT_EQ(HeadFor({}, "GET / HTTP/1.1\r\nX: y\r\n\r\nGET"), "/method: want a method other than CONNECT");
  EXPECT_EQ(HeadFor({}, "CONNECT"), "/method: want a method other than CONNECT");
}

Fault Parse(std::string_view head, ResponseHead& out, bool to_head = false) {
  return ParseResponseHead(head, to_head, out);
}

TEST(ResponseHeadTest, KnowsHowEachBodyIsFramed) {
  ResponseHead head;

  ASSERT_EQ(Parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", head), Fault::kNone);
  EXPECT_EQ(head.framing.kind, BodyKind::kLength);
  EXPECT_EQ(head.framing.length, 5u);
  EXPECT_TRUE(head.keep_alive);
  ASSERT_EQ(Parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", head), Fault::kNone);
  EXPECT_EQ(head.framing.kind, BodyKind::kChunked);
  ASSERT_EQ(Parse("HTTP/1.1 200 OK\r\n\r\n", head), Fault::kNone);
  EXPECT_EQ(head.framing.kind, BodyKind::kClose);
  EXPECT_FALSE(head.keep_alive);
  ASSERT_EQ(Parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", head, true), Fault::kNone);
  EXPECT_EQ(head.framing.kind, BodyKind::kNone);
  EXPECT_EQ(head.announced_length, 5u);
  for (const char* status : {"204 No Content", "304 Not Modified", "103 Early Hints"}) {
    ASSERT_EQ(Parse("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 5\r\n\r\n", head), Fault::kNone);
    EXPECT_EQ(head.framing.kind, BodyKind::kNone) << status;
  }
}

TEST(ResponseHeadTest, KnowsWhatKeepsAConnection) {
  const std::pair<const char*, bool> cases[] = {
      {"HTTP/1.1 204 x\r\n\r\n", true},
      {"HTTP/1.1 204 x\r\nConnection: x, Close\r\n\r\n", false},
      {"HTTP/1.0 204 x\r\n\r\n", false},
      {"HTTP/1.0 204 x\r\nConnection: Keep-Alive\r\n\r\n", true},
      {"HTTP/1.0 204 x\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", false},
  };
  for (const auto& [text, keeps] : cases) {
    ResponseHead head;
    ASSERT_EQ(Parse(text, head), Fault::kNone) << text;
    EXPECT_EQ(head.keep_alive, keeps) << text;
  }
}

TEST(ResponseHeadTest, DropsHopByHopFields) {
  ResponseHead head;

  ASSERT_EQ(
      Parse("HTTP/1.1 200 \r\nConnection: X-A\r\nX-A: 1\r\nKeep-Alive: 2\r\nX-B: 3\r\nContent-Length: 0\r\n\r\n", head),
      Fault::kNone);
  EXPECT_EQ(head.headers, (std::vector<sdk::Header>{{"X-B", "3"}, {"Content-Length", "0"}}));
}

TEST(ResponseHeadTest, RefusesAmbiguousHeads) {
  ResponseHead head;
  for (const char* text :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : a\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n"}) {
    EXPECT_NE(Parse(text, head), Fault::kNone) << text;
  }
  EXPECT_EQ(Parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length: 5\r\n\r\n", head), Fault::kNone);
}

Hop HopTo(std::string_view url, std::string method = "GET") {
  return {std::move(method),
          *ParseTarget(url),
          {{"Authorization", "Bearer s"},
           {"Cookie", "c"},
           {"X-Api-Key", "k"},
           {"Range", "bytes=0-1"},
           {"Content-Type", "text/plain"}},
          "body"};
}

TEST(RedirectTest, KeepsCredentialsWithinAnOrigin) {
  auto hop = HopTo("http://h/a/b?c");

  ASSERT_TRUE(Follow(302, "../d?e#f", hop));
  EXPECT_EQ(hop.target.url, "http://h/d?e");
  EXPECT_EQ(hop.headers.size(), 5u);
}

TEST(RedirectTest, DropsEverythingThatMayBeSecretAcrossOrigins) {
  for (const char* location : {"http://other/", "http://h:81/", "https://h/", "//other/x", "http://a.h/"}) {
    auto hop = HopTo("http://h/a");
    ASSERT_TRUE(Follow(307, location, hop)) << location;
    EXPECT_EQ(hop.headers, (std::vector<sdk::Header>{{"Range", "bytes=0-1"}, {"Content-Type", "text/plain"}}));
  }
}

TEST(RedirectTest, ChangesMethodsAsBrowsersDo) {
  const struct {
    int status;
    const char* method;
    const char* becomes;
    const char* body;
  } cases[] = {{301, "POST", "GET", ""},      {302, "POST", "GET", ""},      {303, "POST", "GET", ""},
               {303, "PUT", "GET", ""},       {303, "HEAD", "HEAD", "body"}, {301, "PUT", "PUT", "body"},
               {307, "POST", "POST", "body"}, {308, "POST", "POST", "body"}, {302, "HEAD", "HEAD", "body"}};
  for (const auto& one : cases) {
    auto hop = HopTo("http://h/a", one.method);
    ASSERT_TRUE(Follow(one.status, "/x", hop));
    EXPECT_EQ(hop.method, one.becomes) << one.status << one.method;
    EXPECT_EQ(hop.body, one.body) << one.status << one.method;
  }
}

TEST(RedirectTest, RefusesDowngradesAndOtherSchemes) {
  for (const char* location : {"http://h/", "", "ftp://h/", "file:///etc/passwd", "javascript:x", "https://u:p@h/",
                               "https://0x7f.1/", "data:,x"}) {
    auto hop = HopTo("https://h/a");
    const auto led = Follow(302, location, hop);
    ASSERT_FALSE(led) << location;
    EXPECT_EQ(led.error().code, sdk::Errc::kUpstreamFailed);
  }
}

TEST(ByteRangeTest, FollowsRfc9110) {
  const struct {
    const char* range;
    std::uint64_t size;
    RangeAnswer answer;
    std::uint64_t first;
    std::uint64_t length;
  } cases[] = {
      {"bytes=0-0", 10, RangeAnswer::kPart, 0, 1},
      {"bytes=2-5", 10, RangeAnswer::kPart, 2, 4},
      {"BYTES=2-5", 10, RangeAnswer::kPart, 2, 4},
      {"bytes=2-", 10, RangeAnswer::kPart, 2, 8},
      {"bytes=2-99", 10, RangeAnswer::kPart, 2, 8},
      {"bytes=2-99999999999999999999999", 10, RangeAnswer::kPart, 2, 8},
      {"bytes=-3", 10, RangeAnswer::kPart, 7, 3},
      {"bytes=-99", 10, RangeAnswer::kPart, 0, 10},
      {"bytes= 2-5 ", 10, RangeAnswer::kPart, 2, 4},
      {"bytes=10-", 10, RangeAnswer::kUnsatisfiable, 0, 0},
      {"bytes=99999999999999999999999-", 10, RangeAnswer::kUnsatisfiable, 0, 0},
      {"bytes=-0", 10, RangeAnswer::kUnsatisfiable, 0, 0},
      {"bytes=0-", 0, RangeAnswer::kUnsatisfiable, 0, 0},
      {"bytes=-5", 0, RangeAnswer::kUnsatisfiable, 0, 0},
      {"bytes=5-2", 10, RangeAnswer::kWhole, 0, 10},
      {"bytes=0-1,3-4", 10, RangeAnswer::kWhole, 0, 10},
      {"bytes=0-1,", 10, RangeAnswer::kWhole, 0, 10},
      {"bytes=", 10, RangeAnswer::kWhole, 0, 10},
      {"bytes=-", 10, RangeAnswer::kWhole, 0, 10},
      {"bytes=a-b", 10, RangeAnswer::kWhole, 0, 10},
      {"bytes=1-2-3", 10, RangeAnswer::kWhole, 0, 10},
      {"bytes=+1-2", 10, RangeAnswer::kWhole, 0, 10},
      {"items=0-1", 10, RangeAnswer::kWhole, 0, 10},
      {"", 10, RangeAnswer::kWhole, 0, 10},
  };
  for (const auto& one : cases) {
    const auto range = ParseRange(one.range, one.size);
    EXPECT_EQ(range.answer, one.answer) << one.range;
    EXPECT_EQ(range.first, one.first) << one.range;
    EXPECT_EQ(range.length, one.length) << one.range;
  }
}

TEST(HttpDateTest, ReadsAllThreeForms) {
  const sdk::Seconds wanted(std::chrono::seconds(784111777));
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), wanted);
  EXPECT_EQ(ParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"), wanted);
  EXPECT_EQ(ParseHttpDate("Sun Nov  6 08:49:37 1994"), wanted);
  EXPECT_EQ(HttpDate(wanted), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const char* text : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37 GMT x"}) {
    EXPECT_FALSE(ParseHttpDate(text)) << text;
  }
}

}  // namespace
}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/http/chunked.hpp"
#include "core/http/head_scanner.hpp"

namespace sluice::http {
namespace {

using namespace std::string_literals;

struct Scanned {
  Fault fault = Fault::kNone;
  std::vector<sdk::Field> fields;
};

Scanned Fields(std::string_view block, std::size_t max_fields = 10) {
  Scanned scanned;
  scanned.fault = ScanFields(block, max_fields, scanned.fields);
  return scanned;
}

TEST(HeadEndTest, IsFoundWhereTheEmptyLineEnds) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  std::size_t scanned = 0;

  const auto end = FindHeadEnd(head + "GET /next", scanned);

  EXPECT_EQ(end.state, HeadEnd::State::kComplete);
  EXPECT_EQ(end.size, head.size());
}

TEST(HeadEndTest, IsFoundWhenOctetsComeOneAtATime) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  std::size_t scanned = 0;

  for (std::size_t size = 0; size < head.size(); ++size) {
    ASSERT_EQ(FindHeadEnd(std::string_view(head).substr(0, size), scanned).state, HeadEnd::State::kIncomplete) << size;
  }

  EXPECT_EQ(FindHeadEnd(head, scanned).size, head.size());
}

TEST(HeadEndTest, FaultsAsSoonAsALineEndIsNotOne) {
  std::size_t scanned = 0;
  EXPECT_EQ(FindHeadEnd("GET / HTTP/1.1\n", scanned).fault, Fault::kBareLineFeed);
  scanned = 0;
  EXPECT_EQ(FindHeadEnd("GET / HTTP/1.1\rH", scanned).fault, Fault::kBareCarriageReturn);
  scanned = 0;
  EXPECT_EQ(FindHeadEnd("GET / HTTP/1.1\r\nA: b\r\n\n", scanned).fault, Fault::kBareLineFeed);
}

TEST(RequestLineTest, IsCutIntoItsParts) {
  RequestLine line;

  ASSERT_EQ(ScanRequestLine("PROPFIND /a?b=%20 HTTP/1.0", line), Fault::kNone);

  EXPECT_EQ(line.method, "PROPFIND");
  EXPECT_EQ(line.target, "/a?b=%20");
  EXPECT_EQ(line.minor, 0);
}

TEST(RequestLineTest, RefusesWhatIsNotStrict) {
  const std::vector<std::pair<std::string, Fault>> cases{
      {"", Fault::kStartLine},
      {"GET /", Fault::kStartLine},
      {"GET HTTP/1.1", Fault::kStartLine},
      {"GET / http/1.1", Fault::kStartLine},
      {"GET / HTTP/1.1 ", Fault::kStartLine},
      {"GET / HTTP/11", Fault::kStartLine},
      {"GET / HTTP/2.0", Fault::kVersion},
      {"GET / HTTP/0.9", Fault::kVersion},
      {"GET  / HTTP/1.1", Fault::kTarget},
      {"GET /  HTTP/1.1", Fault::kTarget},
      {"GET /a b HTTP/1.1", Fault::kTarget},
      {"GET\t/ HTTP/1.1", Fault::kStartLine},
      {" GET / HTTP/1.1", Fault::kMethod},
      {"G(T / HTTP/1.1", Fault::kMethod},
      {std::string(33, 'A').append(" / HTTP/1.1"), Fault::kMethod},
      {"GET /#a HTTP/1.1", Fault::kTarget},
      {"GET /\x80 HTTP/1.1", Fault::kTarget},
      {"GET /\x01 HTTP/1.1", Fault::kTarget},
      {"GET /a\0b HTTP/1.1"s, Fault::kTarget},
      {"GET /\x7f HTTP/1.1", Fault::kTarget},
  };
  for (const auto& [line, fault] : cases) {
    RequestLine out;
    EXPECT_EQ(ScanRequestLine(line, out), fault) << line;
  }
}

TEST(StatusLineTest, IsCutIntoItsParts) {
  StatusLine line;

  ASSERT_EQ(ScanStatusLine("HTTP/1.1 404 Not Found", line), Fault::kNone);

  EXPECT_EQ(line.status, 404);
  EXPECT_EQ(line.reason, "Not Found");
  EXPECT_EQ(ScanStatusLine("HTTP/1.0 200", line), Fault::kNone);
  EXPECT_EQ(line.minor, 0);
  EXPECT_EQ(ScanStatusLine("HTTP/1.1 200 ", line), Fault::kNone);
  EXPECT_EQ(line.reason, "");
}

TEST(StatusLineTest, RefusesWhatIsNotStrict) {
  StatusLine line;
  for (const auto* bad : {"", "HTTP/1.1", "HTTP/1.1  200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK",
                          "HTTP/1.1 +20 OK", "ICY 200 OK", "HTTP/1.1 200 O\x01K", "HTTP/1.1200 OK"}) {
    EXPECT_EQ(ScanStatusLine(bad, line), Fault::kStartLine) << bad;
  }
  EXPECT_EQ(ScanStatusLine("HTTP/2.0 200 OK", line), Fault::kVersion);
}

TEST(FieldsTest, AreViewsWithoutOuterSpace) {
  const auto scanned = Fields("Host: a\r\nX-Empty:\r\nx-b:\t b c \t\r\nX-High: \xC3\xA9\r\n\r\n");

  ASSERT_EQ(scanned.fault, Fault::kNone);
  ASSERT_EQ(scanned.fields.size(), 4U);
  EXPECT_EQ(scanned.fields[0].name, "Host");
  EXPECT_EQ(scanned.fields[1].value, "");
  EXPECT_EQ(scanned.fields[2].value, "b c");
  EXPECT_EQ(scanned.fields[3].value, "\xC3\xA9");
}

TEST(FieldsTest, RefuseWhatIsNotStrict) {
  const std::vector<std::pair<std::string, Fault>> cases{
      {"Host a\r\n\r\n", Fault::kSpaceBeforeColon},
      {"Host : a\r\n\r\n", Fault::kSpaceBeforeColon},
      {"Host\t: a\r\n\r\n", Fault::kSpaceBeforeColon},
      {": a\r\n\r\n", Fault::kFieldName},
      {"Host\r\n\r\n", Fault::kFieldName},
      {"Ho(st: a\r\n\r\n", Fault::kFieldName},
      {"H\xC3\xB6st: a\r\n\r\n", Fault::kFieldName},
      {" Host: a\r\n\r\n", Fault::kObsoleteFold},
      {"A: a\r\n b\r\n\r\n", Fault::kObsoleteFold},
      {"A: a\r\n\tb\r\n\r\n", Fault::kObsoleteFold},
      {"A: a\nB: b\r\n\r\n", Fault::kBareLineFeed},
      {"A: a\rB: b\r\n\r\n", Fault::kBareCarriageReturn},
      {"A: a\r\n\n", Fault::kBareLineFeed},
      {"A: a\0b\r\n\r\n"s, Fault::kFieldValue},
      {"A: \x01\r\n\r\n", Fault::kFieldValue},
      {"A: \x7f\r\n\r\n", Fault::kFieldValue},
      {"A: a\r\n\r\nB: b", Fault::kFieldName},
      {"", Fault::kBareLineFeed},
  };
  for (const auto& [block, fault] : cases) EXPECT_EQ(Fields(block).fault, fault) << block;
}

TEST(FieldsTest, AreCounted) {
  EXPECT_EQ(Fields("A: 1\r\nB: 2\r\n\r\n", 2).fault, Fault::kNone);
  EXPECT_EQ(Fields("A: 1\r\nB: 2\r\nC: 3\r\n\r\n", 2).fault, Fault::kTooManyFields);
}

TEST(FramingTest, TakesOneLengthOrChunked) {
  Framing length;
  Framing chunked;
  Framing none;

  EXPECT_EQ(ScanFraming(Fields("Content-Length: 42\r\n\r\n").fields, length), Fault::kNone);
  EXPECT_EQ(ScanFraming(Fields("transfer-encoding: Chunked\r\n\r\n").fields, chunked), Fault::kNone);
  EXPECT_EQ(ScanFraming({}, none), Fault::kNone);

  EXPECT_EQ(length.length, 42U);
  EXPECT_FALSE(length.chunked);
  EXPECT_TRUE(chunked.chunked);
  EXPECT_FALSE(none.chunked || none.length);
}

TEST(FramingTest, RefusesEveryAmbiguity) {
  const std::vector<std::pair<std::string, Fault>> cases{
      {"Content-Length: 5\r\nContent-Length: 5\r\n", Fault::kContentLength},
      {"Content-Length: 5\r\nContent-Length: 6\r\n", Fault::kContentLength},
      {"Content-Length: 5, 5\r\n", Fault::kContentLength},
      {"Content-Length: +5\r\n", Fault::kContentLength},
      {"Content-Length: -5\r\n", Fault::kContentLength},
      {"Content-Length: 0x5\r\n", Fault::kContentLength},
      {"Content-Length: 5 5\r\n", Fault::kContentLength},
      {"Content-Length:\r\n", Fault::kContentLength},
      {"Content-Length: 9223372036854775808\r\n", Fault::kContentLength},
      {"Content-Length: 18446744073709551621\r\n", Fault::kContentLength},
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", Fault::kLengthWithCoding},
      {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", Fault::kLengthWithCoding},
      {"Transfer-Encoding: chunked, gzip\r\n", Fault::kTransferEncoding},
      {"Transfer-Encoding: chunked, chunked\r\n", Fault::kTransferEncoding},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", Fault::kTransferEncoding},
      {"Transfer-Encoding: chunked,\r\n", Fault::kTransferEncoding},
      {"Transfer-Encoding:\r\n", Fault::kTransferEncoding},
      {"Transfer-Encoding: gzip, chunked\r\n", Fault::kUnknownCoding},
      {"Transfer-Encoding: xchunked\r\n", Fault::kUnknownCoding},
      {"Transfer-Encoding: identity\r\n", Fault::kUnknownCoding},
      {"Transfer-Encoding: chunked;a=b\r\n", Fault::kUnknownCoding},
  };
  for (const auto& [lines, fault] : cases) {
    const auto block = lines + "\r\n";  // the views point into it
    Framing out;
    EXPECT_EQ(ScanFraming(Fields(block).fields, out), fault) << lines;
  }
}

TEST(ListTest, FindsTokensInAnyCase) {
  EXPECT_TRUE(ListHas("keep-alive, Close", "close"));
  EXPECT_TRUE(ListHas(",close", "close"));
  EXPECT_FALSE(ListHas("closed, enclose", "close"));
  EXPECT_FALSE(ListHas("", "close"));
}

struct Decoded {
  std::string body;
  std::string trailers;
  std::size_t consumed = 0;
  Fault fault = Fault::kNone;
  bool done = false;
};

/// Feeds `pieces` one by one, as a socket would.
Decoded Decode(const std::vector<std::string>& pieces) {
  ChunkDecoder decoder;
  Decoded out;
  for (const auto& piece : pieces) {
    std::string_view rest = piece;
    while (!rest.empty() && !decoder.done() && out.fault == Fault::kNone) {
      const auto step = decoder.Next(rest);
      out.body += step.data;
      out.trailers += step.trailers;
      out.consumed += step.consumed;
      out.fault = step.fault;
      rest.remove_prefix(step.consumed);
    }
  }
  out.done = decoder.done();
  return out;
}

TEST(ChunkDecoderTest, StopsAtTheEndOfTheBody) {
  const std::string coded = "4\r\nWiki\r\n6;a=b\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nX-T: v\r\n\r\n";

  const auto decoded = Decode({coded + "GET / HTTP/1.1\r\n"});

  EXPECT_TRUE(decoded.done);
  EXPECT_EQ(decoded.fault, Fault::kNone);
  EXPECT_EQ(decoded.body, "Wikipedia in \r\n\r\nchunks.");
  EXPECT_EQ(decoded.trailers, "X-T: v\r\n\r\n");
  EXPECT_EQ(decoded.consumed, coded.size());
}

TEST(ChunkDecoderTest, GivesTheSameBodyAndTrailersHoweverItIsCut) {
  std::mt19937 random(7);
  std::string body;
  std::string coded;
  for (int i = 0; i < 40; ++i) {
    const std::string data(1 + random() % 300, static_cast<char>('a' + i % 26));
    char size[16];
    std::snprintf(size, sizeof(size), "%zX", data.size());
    body += data;
    coded += size + (i % 3 == 0 ? ";ext=\"v\""s : ""s) + "\r\n" + data + "\r\n";
  }
  const std::string trailers = "X-One: 1\r\nX-Two:\r\n\r\n";
  coded += "0\r\n" + trailers;

  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < coded.size();) {
      pieces.push_back(coded.substr(at, 1 + random() % 64));
      at += pieces.back().size();
    }
    const auto decoded = Decode(pieces);
    ASSERT_TRUE(decoded.done);
    ASSERT_EQ(decoded.body, body);
    ASSERT_EQ(decoded.trailers, trailers);
  }
}

TEST(ChunkDecoderTest, RefusesWhatIsNotStrict) {
  const std::vector<std::pair<std::string, Fault>> cases{
      {"\r\n", Fault::kChunkSize},
      {"0x5\r\nhello\r\n", Fault::kChunkSize},
      {"+5\r\nhello\r\n", Fault::kChunkSize},
      {"-5\r\nhello\r\n", Fault::kChunkSize},
      {" 5\r\nhello\r\n", Fault::kChunkSize},
      {"5 \r\nhello\r\n", Fault::kChunkSize},
      {"5 ;a\r\nhello\r\n", Fault::kChunkSize},
      {"00000000000000005\r\nhello\r\n", Fault::kChunkSize},
      {"8000000000000000\r\n", Fault::kChunkSize},
      {"FFFFFFFFFFFFFFFF\r\n", Fault::kChunkSize},
      {"5\nhello\r\n", Fault::kChunkSize},
      {"5\rhello\r\n", Fault::kChunkSize},
      {"5;a\nhello\r\n", Fault::kChunkExtension},
      {"5;a\0\r\nhello\r\n"s, Fault::kChunkExtension},
      {"5;" + std::string(ChunkDecoder::kMaxExtensionBytes + 1, 'a') + "\r\n", Fault::kChunkExtension},
      {"5\r\nhello0\r\n\r\n", Fault::kChunkEnd},
      {"5\r\nhello\n0\r\n\r\n", Fault::kChunkEnd},
      {"5\r\nhello\r0\r\n\r\n", Fault::kChunkEnd},
      {"0\r\n\n", Fault::kTrailer},
      {"0\r\n: a\r\n\r\n", Fault::kTrailer},
      {"0\r\nA : a\r\n\r\n", Fault::kTrailer},
      {"0\r\nA: a\r\n b\r\n\r\n", Fault::kTrailer},
      {"0\r\nA: a\n\r\n", Fault::kTrailer},
      {"0\r\nA: " + std::string(ChunkDecoder::kMaxTrailerBytes, 'a') + "\r\n\r\n", Fault::kTrailer},
  };
  for (const auto& [coded, fault] : cases) {
    const auto decoded = Decode({coded});
    EXPECT_EQ(decoded.fault, fault) << coded;
    EXPECT_FALSE(decoded.done) << coded;
  }
}

TEST(ChunkDecoderTest, BoundsExtensionsOfTheWholeBody) {
  std::string coded;
  for (std::size_t i = 0; i <= ChunkDecoder::kMaxExtensionsBytes / 200; ++i) {
    coded += "1;" + std::string(200, 'a') + "\r\nx\r\n";
  }

  EXPECT_EQ(Decode({coded}).fault, Fault::kChunkExtension);
}

TEST(FaultTest, EveryFaultHasItsOwnReason) {
  EXPECT_EQ(ReasonOf(Fault::kNone), "none");
  EXPECT_EQ(ReasonOf(Fault::kTrailer), "trailer");
  EXPECT_EQ(ReasonOf(Fault::kHostMismatch), "host_mismatch");
}

}  // namespace
}  // namespace sluice::http

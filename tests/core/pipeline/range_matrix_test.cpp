// SPDX-License-Identifier: MIT
// The range matrix through a real server: requests wait without a worker, bodies are relayed.
#include <array>
#include <cstdlib>
#include <sluice/sdk/text.hpp>

#include "core/pipeline/content_coding.hpp"
#include "tests/core/pipeline/direct_fixture.hpp"
#include "tests/core/pipeline/served_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {
namespace {

using http::testing::RawResponse;

constexpr std::size_t kSize = 1000;

std::string MakeBody() {
  std::string body;
  for (std::size_t i = 0; body.size() < kSize; ++i) body += std::to_string(i) + " ";
  body.resize(kSize);
  return body;
}

const std::string kBody = MakeBody();

/// What a viewer asks for, and what a server with ranges makes of it.
struct Asking {
  const char* name;
  const char* range;  ///< Null: no field.
  int status;
  std::size_t first = 0;
  std::size_t last = kSize - 1;
  const char* sent = nullptr;  ///< What the origin has to see. Null: no Range.
};

constexpr std::array kAskings{
    Asking{"None", nullptr, 200},
    Asking{"FirstToLast", "bytes=10-19", 206, 10, 19, "bytes=10-19"},
    Asking{"From", "bytes=990-", 206, 990, 999, "bytes=990-"},
    Asking{"Suffix", "bytes=-5", 206, 995, 999, "bytes=-5"},
    Asking{"LastBeyondEnd", "bytes=990-5000", 206, 990, 999, "bytes=990-5000"},
    Asking{"FirstBeyondEnd", "bytes=5000-", 416, 0, 0, "bytes=5000-"},
    Asking{"Reversed", "bytes=20-10", 200},
    Asking{"Multi", "bytes=0-4, 10-14", 206, 0, 0, "bytes=0-4,10-14"},
    Asking{"BadUnit", "items=0-4", 200},
    Asking{"BadSyntax", "bytes=a-4", 200},
    Asking{"TooMany",
           "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30,32-32", 200},
    Asking{"FirstOverflows", "bytes=99999999999999999999999-", 416, 0, 0, "bytes=9223372036854775807-"},
    Asking{"LastOverflows", "bytes=995-99999999999999999999999", 206, 995, 999, "bytes=995-9223372036854775807"},
    Asking{"SuffixOverflows", "bytes=-99999999999999999999999", 206, 0, 999, "bytes=-9223372036854775807"},
};

void PrintTo(const Asking& asking, std::ostream* out) { *out << asking.name; }

std::string ContentRange(std::size_t first, std::size_t last) {
  return "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" + std::to_string(kSize);
}

bool IsMulti(const Asking& asking) { return std::string_view(asking.name) == "Multi"; }

class RangeMatrixTest : public Served<DirectStreamTest>,
                        public ::testing::WithParamInterface<std::tuple<Asking, const char*>> {
 protected:
  static const Asking& asking() { return std::get<0>(GetParam()); }
  static bool head() { return std::get<1>(GetParam()) == std::string_view("HEAD"); }

  /// \param fields  of the request, each ending in CRLF.
  RawResponse AskFor(const std::string& url, std::string fields = {}) {
    AllowLoopback(", retry: {max_attempts: 1}");
    Use();
    if (asking().range != nullptr) fields += std::string("Range: ") + asking().range + "\r\n";
    RawClient viewer(server_.Port("main"));
    viewer.Send(std::get<1>(GetParam()) + (" " + To(url)) + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
    return viewer.Read(head());
  }

  static void ExpectWhole(const RawResponse& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, head() ? "" : kBody);
    EXPECT_EQ(answer.Field("Content-Length"), "1000");
    EXPECT_EQ(answer.Field("Content-Range"), "");
    EXPECT_TRUE(answer.complete);
  }
  static void ExpectPart(const RawResponse& answer) {
    EXPECT_EQ(answer.status, 206) << answer.body;
    if (IsMulti(asking())) {
      EXPECT_THAT(answer.Field("Content-Type"), ::testing::StartsWith("multipart/byteranges"));
      EXPECT_EQ(answer.Field("Content-Range"), "");
      EXPECT_THAT(answer.body, ::testing::HasSubstr("\r\n\r\n" + kBody.substr(10, 5) + "\r\n"));
    } else {
      const auto length = asking().last - asking().first + 1;
      EXPECT_EQ(answer.body, kBody.substr(asking().first, length));
      EXPECT_EQ(answer.Field("Content-Range"), ContentRange(asking().first, asking().last));
      EXPECT_EQ(answer.Field("Content-Length"), std::to_string(length));
    }
    EXPECT_EQ(answer.Field("Accept-Ranges"), "bytes");
    EXPECT_TRUE(answer.complete);
  }
  static void ExpectUnsatisfiable(const RawResponse& answer) {
    EXPECT_EQ(answer.status, 416);
    EXPECT_EQ(answer.Field("Content-Range"), "bytes */1000");
  }
  static void ExpectFaithful(const RawResponse& answer) {
    if (head() || asking().status == 200) return ExpectWhole(answer);
    if (asking().status == 206) return ExpectPart(answer);
    ExpectUnsatisfiable(answer);
  }
};

INSTANTIATE_TEST_SUITE_P(, RangeMatrixTest,
                         ::testing::Combine(::testing::ValuesIn(kAskings), ::testing::Values("GET", "HEAD")),
                         [](const auto& with) {
                           return std::string(std::get<0>(with.param).name) + std::get<1>(with.param);
                         });

// ---- a real nginx ----

TEST_P(RangeMatrixTest, OriginWithRanges) {
  const fakes::Nginx nginx("location / { root files; types {} default_type video/mp4; }");
  nginx.folder().Write("files/a.mp4", kBody);

  const auto answer = AskFor(nginx.url() + "/a.mp4");

  ExpectFaithful(answer);
  EXPECT_EQ(answer.Field("ETag").empty(), answer.status == 416);
}

TEST_P(RangeMatrixTest, OriginWithoutRanges) {
  const fakes::Nginx nginx("location / { root files; max_ranges 0; }");
  nginx.folder().Write("files/a.mp4", kBody);

  const auto answer = AskFor(nginx.url() + "/a.mp4");

  ExpectWhole(answer);
  const bool asked = asking().sent != nullptr && !head();
  EXPECT_EQ(answer.Field("Accept-Ranges"), asked ? "" : "bytes") << "said only where nothing speaks against it";
}

TEST_P(RangeMatrixTest, OriginThatCompresses) {
  const fakes::Nginx nginx(
      "location / { root files; gzip on; gzip_min_length 1; gzip_types *; gzip_vary on; gzip_http_version 1.1; }");
  nginx.folder().Write("files/a.txt", kBody);

  const auto answer = AskFor(nginx.url() + "/a.txt", "Accept-Encoding: gzip\r\n");

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Field("Content-Encoding"), "gzip");
  EXPECT_EQ(answer.Field("Vary"), "Accept-Encoding");
  EXPECT_EQ(answer.Field("Content-Range"), "");
  EXPECT_EQ(answer.Field("Accept-Ranges"), "");
  if (head()) return;
  const auto plain = DecodeContent(answer.body, "gzip", 1 << 20);
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_EQ(*plain, kBody) << "the octets pass as they came";
}

// ---- scripted origins ----

std::string FieldOf(const Origin::Request& request, const std::string& name) {
  const auto at = request.head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto start = at + name.size() + 4;
  return request.head.substr(start, request.head.find("\r\n", start) - start);
}

/// A server with ranges, that knows one at a time. \param fields  of every answer, each ending in CRLF.
std::string ServeRanges(const Origin::Request& request, const std::string& fields) {
  const auto range = FieldOf(request, "range");
  if (range.empty() || range.find(',') != std::string::npos || !request.line.starts_with("GET")) {
    auto whole = Answered("200 OK", fields, kBody);
    if (!request.line.starts_with("GET")) whole.resize(whole.size() - kSize);
    return whole;
  }
  const auto dash = range.find('-');
  const auto first_text = range.substr(6, dash - 6);
  const auto last_text = range.substr(dash + 1);
  std::size_t first = std::strtoull(first_text.c_str(), nullptr, 10);
  std::size_t last =
      last_text.empty() ? kSize - 1 : std::min<std::size_t>(std::strtoull(last_text.c_str(), nullptr, 10), kSize - 1);
  if (first_text.empty()) {
    first = kSize - std::min<std::size_t>(std::strtoull(last_text.c_str(), nullptr, 10), kSize);
    last = kSize - 1;
  }
  if (first >= kSize) return Answered("416 Range Not Satisfiable", "Content-Range: bytes */1000\r\n", "");
  return Answered("206 Partial Content", fields + "Content-Range: " + ContentRange(first, last) + "\r\n",
                  kBody.substr(first, last - first + 1));
}

TEST_P(RangeMatrixTest, TheOriginSeesOneRequestAndAUsableRange) {
  const Origin origin([](const Origin::Request& request) { return ServeRanges(request, ""); });

  AskFor(origin.Url("/a"));

  ASSERT_EQ(origin.requests().size(), 1u) << "no HEAD before GET";
  EXPECT_EQ(FieldOf(origin.last(), "range"), head() || asking().sent == nullptr ? "" : asking().sent);
}

TEST_P(RangeMatrixTest, OriginWithAWeakTag) {
  const Origin origin([](const Origin::Request& request) { return ServeRanges(request, "ETag: W/\"v1\"\r\n"); });

  const auto answer = AskFor(origin.Url("/a"), "If-Range: \"v1\"\r\n");

  EXPECT_EQ(FieldOf(origin.last(), "if-range"), "\"v1\"") << "whether it holds is for the origin to say";
  if (IsMulti(asking())) return ExpectWhole(answer);  // this origin ignores several ranges
  ExpectFaithful(answer);
  EXPECT_EQ(answer.Field("ETag"), answer.status == 416 ? "" : "W/\"v1\"");
}

TEST_P(RangeMatrixTest, OriginThatWantsARange) {
  const Origin origin([](const Origin::Request& request) {
    if (FieldOf(request, "range").empty()) return Answered("400 Bad Request", "", "want a range");
    return ServeRanges(request, "");
  });

  const auto answer = AskFor(origin.Url("/a"));

  if (head()) return ExpectWhole(answer);  // asked again as GET of the first octet
  if (asking().sent == nullptr) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, "want a range") << "the upstream's answer passes";
  } else if (IsMulti(asking())) {
    ExpectWhole(answer);
  } else {
    ExpectFaithful(answer);
  }
}

TEST_P(RangeMatrixTest, OriginThatSendsAPartWithoutSayingWhich) {
  const Origin origin(
      Answered("206 Partial Content", "Content-Type: video/mp4\r\n", head() ? "" : kBody.substr(0, 10)));

  const auto answer = AskFor(origin.Url("/a"));

  EXPECT_EQ(answer.status, 502);
  if (!head()) {
    EXPECT_THAT(answer.body, ::testing::HasSubstr("the upstream sent a part (206) without Content-Range"));
  }
}

TEST_P(RangeMatrixTest, OriginThatSendsAnotherPart) {
  const Origin origin(
      Answered("206 Partial Content", "Content-Range: bytes 500-509/1000\r\n", head() ? "" : kBody.substr(500, 10)));

  const auto answer = AskFor(origin.Url("/a"));

  const bool single = asking().sent != nullptr && !IsMulti(asking());
  if (head()) {
    EXPECT_EQ(answer.status, 502) << "its length contradicts it";
  } else if (single) {
    EXPECT_EQ(answer.status, 502);
    EXPECT_THAT(answer.body, ::testing::HasSubstr("the upstream sent another part than was asked for"));
  } else {
    EXPECT_EQ(answer.status, 206) << "nobody asked for a certain part: the answer says what it is";
    EXPECT_EQ(answer.Field("Content-Range"), "bytes 500-509/1000");
  }
}

TEST_P(RangeMatrixTest, OriginThatCallsTheWholeAPart) {
  const Origin origin([](const Origin::Request& request) {
    auto text = Answered("206 Partial Content", "Content-Range: bytes 0-999/1000\r\n", kBody);
    if (!request.line.starts_with("GET")) text.resize(text.size() - kSize);
    return text;
  });

  const auto answer = AskFor(origin.Url("/a"));

  if (head() || asking().sent == nullptr) return ExpectWhole(answer);
  const bool whole = asking().status == 206 && asking().first == 0 && asking().last == kSize - 1;
  EXPECT_EQ(answer.status, IsMulti(asking()) || whole ? 206 : 502);
}

TEST_P(RangeMatrixTest, OriginThatSendsChunks) {
  const Origin origin(
      "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nContent-Range: bytes 0-9/10\r\n\r\n" +
      (head() ? std::string()
              : "1f4\r\n" + kBody.substr(0, 500) + "\r\n1F4;x=y\r\n" + kBody.substr(500) + "\r\n0\r\n\r\n"));

  const auto answer = AskFor(origin.Url("/a"));

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, head() ? "" : kBody);
  EXPECT_EQ(answer.Field("Content-Range"), "") << "it has no meaning in a 200";
  EXPECT_EQ(answer.Field("Content-Length"), "");
  EXPECT_TRUE(answer.complete);
}

TEST_P(RangeMatrixTest, OriginThatIsSlow) {
  const fakes::FaultyOrigin origin([this](fakes::FaultyOrigin::Peer& peer) {
    const auto asked = peer.ReadHead();
    const auto end = asked.find("\r\n");
    const auto answer =
        ServeRanges({.line = asked.substr(0, end), .head = sdk::LowerCase(asked.substr(end)), .body = {}}, "");
    const auto body = answer.find("\r\n\r\n") + 4;
    const auto half_a_body = body + (answer.size() - body) / 2;
    EXPECT_TRUE(Eventually([&] { return server_.parked() == 1; })) << "the request waits without a worker";
    peer.Send(answer.substr(0, body / 2));
    peer.Send(answer.substr(body / 2, half_a_body - body / 2));
    const auto relayed = [&] { return Metric("sluice_relayed_bytes_total") > 0; };
    if (half_a_body > body) {
      EXPECT_TRUE(Eventually(relayed)) << "nobody waits for the whole";
    }
    peer.Send(answer.substr(half_a_body));
  });

  const auto answer = AskFor(origin.url());

  if (IsMulti(asking())) return ExpectWhole(answer);  // this origin ignores several ranges
  ExpectFaithful(answer);
}

TEST_P(RangeMatrixTest, OriginThatIsCutInMidBody) {
  const Origin origin([](const Origin::Request& request) {
    auto text = ServeRanges(request, "");
    if (request.line.starts_with("GET")) text.resize(text.size() - 1);
    return text;
  });

  const auto answer = AskFor(origin.Url("/a"));

  if (head()) return ExpectWhole(answer);
  if (asking().status == 416) return;  // has no body
  EXPECT_FALSE(answer.complete) << "never a part for the whole";
}

}  // namespace
}  // namespace sluice::pipeline::testing

// SPDX-License-Identifier: MIT
// Bodies that leave the worker: a real server in front of the engine.
#include <gmock/gmock.h>

#include <cstdio>

#include "tests/core/pipeline/served_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kFilmBytes = 1'000'000;
constexpr std::size_t kCut = 400'000;

std::string Film(std::size_t size) {
  std::string body(size, '\0');
  for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 19);
  return body;
}

/// An origin that breaks a whole answer off after kCut octets, and answers ranges as they are asked for.
struct Cutting {
  std::string fields = "ETag: \"one\"\r\nAccept-Ranges: bytes\r\n";
  std::string rest_fields = "ETag: \"one\"\r\n";
  int rest_status = 206;
  std::string film = Film(kFilmBytes);

  std::string operator()(const Origin::Request& request) const {
    const auto at = request.head.find("range: bytes=");
    unsigned long first = 0;
    unsigned long last = film.size() - 1;
    if (at != std::string::npos) std::sscanf(request.head.c_str() + at, "range: bytes=%lu-%lu", &first, &last);
    const bool rest = request.Has("if-range");
    const auto status = rest ? rest_status : at == std::string::npos ? 200 : 206;
    auto part = film.substr(first, last - first + 1);
    std::string answer = "HTTP/1.1 " + std::to_string(status) + " X\r\n" + (rest ? rest_fields : fields) +
                         "Content-Length: " + std::to_string(part.size()) + "\r\n";
    if (status == 206) {
      answer += "Content-Range: bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" +
                std::to_string(film.size()) + "\r\n";
    }
    if (!rest) part.resize(std::min(part.size(), kCut));
    return answer + "\r\n" + part;
  }
};

class StreamTest : public Served<PipelineTest> {
 protected:
  void Relay(const Origin& origin, bool resumable = true, config::FetchStep how = {}) {
    Add({Resolve(ResolverBy([&origin, resumable](const sdk::Call&, const sdk::RequestHead&) {
           return sdk::Source{.url = origin.Url("/film"), .resumable = resumable};
         })),
         Fetch(how)});
    Use();
  }
  http::testing::RawResponse Play(const std::string& range = {}) {
    return Served::Play("/x", range.empty() ? "" : "Range: " + range + "\r\n");
  }
  double Resumes(const std::string& result) const {
    return Metric("sluice_resumes_total", {{"pipeline", "p"}, {"result", result}});
  }
};

TEST_F(StreamTest, GoesOnWhereTheUpstreamBrokeOff) {
  const Cutting film;
  Origin origin(film);
  Relay(origin);

  const auto reply = Play();

  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body == film.film);
  EXPECT_EQ(Resumes("resumed"), 1);
  EXPECT_THAT(origin.last().head, HasSubstr("range: bytes=400000-999999\r\n"));
  EXPECT_THAT(origin.last().head, HasSubstr("if-range: \"one\"\r\n"));
}

TEST_F(StreamTest, GoesOnWithinThePartThatWasAskedFor) {
  const Cutting film;
  Origin origin(film);
  Relay(origin);

  const auto reply = Play("bytes=100000-899999");

  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body == film.film.substr(100'000, 800'000));
  EXPECT_THAT(origin.last().head, HasSubstr("range: bytes=500000-899999\r\n"));
}

TEST_F(StreamTest, NeverMixesTwoRepresentations) {
  Cutting film;
  film.rest_status = 200;
  Origin origin(film);
  Relay(origin);

  EXPECT_FALSE(Play().complete);
  EXPECT_EQ(Resumes("changed"), 1);
}

TEST_F(StreamTest, NeverTrustsAPartWithAnotherTag) {
  Cutting film;
  film.rest_fields = "ETag: \"two\"\r\n";
  Origin origin(film);
  Relay(origin);

  EXPECT_FALSE(Play().complete);
  EXPECT_EQ(Resumes("changed"), 1);
}

TEST_F(StreamTest, AsksForNoRestWithoutAStrongValidator) {
  for (const auto* fields : {"", "ETag: W/\"one\"\r\n", "Last-Modified: Sat, 21 Nov 2026 08:00:00 GMT\r\n",
                             "Last-Modified: Sat, 21 Nov 2026 08:00:00 GMT\r\nDate: Sat, 21 Nov 2026 08:00:30 GMT\r\n",
                             "ETag: \"one\"\r\nAccept-Ranges: none\r\n"}) {
    Cutting film;
    film.fields = fields;
    Origin origin(film);
    pipelines_.clear();
    Relay(origin);

    EXPECT_FALSE(Play().complete) << fields;
    EXPECT_EQ(origin.requests().size(), 1U) << fields;
  }
}

TEST_F(StreamTest, AnOldDateIsAStrongValidator) {
  Cutting film;
  film.fields = "Last-Modified: Sat, 21 Nov 2026 08:00:00 GMT\r\nDate: Sat, 21 Nov 2026 09:00:00 GMT\r\n";
  film.rest_fields = "";
  Origin origin(film);
  Relay(origin);

  EXPECT_TRUE(Play().complete);
  EXPECT_THAT(origin.last().head, HasSubstr("if-range: sat, 21 nov 2026 08:00:00 gmt\r\n"));
}

TEST_F(StreamTest, AsksForNoRestWhenTheSourceDoesNotAllowIt) {
  Origin origin{Cutting()};
  Relay(origin, false);

  EXPECT_FALSE(Play().complete);
  EXPECT_EQ(origin.requests().size(), 1U);
  EXPECT_TRUE(Eventually([&] {
    return Metric("sluice_step_failures_total", {{"step", "deliver"}, {"code", "upstream_failed"}}) == 1;
  }));
}

TEST_F(StreamTest, TheLogLineComesWithTheEndOfTheBody) {
  config_.log.access = true;
  Origin origin{Cutting()};
  Relay(origin);

  EXPECT_TRUE(Play().complete);

  ASSERT_TRUE(Eventually([&] { return Metric("sluice_streams_active", {{"pipeline", "p"}}) == 0; }));
  EXPECT_THAT(log().back(), HasSubstr(R"("status":"200","bytes":"1000000","end":"complete")"));
  EXPECT_EQ(Metric("sluice_relayed_bytes_total", {{"pipeline", "p"}, {"mode", "splice"}}), 1'000'000);
}

TEST_F(StreamTest, NoFasterThanItsStepAllows) {
  Origin origin{Cutting()};
  config::FetchStep slow;
  slow.max_rate = 1000;
  Relay(origin, false, slow);
  const auto client = Send("/x");
  const auto relayed = [&] { return Metric("sluice_relayed_bytes_total", {{"pipeline", "p"}}); };

  ASSERT_TRUE(Eventually([&] { return relayed() > 0; }));

  EXPECT_LT(relayed(), 100'000) << "without a limit all would have come by now";
}

TEST_F(StreamTest, TrailersPassAsTheFetchStepAllowsFields) {
  Origin origin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfilm\r\n0\r\nX-Sum: 1\r\nX-Node: 2\r\n\r\n");
  config::FetchStep how;
  how.response_headers.allow = {"default", "x-sum"};
  Relay(origin, false, how);
  const auto trailers = [&] { return Served::Play("/x", "TE: trailers\r\nConnection: TE\r\n").trailers; };

  EXPECT_EQ(trailers(), "X-Sum: 1\r\n\r\n");

  pipelines_.clear();
  Add({Filter(InstanceOf<sdk::Filter>(FakeFilter())),
       Resolve(ResolverBy(
           [&](const sdk::Call&, const sdk::RequestHead&) { return sdk::Source{.url = origin.Url("/film")}; })),
       Fetch(how)});
  Use();
  EXPECT_EQ(trailers(), "\r\n") << "a filter has no say about them";
}

TEST_F(StreamTest, ABodyThatIsAtHandIsSentAtOnce) {
  Origin origin(Answered("200 OK", "", "short"));
  Relay(origin);

  EXPECT_EQ(Play().body, "short");
  // Counted once it is sent.
  EXPECT_TRUE(Eventually([&] {
    return Metric("sluice_relayed_bytes_total", {{"pipeline", "p"}, {"mode", "buffered"}}) == 5;
  }));
}

}  // namespace
}  // namespace sluice::pipeline::testing

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rules that every filter keeps: SLUICE_FILTER_CONFORMANCE(Component, Fixture).

#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/testing/conformance.hpp>
#include <sluice/sdk/testing/sinks.hpp>

#include <algorithm>
#include <memory>

namespace sluice::sdk::testing {

struct FilterFixture : ConformanceFixture {
  TestRequest request{"GET", "/"};
  int status = 200;
  std::vector<Header> response_headers{{"Content-Type", "text/plain"}};
  std::string body = "0123456789 the body of a response, longer than a word or two";
};

class FilterConformance : public ConformanceSuite<Filter, FilterFixture> {
 public:
  using Self = FilterConformance;
  using ConformanceSuite::ConformanceSuite;

  static std::vector<internal::ConformanceRule<Self>> Rules() {
    return {{"SeesRequests", &Self::SeesRequests},
            {"SeesResponses", &Self::SeesResponses},
            {"TakesHeadsWithoutFields", &Self::TakesHeadsWithoutFields},
            {"ChangesBodiesTheSameInAnyPieces", &Self::ChangesBodiesTheSameInAnyPieces},
            {"KeepsTheLengthItPromises", &Self::KeepsTheLengthItPromises},
            {"StopsWhenTheViewerIsGone", &Self::StopsWhenTheViewerIsGone},
            {"LetsGoOfAnUnfinishedBody", &Self::LetsGoOfAnUnfinishedBody},
            {"EndsEarlyWhenTheCallIsOver", &Self::EndsEarlyWhenTheCallIsOver},
            {"ServesManyThreads", &Self::ServesManyThreads}};
  }

 private:
  /// Views of the fixture's response head, for one call.
  struct Head {
    explicit Head(const FilterFixture& fixture) {
      for (const auto& header : fixture.response_headers) fields.push_back({header.name, header.value});
      head = {.status = fixture.status, .url = "https://origin.example/file", .headers = fields};
    }
    std::vector<Field> fields;
    ResponseHead head;
  };

  Result<std::optional<Reply>> OnRequest(const Call& call, RecordedHead& edit) {
    auto request = fixture().request;
    return subject().OnRequest(call, request.head(), edit);
  }
  Result<std::unique_ptr<BodyTransform>> Open() {
    const Head head(fixture());
    return subject().OpenBody(AnyCall(), head.head);
  }
  /// The body in pieces of `size` octets; nothing when the filter leaves bodies alone.
  std::optional<std::string> Transformed(std::size_t size) {
    auto transform = Open();
    EXPECT_TRUE(transform) << transform.error().message;
    if (!transform || *transform == nullptr) return std::nullopt;
    CollectedBytes out;
    for (std::string_view rest = fixture().body; !rest.empty(); rest.remove_prefix(std::min(size, rest.size()))) {
      const auto written = (*transform)->Write(AsBytes(rest.substr(0, size)), out);
      EXPECT_TRUE(written) << written.error().message;
    }
    const auto finished = (*transform)->Finish(out);
    EXPECT_TRUE(finished) << finished.error().message;
    return out.text;
  }

  void SeesRequests() {
    RecordedHead edit;
    const auto reply = OnRequest(AnyCall(), edit);
    ASSERT_TRUE(reply) << reply.error().message;
    if (!reply->has_value()) return;
    EXPECT_GE((*reply)->status, 200);
    EXPECT_LE((*reply)->status, 599);
  }
  void SeesResponses() {
    RecordedHead edit(fixture().response_headers);
    const Head head(fixture());
    const auto status = subject().OnResponse(AnyCall(), head.head, edit);
    ASSERT_TRUE(status) << status.error().message;
    for (const std::string_view name : {"Transfer-Encoding", "Connection"})
      EXPECT_TRUE(edit.header(name).empty()) << name << " is core's";
  }
  void TakesHeadsWithoutFields() {
    RecordedHead edit;
    CodeOf(subject().OnRequest(AnyCall(), {.method = "GET", .path = "/"}, edit));
    for (const int status : {200, 204, 304, 599}) CodeOf(subject().OnResponse(AnyCall(), {.status = status}, edit));
    CodeOf(subject().OpenBody(AnyCall(), {.status = 200}));
  }
  void ChangesBodiesTheSameInAnyPieces() {
    const auto whole = Transformed(fixture().body.size());
    if (!whole) GTEST_SKIP() << "leaves bodies alone";
    for (const std::size_t size : {1U, 2U, 7U}) EXPECT_EQ(Transformed(size), whole) << "pieces of " << size;
  }
  void KeepsTheLengthItPromises() {
    if (!subject().LengthPreserving()) GTEST_SKIP() << "promises nothing";
    if (const auto whole = Transformed(fixture().body.size())) {
      EXPECT_EQ(whole->size(), fixture().body.size());
    }
  }
  void StopsWhenTheViewerIsGone() {
    auto transform = Open();
    ASSERT_TRUE(transform) << transform.error().message;
    if (*transform == nullptr) GTEST_SKIP() << "leaves bodies alone";
    CollectedBytes gone(0);
    const auto written = (*transform)->Write(AsBytes(fixture().body), gone);
    if (const auto code = CodeOf(written)) {
      EXPECT_EQ(code, Errc::kCancelled);
    }
    EXPECT_TRUE(gone.text.empty());
  }
  void LetsGoOfAnUnfinishedBody() {
    auto transform = Open();
    ASSERT_TRUE(transform) << transform.error().message;
    if (*transform == nullptr) GTEST_SKIP() << "leaves bodies alone";
    CollectedBytes out;
    CodeOf((*transform)->Write(AsBytes(fixture().body), out));
    transform->reset();
  }
  void EndsEarlyWhenTheCallIsOver() {
    ExpectEndsEarly([&](const Call& call) {
      RecordedHead edit;
      return OnRequest(call, edit);
    });
  }
  void ServesManyThreads() {
    ExpectSafeFromManyThreads([&](const Call& call) {
      RecordedHead edit(fixture().response_headers);
      const Head head(fixture());
      return subject().OnResponse(call, head.head, edit);
    });
  }
};

}  // namespace sluice::sdk::testing

#define SLUICE_FILTER_CONFORMANCE(Component, Fixture) SLUICE_CONFORMANCE(FilterConformance, Component, Fixture)

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rules that every endpoint keeps: SLUICE_ENDPOINT_CONFORMANCE(Component, Fixture).

#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/testing/conformance.hpp>
#include <sluice/sdk/testing/sinks.hpp>

#include <algorithm>
#include <set>

namespace sluice::sdk::testing {

struct EndpointFixture : ConformanceFixture {
  std::size_t route = 0;            ///< Index into Routes() that `request` is for.
  TestRequest request{"GET", "/"};  ///< Is answered, with whatever status.
  std::string body;
};

class EndpointConformance : public ConformanceSuite<Endpoint, EndpointFixture> {
 public:
  using Self = EndpointConformance;
  using ConformanceSuite::ConformanceSuite;

  static std::vector<internal::ConformanceRule<Self>> Rules() {
    return {{"DeclaresWellFormedRoutes", &Self::DeclaresWellFormedRoutes},
            {"DeclaresTheSameRoutesEachTime", &Self::DeclaresTheSameRoutesEachTime},
            {"AnswersOrHandsBackASource", &Self::AnswersOrHandsBackASource},
            {"SetsNoFraming", &Self::SetsNoFraming},
            {"SurvivesGarbage", &Self::SurvivesGarbage},
            {"StopsWhenTheViewerIsGone", &Self::StopsWhenTheViewerIsGone},
            {"EndsEarlyWhenTheCallIsOver", &Self::EndsEarlyWhenTheCallIsOver},
            {"ServesManyThreads", &Self::ServesManyThreads}};
  }

 private:
  struct GoneViewer final : ResponseWriter {
    Status Start(int, std::span<const Header>) override { return Gone(); }
    Status Write(std::span<const std::byte>) override { return Gone(); }
    Status Gone() {
      ++refused;
      return Error{.code = Errc::kCancelled, .message = "viewer is gone"};
    }
    int refused = 0;
  };

  Result<std::optional<Source>> Handle(const Call& call, ResponseWriter& response) {
    auto request = fixture().request;
    return subject().Handle(call, fixture().route, request.head(), AsBytes(fixture().body), response);
  }

  void DeclaresWellFormedRoutes() {
    const auto routes = subject().Routes();
    EXPECT_FALSE(routes.empty());
    std::set<std::string> seen;
    for (const auto& route : routes) {
      const auto& path = route.path_template;
      EXPECT_FALSE(route.method.empty());
      EXPECT_TRUE(std::all_of(route.method.begin(), route.method.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
          << route.method;
      EXPECT_TRUE(path.starts_with('/')) << path;
      EXPECT_EQ(std::count(path.begin(), path.end(), '{'), std::count(path.begin(), path.end(), '}')) << path;
      EXPECT_TRUE(seen.insert(route.method + " " + path).second) << route.method << " " << path << " is there twice";
    }
    EXPECT_LT(fixture().route, routes.size());
  }
  void DeclaresTheSameRoutesEachTime() {
    const auto once = subject().Routes(), again = subject().Routes();
    ASSERT_EQ(once.size(), again.size());
    for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i].path_template, again[i].path_template);
  }
  void AnswersOrHandsBackASource() {
    RecordedResponse response;
    const auto answer = Handle(AnyCall(), response);
    ASSERT_TRUE(answer) << answer.error().message;
    if (!answer->has_value()) {
      EXPECT_NE(response.status, 0) << "neither a response nor a source";
    } else {
      EXPECT_EQ(response.status, 0) << "a source and a response";
    }
    if (answer->has_value()) {
      EXPECT_TRUE(IsAbsoluteUrl((*answer)->url)) << (*answer)->url;
    }
  }
  void SetsNoFraming() {
    RecordedResponse response;
    const auto answer = Handle(AnyCall(), response);
    ASSERT_TRUE(answer) << answer.error().message;
    for (const std::string_view name : {"Transfer-Encoding", "Connection", "Date", "X-Request-Id"})
      EXPECT_TRUE(response.header(name).empty()) << name << " is core's";
    if (const auto length = response.header("Content-Length"); !length.empty()) {
      EXPECT_EQ(length, std::to_string(response.body.size()));
    }
  }
  void SurvivesGarbage() {
    if (fixture().waits_for_upstream)
      host().http.FailAll({.code = Errc::kUpstreamFailed, .message = "upstream is away"});
    const auto routes = subject().Routes();
    const std::string garbage(70'000, '\xff');
    for (std::size_t route = 0; route < routes.size(); ++route) {
      TestRequest request(routes[route].method, "/%00\xff?&&=%zz");
      request.Header("Content-Type", "application/json").Header("", "");
      for (const char* name : {"id", "path", "rest"}) request.Param(name, "../\xff");
      RecordedResponse response;
      CodeOf(subject().Handle(AnyCall(), route, request.head(), AsBytes(garbage), response));
    }
  }
  void StopsWhenTheViewerIsGone() {
    GoneViewer response;
    const auto answer = Handle(AnyCall(), response);
    EXPECT_LE(response.refused, 2) << "writes on after the viewer is gone";
    if (response.refused > 0) {
      EXPECT_EQ(CodeOf(answer), Errc::kCancelled);
    }
  }
  void EndsEarlyWhenTheCallIsOver() {
    ExpectEndsEarly([&](const Call& call) {
      RecordedResponse response;
      return Handle(call, response);
    });
  }
  void ServesManyThreads() {
    ExpectSafeFromManyThreads([&](const Call& call) {
      RecordedResponse response;
      return Handle(call, response);
    });
  }
};

}  // namespace sluice::sdk::testing

#define SLUICE_ENDPOINT_CONFORMANCE(Component, Fixture) SLUICE_CONFORMANCE(EndpointConformance, Component, Fixture)

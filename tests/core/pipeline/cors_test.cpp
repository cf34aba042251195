// SPDX-License-Identifier: MIT
#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

class CorsTest : public PipelineTest {
 protected:
  /// The answer of an upstream that has an opinion of its own.
  const FakeExchange& Fetched(std::vector<sdk::Header> headers) {
    origin_.emplace(Answered("200 OK", "Access-Control-Allow-Origin: https://other.example\r\nVary: Accept\r\n", "x"));
    Add({Resolve(ResolverTo({.url = origin_->Url("/x")})), Fetch()});
    return Get("/", std::move(headers));
  }
  const FakeExchange& Preflight(const std::string& origin) {
    return Ask({.method = "OPTIONS",
                .target = "/any",
                .headers = {{"Origin", origin},
                            {"Access-Control-Request-Method", "GET"},
                            {"Access-Control-Request-Headers", "range, authorization"}}});
  }
  std::optional<Origin> origin_;
};

TEST_F(CorsTest, SaysNothingWithoutBeingConfigured) {
  EXPECT_EQ(Fetched({{"Origin", "https://app.example"}}).Header("Access-Control-Allow-Origin"),
            "https://other.example");
  EXPECT_NE(Preflight("https://app.example").status(), 204);
}

TEST_F(CorsTest, AnyOriginMayReadWithEmptyLists) {
  config_.cors.emplace();

  const auto& answer = Fetched({});
  const auto& preflight = Preflight("https://app.example");

  EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.Header("Access-Control-Expose-Headers"), "Accept-Ranges, Content-Range, ETag, X-Request-Id");
  EXPECT_EQ(preflight.status(), 204);
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Methods"), "GET");
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Headers"), "range, authorization");
}

TEST_F(CorsTest, OnlyOriginsOfTheListMayRead) {
  config_.cors = config::Cors{.allow_origins = {"https://app.example", "https://b.example"},
                              .allow_methods = {"GET", "HEAD"},
                              .allow_headers = {"Range"}};

  const auto& answer = Fetched({{"Origin", "https://b.example"}});
  EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "https://b.example");
  EXPECT_EQ(answer.Header("Vary"), "Origin, Accept");
  const auto& preflight = Preflight("https://app.example");
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Methods"), "GET, HEAD");
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Headers"), "Range");

  EXPECT_FALSE(Get("/", {{"Origin", "https://evil.example"}}).Has("Access-Control-Allow-Origin"));
  EXPECT_FALSE(Get("/").Has("Access-Control-Allow-Origin"));
  const auto& refused = Preflight("https://evil.example");
  EXPECT_EQ(refused.status(), 204);
  EXPECT_FALSE(refused.Has("Access-Control-Allow-Origin") || refused.Has("Access-Control-Allow-Methods"));
}

TEST_F(CorsTest, EndpointsAnswersSayItToo) {
  config_.cors.emplace();
  Add({Say("x")});

  EXPECT_EQ(Get("/").Header("Access-Control-Allow-Origin"), "*");
}

}  // namespace
}  // namespace sluice::pipeline::testing

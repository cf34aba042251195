// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rules that every resolver keeps: SLUICE_RESOLVER_CONFORMANCE(Component, Fixture).

#include <sluice/sdk/resolver.hpp>
#include <sluice/sdk/testing/conformance.hpp>
#include <sluice/sdk/testing/sinks.hpp>

namespace sluice::sdk::testing {

struct ResolverFixture : ConformanceFixture {
  TestRequest request{"GET", "/"};  ///< Resolve works.
};

class ResolverConformance : public ConformanceSuite<Resolver, ResolverFixture> {
 public:
  using Self = ResolverConformance;
  using ConformanceSuite::ConformanceSuite;

  static std::vector<internal::ConformanceRule<Self>> Rules() {
    return {{"ResolvesItsRequest", &Self::ResolvesItsRequest},
            {"ResolvesTheSameEachTime", &Self::ResolvesTheSameEachTime},
            {"SurvivesHostilePaths", &Self::SurvivesHostilePaths},
            {"AnswersForChildren", &Self::AnswersForChildren},
            {"EndsEarlyWhenTheCallIsOver", &Self::EndsEarlyWhenTheCallIsOver},
            {"ServesManyThreads", &Self::ServesManyThreads}};
  }

 private:
  Result<Source> Resolve(const Call& call) {
    auto request = fixture().request;
    return subject().Resolve(call, request.head());
  }

  void ResolvesItsRequest() {
    const auto source = Resolve(AnyCall());
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_TRUE(IsAbsoluteUrl(source->url)) << source->url;
    EXPECT_LE(source->context.size(), 256U);
  }
  void ResolvesTheSameEachTime() {
    const auto once = Resolve(AnyCall()), again = Resolve(AnyCall());
    ASSERT_TRUE(once && again);
    EXPECT_EQ(once->url, again->url);
    EXPECT_EQ(once->headers, again->headers);
  }
  void SurvivesHostilePaths() {
    const std::string long_path = "/" + std::string(20'000, 'a');
    for (const std::string_view path :
         {"/", "//", "/../../etc/passwd", "/%2e%2e/%2E%2e/x", "/a/..;/b", "/\\..\\x", "/%", "/%zz", "/%00", "/a?b?c",
          "/\xff\xfe", "/@elsewhere.example/", long_path.c_str()}) {
      TestRequest request("GET", path);
      const auto source = subject().Resolve(AnyCall(), request.head());
      if (!CodeOf(source)) {
        EXPECT_TRUE(IsAbsoluteUrl(source->url)) << path << " -> " << source->url;
      }
    }
  }
  void AnswersForChildren() {
    const auto source = Resolve(AnyCall());
    ASSERT_TRUE(source) << source.error().message;
    auto request = fixture().request;
    const auto head = request.head();
    const auto own = subject().ResolveChild(AnyCall(), head, {.url = source->url, .context = source->context});
    ASSERT_TRUE(own) << own.error().message;
    EXPECT_TRUE(IsAbsoluteUrl(own->url)) << own->url;
    const auto foreign =
        subject().ResolveChild(AnyCall(), head, {.url = "https://elsewhere.example/x", .context = source->context});
    if (!foreign) {
      EXPECT_EQ(CodeOf(foreign), Errc::kPermissionDenied);
    } else {
      EXPECT_TRUE(foreign->headers.empty()) << "headers of this resolver go to another host";
    }
  }
  void EndsEarlyWhenTheCallIsOver() {
    ExpectEndsEarly([&](const Call& call) { return Resolve(call); });
  }
  void ServesManyThreads() {
    ExpectSafeFromManyThreads([&](const Call& call) { return Resolve(call); });
  }
};

}  // namespace sluice::sdk::testing

#define SLUICE_RESOLVER_CONFORMANCE(Component, Fixture) SLUICE_CONFORMANCE(ResolverConformance, Component, Fixture)

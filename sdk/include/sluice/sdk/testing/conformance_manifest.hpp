// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rules that every manifest rewriter keeps: SLUICE_MANIFEST_CONFORMANCE(Component, Fixture).

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/testing/conformance.hpp>
#include <sluice/sdk/testing/fake_links.hpp>

#include <algorithm>

namespace sluice::sdk::testing {

struct ManifestFixture : ConformanceFixture {
  std::string text;                ///< A manifest with at least one link.
  std::string text_without_links;  ///< One without; empty: the format always has some.
  std::string base_url = "https://origin.example/path/index";
  std::string content_type;  ///< Of both.
};

class ManifestConformance : public ConformanceSuite<ManifestRewriter, ManifestFixture> {
 public:
  using Self = ManifestConformance;
  using ConformanceSuite::ConformanceSuite;

  static std::vector<internal::ConformanceRule<Self>> Rules() {
    return {{"AcceptsItsFormat", &Self::AcceptsItsFormat},
            {"LeavesOtherMediaAlone", &Self::LeavesOtherMediaAlone},
            {"MintsLinksOfAbsoluteUrls", &Self::MintsLinksOfAbsoluteUrls},
            {"RewritesTheSameEachTime", &Self::RewritesTheSameEachTime},
            {"LeavesTextWithoutLinksAsItIs", &Self::LeavesTextWithoutLinksAsItIs},
            {"RefusesWhatIsNoManifest", &Self::RefusesWhatIsNoManifest},
            {"SurvivesEveryTruncation", &Self::SurvivesEveryTruncation},
            {"EndsEarlyWhenTheCallIsOver", &Self::EndsEarlyWhenTheCallIsOver},
            {"ServesManyThreads", &Self::ServesManyThreads}};
  }

 private:
  Result<RewrittenManifest> Rewrite(const Call& call, std::string_view text, LinkMinter& links) {
    const auto& given = fixture();
    return subject().Rewrite(call, {.text = text, .base_url = given.base_url, .content_type = given.content_type},
                             links);
  }

  void AcceptsItsFormat() {
    const auto& given = fixture();
    const auto first_bytes = std::string_view(given.text).substr(0, 512);
    EXPECT_TRUE(
        subject().Accepts({.content_type = given.content_type, .url = given.base_url, .first_bytes = first_bytes}));
  }
  void LeavesOtherMediaAlone() {
    using namespace std::string_view_literals;
    EXPECT_FALSE(subject().Accepts({}));
    EXPECT_FALSE(subject().Accepts({.content_type = "video/mp4",
                                    .url = "https://origin.example/a.mp4",
                                    .first_bytes = "\0\0\0\x20"
                                                   "ftypisom\0\xff"sv}));
    EXPECT_FALSE(subject().Accepts(
        {.content_type = "image/png", .url = "https://origin.example/a.png", .first_bytes = "\x89PNG\r\n\x1a\n"sv}));
  }
  void MintsLinksOfAbsoluteUrls() {
    FakeMinter links;
    const auto out = Rewrite(AnyCall(), fixture().text, links);
    ASSERT_TRUE(out) << out.error().message;
    EXPECT_FALSE(out->content_type.empty());
    EXPECT_FALSE(links.minted().empty());
    for (const auto& link : links.minted()) EXPECT_TRUE(IsAbsoluteUrl(link.url)) << link.url;
    EXPECT_NE(out->text.find("/link/0"), std::string::npos) << "the minted link is not in the text";
  }
  void RewritesTheSameEachTime() {
    FakeMinter links, other_links;
    const auto once = Rewrite(AnyCall(), fixture().text, links);
    const auto again = Rewrite(AnyCall(), fixture().text, other_links);
    ASSERT_TRUE(once && again);
    EXPECT_EQ(once->text, again->text);
    EXPECT_EQ(links.minted(), other_links.minted());
  }
  void LeavesTextWithoutLinksAsItIs() {
    if (fixture().text_without_links.empty()) GTEST_SKIP() << "the format always has links";
    FakeMinter links;
    const auto out = Rewrite(AnyCall(), fixture().text_without_links, links);
    ASSERT_TRUE(out) << out.error().message;
    EXPECT_EQ(out->text, fixture().text_without_links);
    EXPECT_TRUE(links.minted().empty());
  }
  void RefusesWhatIsNoManifest() {
    using namespace std::string_view_literals;
    FakeMinter links;
    for (const auto text : {""sv, "<!DOCTYPE html><html><body>Sign in</body></html>"sv, "\0\xff\xfe\0"sv})
      EXPECT_EQ(CodeOf(Rewrite(AnyCall(), text, links)), Errc::kUpstreamFailed) << text;
  }
  void SurvivesEveryTruncation() {
    const std::string_view text = fixture().text;
    const auto step = std::max<std::size_t>(1, text.size() / 500);
    for (std::size_t size = 0; size < text.size(); size += step) {
      FakeMinter links;
      const std::string exact(text.substr(0, size));  // so that a sanitizer sees a read past the end
      CodeOf(Rewrite(AnyCall(), exact, links));
    }
  }
  void EndsEarlyWhenTheCallIsOver() {
    ExpectEndsEarly([&](const Call& call) {
      FakeMinter links;
      return Rewrite(call, fixture().text, links);
    });
  }
  void ServesManyThreads() {
    ExpectSafeFromManyThreads([&](const Call& call) {
      FakeMinter links;
      return Rewrite(call, fixture().text, links);
    });
  }
};

}  // namespace sluice::sdk::testing

#define SLUICE_MANIFEST_CONFORMANCE(Component, Fixture) SLUICE_CONFORMANCE(ManifestConformance, Component, Fixture)

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rules that every indexer keeps: SLUICE_INDEXER_CONFORMANCE(Component, Fixture).

#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/testing/conformance.hpp>
#include <sluice/sdk/testing/sinks.hpp>

namespace sluice::sdk::testing {

struct IndexerFixture : ConformanceFixture {
  std::string text;  ///< Finds at least one release, alone or with `imdb_id`.
  std::string imdb_id;
};

class IndexerConformance : public ConformanceSuite<Indexer, IndexerFixture> {
 public:
  using Self = IndexerConformance;
  using ConformanceSuite::ConformanceSuite;

  static std::vector<internal::ConformanceRule<Self>> Rules() {
    return {{"FindsWellFormedReleases", &Self::FindsWellFormedReleases},
            {"RefusesAnEmptyQuery", &Self::RefusesAnEmptyQuery},
            {"PutsAtMostTheLimit", &Self::PutsAtMostTheLimit},
            {"StopsWhenTheSinkWantsNoMore", &Self::StopsWhenTheSinkWantsNoMore},
            {"TakesAnyText", &Self::TakesAnyText},
            {"EndsEarlyWhenTheCallIsOver", &Self::EndsEarlyWhenTheCallIsOver},
            {"ServesManyThreads", &Self::ServesManyThreads}};
  }

 private:
  Query Ask(std::uint32_t limit = 100) {
    return {.text = fixture().text, .imdb_id = fixture().imdb_id, .limit = limit};
  }

  void FindsWellFormedReleases() {
    CollectedReleases found;
    const auto status = subject().Search(AnyCall(), {}, Ask(), found);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_FALSE(found.values.empty());
    for (const auto& release : found.values) {
      EXPECT_FALSE(release.title.empty());
      EXPECT_FALSE(release.info_hash.empty() && release.torrent_url.empty()) << release.title;
      EXPECT_FALSE(release.indexer.empty()) << release.title;
      if (release.info_hash.empty()) continue;
      EXPECT_EQ(release.info_hash.size(), 40U) << release.info_hash;
      EXPECT_EQ(release.info_hash.find_first_not_of("0123456789abcdef"), std::string::npos) << release.info_hash;
    }
  }
  void RefusesAnEmptyQuery() {
    CollectedReleases found;
    EXPECT_EQ(CodeOf(subject().Search(AnyCall(), {}, {}, found)), Errc::kInvalidArgument);
    EXPECT_TRUE(found.values.empty());
  }
  void PutsAtMostTheLimit() {
    CollectedReleases found;
    const auto status = subject().Search(AnyCall(), {}, Ask(1), found);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_LE(found.values.size(), 1U);
  }
  void StopsWhenTheSinkWantsNoMore() {
    CollectedReleases found(1);
    const auto status = subject().Search(AnyCall(), {}, Ask(), found);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(found.values.size(), 1U) << "put after the sink wanted no more";
  }
  void TakesAnyText() {
    if (fixture().waits_for_upstream)
      host().http.FailAll({.code = Errc::kUpstreamFailed, .message = "upstream is away"});
    for (const std::string& text : {std::string("\"&?#%00\\"), std::string("\xff\xfe"), std::string(20'000, 'a')}) {
      CollectedReleases found;
      CodeOf(subject().Search(AnyCall(), {}, {.text = text}, found));
    }
  }
  void EndsEarlyWhenTheCallIsOver() {
    ExpectEndsEarly([&](const Call& call) {
      CollectedReleases found;
      return subject().Search(call, {}, Ask(), found);
    });
  }
  void ServesManyThreads() {
    ExpectSafeFromManyThreads([&](const Call& call) {
      CollectedReleases found;
      return subject().Search(call, {}, Ask(), found);
    });
  }
};

}  // namespace sluice::sdk::testing

#define SLUICE_INDEXER_CONFORMANCE(Component, Fixture) SLUICE_CONFORMANCE(IndexerConformance, Component, Fixture)

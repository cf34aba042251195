// SPDX-License-Identifier: MIT
// A component that breaks a rule fails the suite, at the rule that names it.
#include <gtest/gtest-spi.h>

#include "tests/sdk/testing/toy_fixtures.hpp"

namespace sluice::sdk::testing {
namespace {

/// Runs one rule of a suite outside GoogleTest's own loop.
template <typename Suite, typename Component, typename Fixture>
struct Probe final : internal::ConformanceSubject<Suite, Component, Fixture> {
  void TestBody() override {}
  static auto Rules() { return Suite::Rules(); }
  void Run(void (Suite::*check)()) {
    this->SetUp();
    (this->*check)();
    this->TearDown();
  }
};

/// Names of the rules that fail for a toy with this fault.
template <typename Probed>
std::vector<std::string> FailuresOf(const std::string& fault, bool asks_upstream = false) {
  ToyFault() = fault;
  ToyAsksUpstream() = asks_upstream;
  std::vector<std::string> failed;
  for (const auto& rule : Probed::Rules()) {
    ::testing::TestPartResultArray results;
    {
      const ::testing::ScopedFakeTestPartResultReporter reporter(
          ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results);
      Probed().Run(rule.check);
    }
    bool fails = false;
    for (int i = 0; i < results.size(); ++i) fails = fails || results.GetTestPartResult(i).failed();
    if (fails) failed.emplace_back(rule.name);
  }
  ToyFault().clear();
  ToyAsksUpstream() = false;
  return failed;
}

using Names = std::vector<std::string>;
using Auth = Probe<AuthConformance, ToyAuth, ToyAuthFixture>;
using Stores = Probe<StoreConformance, ToyStore, ToyStoreFixture>;
using Indexers = Probe<IndexerConformance, ToyIndexer, ToyIndexerFixture>;
using Manifests = Probe<ManifestConformance, ToyManifest, ToyManifestFixture>;
using Media = Probe<MediaConformance, ToyMedia, ToyMediaFixture>;
using Resolvers = Probe<ResolverConformance, ToyResolver, ToyResolverFixture>;
using Endpoints = Probe<EndpointConformance, ToyEndpoint, ToyEndpointFixture>;
using Filters = Probe<FilterConformance, ToyFilter, ToyFilterFixture>;

template <typename Probed>
void ExpectAllFail(const std::string& fault) {
  EXPECT_GE(FailuresOf<Probed>(fault).size(), Probed::Rules().size() / 2) << fault;
}

TEST(ConformanceFaultsTest, PassesWithoutAFault) { EXPECT_EQ(FailuresOf<Auth>(""), Names{}); }

TEST(ConformanceFaultsTest, FindsExceptionsInEveryKind) {
  ExpectAllFail<Auth>("throw");
  ExpectAllFail<Stores>("throw");
  ExpectAllFail<Indexers>("throw");
  ExpectAllFail<Manifests>("throw");
  ExpectAllFail<Media>("throw");
  ExpectAllFail<Resolvers>("throw");
  EXPECT_FALSE(FailuresOf<Endpoints>("throw").empty());
  EXPECT_FALSE(FailuresOf<Filters>("throw").empty());
}

TEST(ConformanceFaultsTest, FindsCallsThatEndWithTheWrongCode) {
  EXPECT_EQ(FailuresOf<Auth>("code", true), Names{"EndsEarlyWhenTheCallIsOver"});
  EXPECT_EQ(FailuresOf<Stores>("code", true), Names{"EndsEarlyWhenTheCallIsOver"});
  EXPECT_EQ(FailuresOf<Indexers>("code", true), Names{"EndsEarlyWhenTheCallIsOver"});
  EXPECT_EQ(FailuresOf<Manifests>("code", true), Names{"EndsEarlyWhenTheCallIsOver"});
  EXPECT_EQ(FailuresOf<Media>("code", true), Names{"EndsEarlyWhenTheCallIsOver"});
  EXPECT_EQ(FailuresOf<Resolvers>("code", true), Names{"EndsEarlyWhenTheCallIsOver"});
  EXPECT_EQ(FailuresOf<Endpoints>("code", true), Names{"EndsEarlyWhenTheCallIsOver"});
  EXPECT_EQ(FailuresOf<Filters>("code", true), Names{"EndsEarlyWhenTheCallIsOver"});
}

TEST(ConformanceFaultsTest, FindsFaultsOfAuthBackends) {
  const auto open = FailuresOf<Auth>("open", true);
  EXPECT_NE(std::find(open.begin(), open.end(), "LetsNobodyInWhenTheUpstreamIsAway"), open.end());
  EXPECT_EQ(FailuresOf<Auth>("subject"), Names{"NamesNobodyByTheSecret"});
  EXPECT_EQ(FailuresOf<Auth>("all"), (Names{"LetsNobodyInWithAWrongSecret", "LetsNobodyInWithGarbage"}));
  EXPECT_EQ(FailuresOf<Auth>("message"), Names{"LetsNobodyInWithAWrongSecret"});
  EXPECT_FALSE(FailuresOf<Auth>("log").empty());
}

TEST(ConformanceFaultsTest, FindsFaultsOfStores) {
  EXPECT_EQ(FailuresOf<Stores>("token"), Names{"KnowsItsAccount"});
  EXPECT_EQ(FailuresOf<Stores>("limit"), Names{"Takes500Hashes"});
  EXPECT_EQ(FailuresOf<Stores>("twice"), Names{"Takes500Hashes"});
  EXPECT_EQ(FailuresOf<Stores>("magnet"), Names{"RefusesWhatIsNoMagnet"});
  EXPECT_EQ(FailuresOf<Stores>("reason"), Names{"RefusesWhatIsNoMagnet"});
  EXPECT_EQ(FailuresOf<Stores>("list"), Names{"ListsAtMostTheLimit"});
  EXPECT_EQ(FailuresOf<Stores>("total"), Names{"ListsAtMostTheLimit"});
  EXPECT_EQ(FailuresOf<Stores>("content"), Names{"RefusesContentItDoesNotTake"});
  const auto again = FailuresOf<Stores>("again");
  EXPECT_NE(std::find(again.begin(), again.end(), "AddsTheSameItemTwice"), again.end());
  const auto unknown = FailuresOf<Stores>("unknown");
  EXPECT_NE(std::find(unknown.begin(), unknown.end(), "FindsNoUnknownId"), unknown.end());
  EXPECT_EQ(FailuresOf<Stores>("keep"), Names{"ForgetsWhatItRemoved"});
  for (const char* fault : {"file", "url", "leak"})
    EXPECT_EQ(FailuresOf<Stores>(fault), Names{"LinksToFilesThatAreThere"}) << fault;
}

TEST(ConformanceFaultsTest, FindsFaultsOfIndexers) {
  EXPECT_EQ(FailuresOf<Indexers>("empty"), Names{"RefusesAnEmptyQuery"});
  EXPECT_EQ(FailuresOf<Indexers>("limit"), Names{"PutsAtMostTheLimit"});
  EXPECT_EQ(FailuresOf<Indexers>("hash"), Names{"FindsWellFormedReleases"});
}

TEST(ConformanceFaultsTest, FindsFaultsOfManifestRewriters) {
  EXPECT_EQ(FailuresOf<Manifests>("greedy"), Names{"LeavesOtherMediaAlone"});
  EXPECT_EQ(FailuresOf<Manifests>("html"), Names{"RefusesWhatIsNoManifest"});
  EXPECT_EQ(FailuresOf<Manifests>("relative"), Names{"MintsLinksOfAbsoluteUrls"});
  EXPECT_EQ(FailuresOf<Manifests>("crlf"), Names{"LeavesTextWithoutLinksAsItIs"});
  EXPECT_NE(FailuresOf<Manifests>("random"), Names{});
}

TEST(ConformanceFaultsTest, FindsFaultsOfMediaBackends) {
  EXPECT_EQ(FailuresOf<Media>("title"), Names{"BrowsesItsRoot"});
  EXPECT_EQ(FailuresOf<Media>("parent"), (Names{"FindsNoUnknownId", "RefusesHostileIds"}));
  EXPECT_EQ(FailuresOf<Media>("hostile"), (Names{"RefusesHostileIds"}));
  EXPECT_EQ(FailuresOf<Media>("child"), Names{"AnswersForChildren"});
  EXPECT_EQ(FailuresOf<Media>("report"), Names{"TakesReports"});
}

TEST(ConformanceFaultsTest, FindsFaultsOfResolvers) {
  EXPECT_EQ(FailuresOf<Resolvers>("internal"), Names{"SurvivesHostilePaths"});
  EXPECT_NE(FailuresOf<Resolvers>("url"), Names{});
}

TEST(ConformanceFaultsTest, FindsFaultsOfEndpoints) {
  EXPECT_EQ(FailuresOf<Endpoints>("method"), Names{"DeclaresWellFormedRoutes"});
  EXPECT_EQ(FailuresOf<Endpoints>("route"), Names{"DeclaresWellFormedRoutes"});
  EXPECT_EQ(FailuresOf<Endpoints>("framing"), Names{"SetsNoFraming"});
  EXPECT_EQ(FailuresOf<Endpoints>("deaf"), Names{"StopsWhenTheViewerIsGone"});
  EXPECT_FALSE(FailuresOf<Endpoints>("both").empty());
  EXPECT_EQ(FailuresOf<Endpoints>("silent"), Names{"AnswersOrHandsBackASource"});
}

TEST(ConformanceFaultsTest, FindsFaultsOfFilters) {
  EXPECT_EQ(FailuresOf<Filters>("framing"), Names{"SeesResponses"});
  EXPECT_EQ(FailuresOf<Filters>("pieces"), (Names{"ChangesBodiesTheSameInAnyPieces", "KeepsTheLengthItPromises"}));
  EXPECT_EQ(FailuresOf<Filters>("length"), Names{"KeepsTheLengthItPromises"});
}

}  // namespace
}  // namespace sluice::sdk::testing

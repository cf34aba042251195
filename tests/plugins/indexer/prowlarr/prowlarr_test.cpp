// SPDX-License-Identifier: MIT
#include "prowlarr.hpp"

#include <chrono>
#include <sluice/sdk/testing/conformance_indexer.hpp>
#include <string>
#include <thread>

#include "tests/plugins/indexer/support.hpp"

namespace sluice::plugins::prowlarr {
namespace {

using namespace std::chrono_literals;
using namespace indexer;  // NOLINT(google-build-using-namespace): its support is half of this test
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ProwlarrTest : public IndexerTest<ProwlarrIndexer> {
 protected:
  TestConfig Config(const std::string& mode = "torznab") const {
    return {{"/url", fake_.prowlarr()}, {"/api_key", FakeIndexers::kKey}, {"/mode", mode}};
  }
};

TEST_F(ProwlarrTest, AsksEachIndexByIdWithTorznab) {
  auto second = FilmIndex("tpb", 3);
  second.imdb_id = false;
  auto off = FilmIndex("off", 4);
  off.enabled = false;
  auto news = FilmIndex("news", 5);
  news.usenet = true;
  for (const auto& index : {FilmIndex(), second, off, news}) fake_.Add(index);
  ASSERT_EQ(Make(Config()), "");

  const auto found = Find(Film());

  EXPECT_THAT(found, SizeIs(10));
  EXPECT_TRUE(Named(found, "torrent yts")->exact);
  EXPECT_EQ(Named(found, "torrent yts")->info_hash, HashOf(FilmIndex().releases[4]));
  EXPECT_EQ(Named(found, "redirect yts")->magnet, MagnetOf(FilmIndex().releases[3]));
  EXPECT_FALSE(Named(found, "torrent tpb")->exact);
  EXPECT_EQ(Named(found, "torrent tpb")->indexer, "tpb");
  EXPECT_EQ(fake_.Count("/prowlarr/1/api?t=movie&imdbid=tt0133093&cat=2000&limit=100"), 1U);
  EXPECT_EQ(fake_.Count("/prowlarr/3/api?t=search&q=The%20Film%201999&cat=2000&limit=100"), 1U);
  EXPECT_EQ(fake_.Count("/prowlarr/4/") + fake_.Count("/prowlarr/5/"), 0U);
}

TEST_F(ProwlarrTest, AsksEachIndexByTitlesWithItsOwnSearch) {
  auto second = FilmIndex("tpb", 3);
  second.privacy = "private";
  for (const auto& index : {FilmIndex(), second}) fake_.Add(index);
  ASSERT_EQ(Make(Config("json")), "");

  const auto found = Find(Film());

  EXPECT_THAT(found, SizeIs(10));
  const auto* const own = Named(found, "torrent yts");
  EXPECT_EQ(own->info_hash, HashOf(FilmIndex().releases[4]));
  EXPECT_TRUE(own->exact) << "the item says its id";
  EXPECT_EQ(own->indexer, "yts");
  EXPECT_EQ(Named(found, "redirect yts")->magnet, MagnetOf(FilmIndex().releases[3]));
  EXPECT_TRUE(Named(found, "torrent tpb")->is_private);
  EXPECT_EQ(Named(found, "torrent tpb")->info_hash, "");
  EXPECT_EQ(
      fake_.Count("/api/v1/search?query=The%20Film%201999&type=movie&indexerIds=1&categories=2000&limit=100&offset=0"),
      1U);
  EXPECT_EQ(fake_.Count("/dl/tpb"), 0U);
  for (const auto& line : fake_.log()) {
    if (line.find("/api/v1/") == std::string::npos) continue;
    EXPECT_THAT(line, Not(HasSubstr("planted"))) << "the key goes in a header";
  }
}

TEST_F(ProwlarrTest, AsksForAnEpisodeInThreeTexts) {
  fake_.Add(SeriesIndex());
  ASSERT_EQ(Make(Config("json")), "");

  EXPECT_THAT(TitlesOf(Find(Episode())),
              ElementsAre("The Show S01 Complete", "The Show S01E01 720p", "The Show S01E02 720p"));
  EXPECT_EQ(fake_.Count("type=tvsearch&indexerIds=2&categories=5000"), 3U);
}

TEST_F(ProwlarrTest, TurnsPagesWhileTheyAreFull) {
  FakeIndex index{.id = "yts", .number = 1};
  for (int i = 0; i < 230; ++i) {
    index.releases.push_back({.title = "The Film 1999 " + std::to_string(i), .imdb_id = "tt0133093"});
  }
  fake_.Add(index);
  ASSERT_EQ(Make(Config("json")), "");
  auto query = Film();
  query.limit = 1000;

  EXPECT_THAT(Find(query), SizeIs(230));
  EXPECT_EQ(fake_.Count("offset=200"), 1U);
  EXPECT_EQ(fake_.Count("offset=300"), 0U);
}

TEST_F(ProwlarrTest, GivesWhatTheFastOnesHaveWhileASlowOneIsAwaited) {
  for (const auto* mode : {"torznab", "json"}) {
    FakeIndexers fake(kBase);
    auto slow = FilmIndex("slow", 2);
    slow.fault = Fault::kHeld;
    for (const auto& index : {FilmIndex(), slow, FilmIndex("tpb", 3)}) fake.Add(index);
    FakeHost host;
    host.http.AnswerWith("GET", kBase + "*", [&](const sdk::HttpRequest& request) { return fake.Answer(request); });
    auto made = sdk::testing::CreateThroughAbi<ProwlarrIndexer>(Config(mode), host);
    ASSERT_TRUE(made);
    Arrivals sink;
    sdk::testing::TestCall call;
    std::string verdict;
    std::thread caller([&] { verdict = VerdictOf((*made)->Search(call, {}, Film(), sink)); });

    EXPECT_TRUE(sink.WaitFor(10)) << mode;
    call.Cancel();
    caller.join();
    fake.ReleaseHeld();
    host.tasks.Wait();

    EXPECT_EQ(verdict, "8 the viewer is gone");
    sdk::testing::CollectedReleases later;
    EXPECT_EQ(VerdictOf((*made)->Search(AnyCall(), {}, Film(), later)), "ok");
    EXPECT_THAT(later.values, SizeIs(15)) << "what came late was kept";
    EXPECT_EQ(fake.Count("/api/v1/indexer"), 1U);
  }
}

TEST_F(ProwlarrTest, GivesWhatTheOthersHaveWhenOneFails) {
  for (const auto fault : {Fault::kError, Fault::kTooMany, Fault::kServerError, Fault::kHtml, Fault::kEmpty,
                           Fault::kTruncated, Fault::kBomb}) {
    for (const auto* mode : {"torznab", "json"}) {
      FakeIndexers fake(kBase);
      auto broken = FilmIndex("broken", 2);
      broken.fault = fault;
      for (const auto& index : {FilmIndex(), broken}) fake.Add(index);
      FakeHost host;
      host.http.AnswerWith("GET", kBase + "*", [&](const sdk::HttpRequest& request) { return fake.Answer(request); });
      auto made = sdk::testing::CreateThroughAbi<ProwlarrIndexer>(Config(mode), host);
      ASSERT_TRUE(made);
      sdk::testing::CollectedReleases found;

      EXPECT_EQ(VerdictOf((*made)->Search(AnyCall(), {}, Film(), found)), "ok");
      EXPECT_THAT(found.values, SizeIs(5)) << mode << static_cast<int>(fault);
      host.tasks.Wait();
      EXPECT_EQ(host.metrics.Value("searches_total", {"partial"}), 1);
      EXPECT_THAT(host.log.Text() + host.metrics.Text(), Not(HasSubstr("planted")));
    }
  }
}

TEST_F(ProwlarrTest, TellsWhyNoneAnswers) {
  auto index = FilmIndex();
  index.fault = Fault::kTooMany;
  fake_.Add(index);
  ASSERT_EQ(Make(Config("json")), "");
  EXPECT_EQ(Verdict(Film()), "5 the index: too many requests");

  ASSERT_EQ(Make(Config().With("/api_key", "planted-wrong")), "");
  EXPECT_EQ(Verdict(Film()), "3 the index does not take the API key");
}

TEST_F(ProwlarrTest, RefusesAListThatIsNone) {
  host_.http.AnswerJson("GET", fake_.prowlarr() + "/api/v1/indexer", "<html>Sign in</html>");
  host_.http.AnswerJson("GET", fake_.prowlarr() + "/api/v1/indexer", "{}", 500);
  host_.http.AnswerJson("GET", fake_.prowlarr() + "/api/v1/indexer", "[]");
  ASSERT_EQ(Make(Config()), "");

  EXPECT_EQ(Verdict(Film()), "6 the index's answer: want a JSON array");
  EXPECT_EQ(Verdict(Film()), "6 the index: answered 500; want 200");
  EXPECT_EQ(Verdict(Film()), "ok") << "without indexes there is nothing to find";
}

TEST_F(ProwlarrTest, AsksForTheListOnceAQuarter) {
  fake_.Add(FilmIndex());
  ASSERT_EQ(Make(Config("json").With("/cache_ttl", 0)), "");

  Find(Film());
  Find(Film());
  EXPECT_EQ(fake_.Count("/api/v1/indexer"), 1U);
  EXPECT_EQ(fake_.Count("/api/v1/search"), 2U);

  host_.clock.Advance(901s);
  Find(Film());
  EXPECT_EQ(fake_.Count("/api/v1/indexer"), 2U);
}

TEST_F(ProwlarrTest, AsksChosenIndexesAlone) {
  for (const auto& index : {FilmIndex(), FilmIndex("tpb", 3), FilmIndex("rarbg", 4)}) fake_.Add(index);
  ASSERT_EQ(Make(Config().With("/indexers/0", 3)), "");
  EXPECT_THAT(Find(Film()), SizeIs(5));
  EXPECT_EQ(fake_.Count("/prowlarr/1/") + fake_.Count("/prowlarr/4/"), 0U);

  ASSERT_EQ(Make(Config().With("/url", fake_.prowlarr() + "/4/api")), "");
  EXPECT_EQ(Find(Film()).at(0).indexer, "rarbg");
}

TEST_F(ProwlarrTest, AsksAViewersProwlarrWithTheViewersKeyAndChoice) {
  for (const auto& index : {FilmIndex(), FilmIndex("tpb", 3)}) fake_.Add(index);
  ASSERT_EQ(Make({{"/url", "https://own.example"},
                  {"/api_key", "planted-operators-key"},
                  {"/user_urls", true},
                  {"/indexers/0", 77}}),
            "");

  EXPECT_THAT(Find(Film(), {.url = "http:indexers.example/prowlarr::all", .key = FakeIndexers::kKey}), SizeIs(10));
  EXPECT_THAT(Find(Film(), {.url = "http:indexers.example/prowlarr::3", .key = FakeIndexers::kKey}), SizeIs(5));
  EXPECT_EQ(Verdict(Film(), {.url = fake_.prowlarr()}), "3 the index does not take the API key");
  EXPECT_EQ(Verdict(Film(), {.url = "https:own.example::yts"}), "1 url: want the number of an index, or all");
  for (const auto& line : fake_.log()) EXPECT_THAT(line, Not(HasSubstr("operators")));
}

TEST_F(ProwlarrTest, LetsNoViewersIndexInUnlessToldTo) {
  ASSERT_EQ(Make(Config()), "");

  EXPECT_EQ(Verdict(Film(), {.url = fake_.prowlarr(), .key = "k"}), "4 url: no index of a viewer's own is let in");
  EXPECT_THAT(fake_.log(), IsEmpty());
}

TEST_F(ProwlarrTest, RefusesConfigurationsThatCannotBeMeant) {
  EXPECT_EQ(Make(TestConfig()), "/url: is required unless user_urls is true");
  EXPECT_EQ(Make(Config().With("/url", "https:p.example::yts")), "/url: want the number of an index, or all");
  EXPECT_EQ(Make(Config("both")), R"(/mode: want one of ["torznab","json"])");
  EXPECT_EQ(Make(Config().With("/indexers/0", 0)), "/indexers/0: want minimum 1");
}

struct ProwlarrFixture : sdk::testing::IndexerFixture {
  explicit ProwlarrFixture(const char* mode = "torznab") {
    config = {{"/url", kBase + "/prowlarr"}, {"/api_key", FakeIndexers::kKey}, {"/mode", mode}};
    waits_for_upstream = true;
    secrets = {FakeIndexers::kKey};
    text = "The Film";
    imdb_id = "tt0133093";
    fake.Add(FilmIndex());
    fake.Add(FilmIndex("tpb", 3));
  }
  void Prepare(FakeHost& host) override {
    host.http.AnswerWith("GET", kBase + "*", [this](const sdk::HttpRequest& request) { return fake.Answer(request); });
  }
  FakeIndexers fake{kBase};
};
struct ProwlarrJsonFixture : ProwlarrFixture {
  ProwlarrJsonFixture() : ProwlarrFixture("json") {}
};
SLUICE_INDEXER_CONFORMANCE(ProwlarrIndexer, ProwlarrFixture);
SLUICE_INDEXER_CONFORMANCE(ProwlarrIndexer, ProwlarrJsonFixture);

}  // namespace
}  // namespace sluice::plugins::prowlarr

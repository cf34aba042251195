// SPDX-License-Identifier: MIT
#include "torznab.hpp"

#include <chrono>
#include <sluice/sdk/testing/conformance_indexer.hpp>
#include <string>
#include <thread>

#include "tests/plugins/indexer/support.hpp"

namespace sluice::plugins::torznab {
namespace {

using namespace std::chrono_literals;
using namespace indexer;  // NOLINT(google-build-using-namespace): its support is half of this test
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TorznabTest : public IndexerTest<TorznabIndexer> {
 protected:
  TestConfig Config() const { return {{"/url", fake_.jackett("yts")}, {"/api_key", FakeIndexers::kKey}}; }
};

TEST_F(TorznabTest, FindsAFilmByItsIdHoweverItIsOffered) {
  fake_.Add(FilmIndex());
  ASSERT_EQ(Make(Config()), "");

  const auto found = Find(Film());

  EXPECT_THAT(TitlesOf(found),
              ElementsAre("The Film 1999 enclosure yts", "The Film 1999 hash yts", "The Film 1999 magnet yts",
                          "The Film 1999 redirect yts", "The Film 1999 torrent yts"));
  for (const auto& release : FilmIndex().releases) {
    const auto* const same = Named(found, release.title);
    ASSERT_NE(same, nullptr);
    EXPECT_EQ(same->info_hash, HashOf(release)) << release.title;
    EXPECT_TRUE(same->exact);
    EXPECT_FALSE(same->is_private);
    EXPECT_EQ(same->indexer, "yts");
    EXPECT_EQ(same->size_bytes, 1'000'000'000U);
    EXPECT_EQ(same->seeders, 7U);
    EXPECT_EQ(same->published_at.time_since_epoch().count(), 1426367442);
  }
  EXPECT_EQ(Named(found, "redirect")->magnet, MagnetOf(FilmIndex().releases[3]));
  EXPECT_EQ(fake_.Count("t=caps"), 1U);
  EXPECT_EQ(fake_.Count("t=movie&imdbid=tt0133093&cat=2000&limit=100"), 1U);
}

TEST_F(TorznabTest, FindsAnEpisodeByIdAndNumbers) {
  fake_.Add(SeriesIndex());
  ASSERT_EQ(Make(Config().With("/url", fake_.jackett("eztv"))), "");

  const auto found = Find(Episode());

  EXPECT_THAT(TitlesOf(found), ElementsAre("The Show S01E02 720p"));
  EXPECT_TRUE(found.at(0).exact);
  EXPECT_EQ(fake_.Count("t=tvsearch&imdbid=tt0903747&season=1&ep=2&cat=5000"), 1U);
}

TEST_F(TorznabTest, FindsByTextsWhereIdsAreNotKnown) {
  auto index = SeriesIndex();
  index.imdb_id = false;
  fake_.Add(index);
  ASSERT_EQ(Make(Config().With("/url", fake_.jackett("eztv"))), "");

  const auto found = Find(Episode());

  EXPECT_THAT(TitlesOf(found), ElementsAre("The Show S01 Complete", "The Show S01E01 720p", "The Show S01E02 720p"));
  EXPECT_FALSE(found.at(0).exact);
  EXPECT_EQ(fake_.Count("t=search"), 3U);
}

TEST_F(TorznabTest, SpeaksPlainTorznab) {
  auto index = FilmIndex();
  index.year = true;
  index.imdb_id = false;
  index.max = 7;
  fake_.Add(index);
  ASSERT_EQ(Make({{"/url", fake_.torznab()}, {"/api_key", FakeIndexers::kKey}, {"/categories/0", 2040}}), "");

  const auto found = Find(Film());

  EXPECT_THAT(found, SizeIs(5));
  EXPECT_EQ(found.at(0).indexer, "Fake") << "as its caps have it";
  EXPECT_EQ(fake_.Count("t=movie&q=The%20Film&year=1999&cat=2040&limit=7"), 1U);
}

TEST_F(TorznabTest, KeepsTheUrlsOfPrivateTrackersAndFetchesNone) {
  auto index = FilmIndex();
  index.privacy = "semi-private";
  fake_.Add(index);
  ASSERT_EQ(Make(Config()), "");

  const auto found = Find(Film());

  EXPECT_THAT(found, SizeIs(5));
  for (const auto& release : found) EXPECT_TRUE(release.is_private);
  EXPECT_EQ(Named(found, "torrent")->info_hash, "");
  EXPECT_EQ(Named(found, "torrent")->torrent_url, kBase + "/jackett/dl/yts/4?apikey=" + FakeIndexers::kKey);
  EXPECT_EQ(fake_.Count("/dl/"), 0U);
}

TEST_F(TorznabTest, LeavesOutWhatIsGoneAndKeepsWhatIsUnclear) {
  fake_.Add({.id = "yts",
             .releases = {{.title = "gone", .offer = Offer::kGone, .imdb_id = "tt0133093"},
                          {.title = "page", .offer = Offer::kHtml, .imdb_id = "tt0133093"},
                          {.title = "secret", .offer = Offer::kPrivateTorrent, .imdb_id = "tt0133093"}}});
  ASSERT_EQ(Make(Config()), "");

  const auto found = Find(Film());

  EXPECT_THAT(TitlesOf(found), ElementsAre("page", "secret"));
  EXPECT_TRUE(Named(found, "secret")->is_private);
  EXPECT_EQ(Named(found, "secret")->info_hash, "");
}

TEST_F(TorznabTest, AsksForCapsOnceAQuarterAndForASearchOnceInTenMinutes) {
  fake_.Add(SeriesIndex());
  ASSERT_EQ(Make(Config().With("/url", fake_.jackett("eztv"))), "");

  Find(Episode(1));
  Find(Episode(2));
  Find(Episode(2));
  EXPECT_EQ(fake_.Count("t=caps"), 1U);
  EXPECT_EQ(fake_.Count("t=tvsearch"), 2U);

  host_.clock.Advance(601s);
  Find(Episode(2));
  EXPECT_EQ(fake_.Count("t=caps"), 1U);
  EXPECT_EQ(fake_.Count("t=tvsearch"), 3U);

  host_.clock.Advance(300s);
  Find(Episode(1));
  EXPECT_EQ(fake_.Count("t=caps"), 2U);
}

TEST_F(TorznabTest, MakesOneSearchForManyWhoAskAtOnce) {
  auto index = FilmIndex();
  index.fault = Fault::kHeld;
  fake_.Add(index);
  ASSERT_EQ(Make(Config()), "");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_THAT(Find(Film()), SizeIs(5)); });

  EXPECT_TRUE(fake_.WaitFor("t=movie", 1));
  fake_.ReleaseHeld();
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(fake_.Count("t=caps"), 1U);
  EXPECT_EQ(fake_.Count("t=movie"), 1U);
}

TEST_F(TorznabTest, KeepsLateAnswersForTheNextWhoAsks) {
  auto index = FilmIndex();
  index.fault = Fault::kHeld;
  fake_.Add(index);
  ASSERT_EQ(Make(Config()), "");
  sdk::testing::CollectedReleases none;

  EXPECT_EQ(VerdictOf(Search(sdk::testing::CallFor(50ms), Film(), none)), "7 no time is left to wait for the index");
  EXPECT_THAT(none.values, IsEmpty());
  EXPECT_TRUE(fake_.WaitFor("t=movie", 1));
  fake_.ReleaseHeld();
  host_.tasks.Wait();

  EXPECT_THAT(Find(Film()), SizeIs(5));
  EXPECT_EQ(fake_.Count("t=movie"), 1U);
}

TEST_F(TorznabTest, TellsErrorsApart) {
  struct Case {
    Fault fault;
    std::uint32_t code;
    const char* verdict;
  };
  for (const auto& [fault, code, verdict] :
       {Case{Fault::kError, 100, "3 the index: error 100"}, Case{Fault::kError, 102, "3 the index: error 102"},
        Case{Fault::kError, 500, "5 the index: error 500"}, Case{Fault::kError, 900, "6 the index: error 900"},
        Case{Fault::kServerError, 0, "6 the index: answered 500; want 200"},
        Case{Fault::kHtml, 0, "6 the index's answer: want XML"},
        Case{Fault::kBomb, 0, "6 the index's answer: a document type"},
        Case{Fault::kEmpty, 0, "6 the index's answer: want XML"},
        Case{Fault::kTruncated, 0, "6 the index's answer: want XML"}, Case{Fault::kWrongType, 0, "ok"},
        Case{Fault::kTooMany, 0, "5 the index: too many requests"}}) {
    FakeIndexers fake(kBase);
    auto index = FilmIndex();
    index.fault = fault;
    index.error_code = code;
    fake.Add(index);
    FakeHost host;
    host.http.AnswerWith("GET", kBase + "*", [&](const sdk::HttpRequest& request) { return fake.Answer(request); });
    const auto made = sdk::testing::CreateThroughAbi<TorznabIndexer>(Config(), host);
    ASSERT_TRUE(made);
    sdk::testing::CollectedReleases found;

    EXPECT_EQ(VerdictOf((*made)->Search(AnyCall(), {}, Film(), found)), verdict);
    host.tasks.Wait();
    EXPECT_THAT(host.log.Text() + host.metrics.Text(), ::testing::Not(HasSubstr("planted")));
  }
}

TEST_F(TorznabTest, ToleratesNoCapsOfNonsense) {
  auto index = FilmIndex();
  index.caps_fault = Fault::kHtml;
  fake_.Add(index);
  ASSERT_EQ(Make(Config()), "");

  EXPECT_EQ(Verdict(Film()), "6 the index's answer: want XML");
  fake_.Change("yts", [](FakeIndex& changed) { changed.caps_fault = Fault::kNone; });
  EXPECT_EQ(Verdict(Film()), "ok") << "what failed is not remembered";
}

TEST_F(TorznabTest, LeavesAnIndexAloneThatWantsIt) {
  auto index = FilmIndex();
  index.fault = Fault::kTooMany;
  fake_.Add(index);
  ASSERT_EQ(Make(Config()), "");

  EXPECT_EQ(Verdict(Film()), "5 the index: too many requests");
  const auto asked = fake_.log().size();
  EXPECT_EQ(Verdict(Film()), "5 the index: too many requests");
  EXPECT_EQ(fake_.log().size(), asked);

  host_.clock.Advance(31s);
  fake_.Change("yts", [](FakeIndex& changed) { changed.fault = Fault::kNone; });
  EXPECT_EQ(Verdict(Film()), "ok");
}

TEST_F(TorznabTest, GivesWhatItHasWhenOneTextFails) {
  auto index = SeriesIndex();
  index.imdb_id = false;
  fake_.Add(index);
  host_.http.Answer(
      "GET",
      fake_.jackett("eztv") + "/api?t=search&q=The%20Show%20S01E02&cat=5000&limit=100&apikey=" + FakeIndexers::kKey,
      {.status = 502});
  ASSERT_EQ(Make(Config().With("/url", fake_.jackett("eztv"))), "");

  EXPECT_THAT(Find(Episode()), SizeIs(3));
  EXPECT_EQ(Searched("partial"), 1);
}

TEST_F(TorznabTest, WorksWithoutThreadsOfTheHost) {
  auto index = SeriesIndex();
  index.imdb_id = false;
  fake_.Add(index);
  host_.tasks.SetMost(0);
  ASSERT_EQ(Make(Config().With("/url", fake_.jackett("eztv"))), "");

  EXPECT_THAT(Find(Episode()), SizeIs(3));
}

TEST_F(TorznabTest, LetsNoViewersIndexInUnlessToldTo) {
  fake_.Add(FilmIndex());
  ASSERT_EQ(Make(Config()), "");
  const auto url = fake_.jackett("yts");

  EXPECT_EQ(Verdict(Film(), {.url = url, .key = FakeIndexers::kKey}), "4 url: no index of a viewer's own is let in");
  EXPECT_THAT(fake_.log(), IsEmpty());
}

TEST_F(TorznabTest, AsksAViewersIndexWithTheViewersKeyAlone) {
  fake_.Add(FilmIndex());
  ASSERT_EQ(Make({{"/url", "https://own.example"}, {"/api_key", "planted-operators-key"}, {"/user_urls", true}}), "");

  EXPECT_THAT(Find(Film(), {.url = "http:indexers.example/jackett::yts", .key = FakeIndexers::kKey}), SizeIs(5));
  EXPECT_EQ(Verdict(Film(), {.url = "yts:::" + kBase + "/jackett"}), "3 the index: error 100, Invalid API Key");
  EXPECT_EQ(Verdict(Film(), {.url = "file:///etc/passwd"}), "1 url: want an http or https URL");
  EXPECT_EQ(Verdict(Film(), {.url = fake_.torznab(), .key = "two words"}),
            "1 key: want at most 512 visible ASCII characters");
  for (const auto& line : fake_.log()) EXPECT_THAT(line, ::testing::Not(HasSubstr("operators")));
}

TEST_F(TorznabTest, LetsInListedHostsAlone) {
  fake_.Add(FilmIndex());
  ASSERT_EQ(Make({{"/user_urls", true}, {"/user_hosts/0", "Indexers.example"}}), "");

  EXPECT_EQ(Verdict(Film(), {.url = fake_.torznab(), .key = FakeIndexers::kKey}), "ok");
  EXPECT_EQ(Verdict(Film(), {.url = "https://other.example", .key = "k"}), "4 url: viewers may not name this host");
  EXPECT_EQ(Verdict(Film()), "1 url: want the URL of an index");
}

TEST_F(TorznabTest, RefusesConfigurationsThatCannotBeMeant) {
  EXPECT_EQ(Make(TestConfig()), "/url: is required unless user_urls is true");
  EXPECT_EQ(Make({{"/url", "indexers.example"}}), "/url: want an http or https URL");
  EXPECT_EQ(Make(Config().With("/api_key", "a key")), "/api_key: want at most 512 visible ASCII characters");
  EXPECT_EQ(Make(Config().With("/user_hosts/0", "a")), "/user_hosts: is for user_urls true");
  EXPECT_EQ(Make(Config().With("/timeout", 1)), "/timeout: want minimum 2");
}

TEST_F(TorznabTest, WarnsOfKeysInTheClear) {
  ASSERT_EQ(Make(Config()), "");
  EXPECT_THAT(host_.log.Text(), HasSubstr("whoever stands between may read its key"));

  FakeHost quiet;
  ASSERT_TRUE(sdk::testing::CreateThroughAbi<TorznabIndexer>(
      {{"/url", "http://127.0.0.1:9117"}, {"/api_key", "planted-key"}}, quiet));
  EXPECT_EQ(quiet.log.Text().find("whoever"), std::string::npos);
}

struct TorznabFixture : sdk::testing::IndexerFixture {
  TorznabFixture() {
    config = {{"/url", kBase + "/jackett/api/v2.0/indexers/yts/results/torznab"}, {"/api_key", FakeIndexers::kKey}};
    waits_for_upstream = true;
    secrets = {FakeIndexers::kKey};
    text = "The Film";
    imdb_id = "tt0133093";
    fake.Add(FilmIndex());
  }
  void Prepare(FakeHost& host) override {
    host.http.AnswerWith("GET", kBase + "*", [this](const sdk::HttpRequest& request) { return fake.Answer(request); });
  }
  FakeIndexers fake{kBase};
};
SLUICE_INDEXER_CONFORMANCE(TorznabIndexer, TorznabFixture);

}  // namespace
}  // namespace sluice::plugins::torznab

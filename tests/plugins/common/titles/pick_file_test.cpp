// SPDX-License-Identifier: MIT
#include "plugins/common/titles/pick_file.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::titles {
namespace {

constexpr std::uint64_t kMegabyte = 1024 * 1024;

struct Entry {
  std::string_view path;
  std::uint64_t megabytes = 1000;
};

/// Numbered from 0 in the order given.
std::vector<File> Files(const std::vector<Entry>& entries) {
  std::vector<File> files;
  for (const auto& [path, megabytes] : entries)
    files.push_back(
        {.index = static_cast<std::int64_t>(files.size()), .path = path, .size_bytes = megabytes * kMegabyte});
  return files;
}

std::string_view PathOf(const File* file) { return file == nullptr ? "nothing" : file->path; }

std::string_view Pick(const WantedFile& wanted, const std::vector<Entry>& entries) {
  return PathOf(PickFile(wanted, Files(entries)));
}

WantedFile AFilm() { return {.kind = Kind::kMovie}; }
WantedFile AnEpisode(int season, int episode) { return {.kind = Kind::kSeries, .season = season, .episode = episode}; }
WantedFile AnAnime(int season, int episode, int absolute) {
  return {.kind = Kind::kAnime, .season = season, .episode = episode, .absolute = absolute};
}

struct PickCase {
  std::string_view what;
  WantedFile wanted;
  std::vector<Entry> files;
  std::string_view picked;
};

void ExpectPicks(const std::vector<PickCase>& cases) {
  for (const auto& [what, wanted, files, picked] : cases) EXPECT_EQ(Pick(wanted, files), picked) << what;
}

TEST(TitlesPickFileTest, TakesTheFilmAndNoneOfWhatLiesBesideIt) {
  ExpectPicks({
      {"the largest", AFilm(), {{"Tide/tide.cd1.mkv", 700}, {"Tide/tide.2019.mkv", 900}}, "Tide/tide.2019.mkv"},
      {"no video", AFilm(), {{"Tide/tide.nfo"}, {"Tide/tide.srt"}}, "nothing"},
      {"nothing at all", AFilm(), {}, "nothing"},
      {"a sample is none", AFilm(), {{"Tide/Sample/tide-sample.mkv", 60}, {"Tide/tide.mkv", 0}}, "Tide/tide.mkv"},
      {"a large extra", AFilm(), {{"Tide/Extras/interview.mkv", 9000}, {"Tide/tide.mkv", 4000}}, "Tide/tide.mkv"},
      {"featurettes", AFilm(), {{"Tide/Featurettes/on the sea.mkv", 9000}, {"Tide/tide.mkv", 4000}}, "Tide/tide.mkv"},
      {"a trailer",
       AFilm(),
       {{"Tide/Tide (2019)-trailer.mkv", 9000}, {"Tide/Tide (2019).mkv", 4000}},
       "Tide/Tide (2019).mkv"},
      {"a trailer by its name",
       AFilm(),
       {{"Tide.2019.Trailer.1080p.mkv", 9000}, {"Tide.2019.mkv", 4000}},
       "Tide.2019.mkv"},
      {"only a sample", AFilm(), {{"Tide/sample.mkv", 60}}, "Tide/sample.mkv"},
      {"all in one folder of extras", AFilm(), {{"Shorts/tide.mkv", 60}, {"Shorts/ebb.mkv", 50}}, "Shorts/tide.mkv"},
      {"other letters", AFilm(), {{"Tide/tide.nfo", 9000}, {"Tide/TIDE.MKV", 4000}}, "Tide/TIDE.MKV"},
      {"an exotic container", AFilm(), {{"Tide/tide.txt", 9000}, {"Tide/tide.rmvb", 4000}}, "Tide/tide.rmvb"},
      {"sizes not known", AFilm(), {{"Tide/sample-tide.mkv", 0}, {"Tide/tide.mkv", 0}}, "Tide/tide.mkv"},
      {"no extension", AFilm(), {{"Tide/tide", 9000}, {"Tide.mkv/readme", 9000}}, "nothing"},
  });
}

TEST(TitlesPickFileTest, TakesTheFileThatWasListed) {
  const std::vector<Entry> files = {{"Tide/ebb.mkv", 900}, {"Tide/flood.mkv", 4000}};
  auto named = AFilm();
  named.file_name = "ebb.mkv";
  auto with_path = AFilm();
  with_path.file_name = "/Tide/ebb.mkv";
  auto unknown = AFilm();
  unknown.file_name = "other.mkv";

  EXPECT_EQ(Pick(named, files), "Tide/ebb.mkv");
  EXPECT_EQ(Pick(with_path, files), "Tide/ebb.mkv");
  EXPECT_EQ(Pick(unknown, files), "Tide/flood.mkv");
}

TEST(TitlesPickFileTest, TakesAnIndexOnlyFromTheStoreThatCounted) {
  const std::vector<Entry> files = {{"Tide/ebb.mkv", 900}, {"Tide/flood.mkv", 4000}};
  auto wanted = AFilm();
  wanted.index = 0;

  EXPECT_EQ(Pick(wanted, files), "Tide/flood.mkv");
  wanted.index_is_trusted = true;
  EXPECT_EQ(Pick(wanted, files), "Tide/ebb.mkv");
  wanted.index = 7;
  EXPECT_EQ(Pick(wanted, files), "Tide/flood.mkv");
  wanted.index = -1;
  EXPECT_EQ(Pick(wanted, files), "Tide/flood.mkv");
}

TEST(TitlesPickFileTest, TakesNoSampleForAnIndex) {
  auto wanted = AFilm();
  wanted.index = 0;
  wanted.index_is_trusted = true;

  EXPECT_EQ(Pick(wanted, {{"Tide/Sample/tide.sample.mkv", 60}, {"Tide/tide.mkv", 4000}}), "Tide/tide.mkv");
  EXPECT_EQ(Pick(wanted, {{"Tide/tide.nfo", 1}, {"Tide/tide.mkv", 4000}}), "Tide/tide.mkv");
  EXPECT_EQ(Pick(wanted, {{"Tide/logo.mkv", 4}, {"Tide/tide.mkv", 4000}}), "Tide/tide.mkv");
}

TEST(TitlesPickFileTest, FindsEpisodesByName) {
  ExpectPicks({
      {"season and episode",
       AnEpisode(1, 2),
       {{"T/T.S01E01.mkv"}, {"T/T.S01E02.mkv"}, {"T/T.S02E02.mkv"}},
       "T/T.S01E02.mkv"},
      {"crossed", AnEpisode(2, 3), {{"T/T 1x03.avi"}, {"T/T 2x03.avi"}}, "T/T 2x03.avi"},
      {"the second of two", AnEpisode(1, 2), {{"T/T.S01E01E02.mkv"}, {"T/T.S01E03.mkv"}}, "T/T.S01E01E02.mkv"},
      {"within a span", AnEpisode(1, 2), {{"T/T.S01E01-E03.mkv"}, {"T/T.S01E04.mkv"}}, "T/T.S01E01-E03.mkv"},
      {"the last of a span", AnEpisode(1, 3), {{"T/T.S01E01-03.mkv"}, {"T/T.S01E04.mkv"}}, "T/T.S01E01-03.mkv"},
      {"the season in a folder",
       AnEpisode(1, 5),
       {{"T/Season 1/05 - Name.mkv"}, {"T/Season 2/05 - Name.mkv"}},
       "T/Season 1/05 - Name.mkv"},
      {"a short folder", AnEpisode(2, 5), {{"T/S01/05.mkv"}, {"T/S02/05.mkv"}}, "T/S02/05.mkv"},
      {"a folder of a release",
       AnEpisode(2, 5),
       {{"T/T.S01.1080p/E05.mkv"}, {"T/T.S02.1080p/E05.mkv"}},
       "T/T.S02.1080p/E05.mkv"},
      {"a root that was cut off", AnEpisode(2, 5), {{"/Season 1/05.mkv"}, {"/Season 2/05.mkv"}}, "/Season 2/05.mkv"},
      {"a folder of several seasons",
       AnEpisode(1, 5),
       {{"T S01-S02/S01E05.mkv"}, {"T S01-S02/S02E05.mkv"}},
       "T S01-S02/S01E05.mkv"},
      {"without a season it is the first", AnEpisode(1, 5), {{"T/T E04.mkv"}, {"T/T E05.mkv"}}, "T/T E05.mkv"},
      {"and not the second", AnEpisode(2, 5), {{"T/T E04.mkv"}, {"T/T E05.mkv"}}, "nothing"},
      {"numbers of their own",
       AnEpisode(1, 5),
       {{"T/Garden 100 04.mkv"}, {"T/Garden 100 05.mkv"}},
       "T/Garden 100 05.mkv"},
      {"numbers with the season",
       AnEpisode(1, 5),
       {{"T/Season 1/104 Name.mkv"}, {"T/Season 1/105 Name.mkv"}},
       "T/Season 1/105 Name.mkv"},
      {"another episode", AnEpisode(1, 5), {{"T/T.S01E04.mkv"}, {"T/T.S01E06.mkv"}}, "nothing"},
      {"the only one is another", AnEpisode(1, 5), {{"T/T.S01E04.mkv"}}, "nothing"},
      {"the only one is of another season", AnEpisode(2, 5), {{"T/T.S01E05.mkv"}}, "nothing"},
      {"the only one says nothing", AnEpisode(1, 5), {{"T/abcdef.mkv"}}, "T/abcdef.mkv"},
      {"the only one of some size says nothing",
       AnEpisode(1, 5),
       {{"T/abcdef.mkv"}, {"T/logo.mkv", 2}},
       "T/abcdef.mkv"},
      {"several say nothing", AnEpisode(1, 5), {{"T/abcdef.mkv"}, {"T/ghijkl.mkv"}}, "nothing"},
      {"the larger of two",
       AnEpisode(1, 5),
       {{"T/T.S01E05.720p.mkv", 500}, {"T/T.S01E05.1080p.mkv", 900}},
       "T/T.S01E05.1080p.mkv"},
  });
}

TEST(TitlesPickFileTest, TakesNoExtraForAnEpisode) {
  ExpectPicks({
      {"a sample", AnEpisode(1, 2), {{"T/Sample/T.S01E02.sample.mkv", 40}, {"T/T.S01E02.mkv"}}, "T/T.S01E02.mkv"},
      {"a large sample", AnEpisode(1, 2), {{"T/Sample/T.S01E02.mkv", 5000}, {"T/T.S01E02.mkv"}}, "T/T.S01E02.mkv"},
      {"a tiny file",
       AnEpisode(1, 2),
       {{"T/a/T.S01E02.mkv", 4}, {"T/b/T.S01E02.mkv"}, {"T/T.S01E01.mkv"}},
       "T/b/T.S01E02.mkv"},
      {"only tiny", AnEpisode(1, 2), {{"T/T.S01E01.mkv", 4000}, {"T/T.S01E02.mkv", 4}}, "T/T.S01E02.mkv"},
      {"extras of the season",
       AnEpisode(1, 1),
       {{"T/Extras/T.S01E01.Making.Of.mkv", 4000}, {"T/T.S01E01.mkv"}},
       "T/T.S01E01.mkv"},
      {"only an extra", AnEpisode(1, 2), {{"T/Featurettes/T.S01E02.mkv"}, {"T/T.S01E01.mkv"}}, "nothing"},
      {"an opening", AnAnime(1, 1, 1), {{"T/NC/T - NCOP 1.mkv", 4000}, {"T/T - 01.mkv", 900}}, "T/T - 01.mkv"},
      {"a preview", AnAnime(1, 1, 1), {{"T/T - PV1.mkv", 4000}, {"T/T - 01.mkv", 900}}, "T/T - 01.mkv"},
      {"a show of that name",
       AnEpisode(1, 1),
       {{"Trailer.Park.Boys.S01/Trailer.Park.Boys.S01E01.mkv"}},
       "Trailer.Park.Boys.S01/Trailer.Park.Boys.S01E01.mkv"},
  });
}

TEST(TitlesPickFileTest, FindsSpecials) {
  ExpectPicks({
      {"by number", AnEpisode(0, 1), {{"T/T.S01E01.mkv"}, {"T/T.S00E01.mkv"}}, "T/T.S00E01.mkv"},
      {"by folder", AnEpisode(0, 1), {{"T/Season 1/01.mkv"}, {"T/Specials/01.mkv"}}, "T/Specials/01.mkv"},
      {"not for the first season",
       AnEpisode(1, 1),
       {{"T/Specials/01.mkv"}, {"T/Season 1/01.mkv"}},
       "T/Season 1/01.mkv"},
      {"an OVA", AnAnime(0, 2, 0), {{"T/T - 02.mkv"}, {"T/T - OVA 02.mkv"}}, "T/T - OVA 02.mkv"},
      {"an OVA is no episode", AnAnime(1, 2, 2), {{"T/T - OVA 02.mkv", 4000}, {"T/T - 02.mkv"}}, "T/T - 02.mkv"},
      {"a special of a season",
       AnEpisode(1, 5),
       {{"T/T.S01E05.Christmas.Special.mkv"}, {"T/T.S01E04.mkv"}},
       "T/T.S01E05.Christmas.Special.mkv"},
      {"half an episode is none", AnAnime(1, 7, 7), {{"T/T - 07.5.mkv", 4000}, {"T/T - 07.mkv"}}, "T/T - 07.mkv"},
      {"there is none", AnEpisode(0, 3), {{"T/T.S01E03.mkv"}, {"T/T.S00E01.mkv"}}, "nothing"},
  });
}

TEST(TitlesPickFileTest, CountsAnimeThroughAllSeasons) {
  auto second = AnAnime(2, 5, 31);
  auto by_release = AnAnime(2, 5, 17);
  by_release.release = "[G] T S2 (01-12) [1080p]";
  auto other_release = AnAnime(1, 5, 5);
  other_release.release = "[G] T S2 (01-12) [1080p]";
  auto without_absolute = AnAnime(2, 3, 0);
  without_absolute.absolute.reset();
  WantedFile absolute{.kind = Kind::kAnime, .absolute = 31};

  ExpectPicks({
      {"all seasons in one",
       second,
       {{"T/[G] T - 005.mkv"}, {"T/[G] T - 031.mkv"}, {"T/[G] T - 105.mkv"}},
       "T/[G] T - 031.mkv"},
      {"by the number alone", absolute, {{"T/[G] T - 30.mkv"}, {"T/[G] T - 31.mkv"}}, "T/[G] T - 31.mkv"},
      {"in a folder of the season",
       second,
       {{"T/Season 1/T - 05.mkv"}, {"T/Season 2/T - 27.mkv"}, {"T/Season 2/T - 31.mkv"}},
       "T/Season 2/T - 31.mkv"},
      {"a long second season", AnAnime(2, 13, 25), {{"T/S2/T - 13.mkv"}, {"T/S2/T - 25.mkv"}}, "T/S2/T - 25.mkv"},
      {"counted within the season",
       second,
       {{"T/S2/T - 01.mkv"}, {"T/S2/T - 05.mkv"}, {"T/S2/T - 31.mkv"}},
       "T/S2/T - 05.mkv"},
      {"by place",
       without_absolute,
       {{"T/S2/T - 14.mkv"}, {"T/S2/T - 15.mkv"}, {"T/S2/T - 16.mkv"}},
       "T/S2/T - 16.mkv"},
      {"the season of the release", by_release, {{"T/[G] T - 05.mkv"}, {"T/[G] T - 06.mkv"}}, "T/[G] T - 05.mkv"},
      {"which is another", other_release, {{"T/[G] T - 05.mkv"}, {"T/[G] T - 06.mkv"}}, "nothing"},
      {"both numbers",
       AnAnime(2, 5, 31),
       {{"T/T - S02E05 (31).mkv"}, {"T/T - S02E06 (32).mkv"}},
       "T/T - S02E05 (31).mkv"},
      {"other seasons than ours",
       AnAnime(3, 5, 31),
       {{"T/T - S02E05 (31).mkv"}, {"T/T - S02E06 (32).mkv"}},
       "T/T - S02E05 (31).mkv"},
      {"the first season", AnAnime(1, 5, 5), {{"T/S1/T - 05.mkv"}, {"T/S2/T - 05.mkv"}}, "T/S1/T - 05.mkv"},
      {"a second without a first", AnAnime(1, 5, 5), {{"T/S2/T - 05.mkv"}, {"T/S2/T - 01.mkv"}}, "nothing"},
      {"a number in brackets",
       AnAnime(1, 7, 7),
       {{"T/[G][T][07][1080p].mkv"}, {"T/[G][T][08][1080p].mkv"}},
       "T/[G][T][07][1080p].mkv"},
      {"none of them", second, {{"T/[G] T - 29.mkv"}, {"T/[G] T - 30.mkv"}}, "nothing"},
  });
}

TEST(TitlesPickFileTest, FindsDailyShowsByDate) {
  auto wanted = AnEpisode(2024, 12);
  wanted.date = "2024-01-15";

  EXPECT_EQ(Pick(wanted, {{"D/D.2024.01.14.mkv"}, {"D/D.2024.01.15.mkv"}}), "D/D.2024.01.15.mkv");
  EXPECT_EQ(Pick(wanted, {{"D/D.2024.01.14.mkv"}}), "nothing");
}

TEST(TitlesPickFileTest, PrefersTheFileThatWasListedAmongThoseThatFit) {
  auto wanted = AnEpisode(1, 2);
  wanted.file_name = "T.S01E02.720p.mkv";
  const std::vector<Entry> both = {{"T/T.S01E02.720p.mkv", 500}, {"T/T.S01E02.1080p.mkv", 900}};

  EXPECT_EQ(Pick(wanted, both), "T/T.S01E02.720p.mkv");
}

TEST(TitlesPickFileTest, TakesTheListedFileOnlyIfItIsNoOtherEpisode) {
  auto wanted = AnEpisode(1, 2);
  wanted.file_name = "T.S01E03.mkv";
  EXPECT_EQ(Pick(wanted, {{"T/T.S01E03.mkv"}, {"T/T.S01E04.mkv"}}), "nothing");

  wanted.file_name = "abc.mkv";
  EXPECT_EQ(Pick(wanted, {{"T/abc.mkv"}, {"T/def.mkv"}}), "T/abc.mkv");

  wanted.file_name = {};
  wanted.index = 0;
  wanted.index_is_trusted = true;
  EXPECT_EQ(Pick(wanted, {{"T/abc.mkv"}, {"T/def.mkv"}}), "T/abc.mkv");
  EXPECT_EQ(Pick(wanted, {{"T/T.S01E03.mkv"}, {"T/def.mkv"}, {"T/ghi.mkv"}}), "nothing");
}

TEST(TitlesPickFileTest, TakesTheNameOfTheReleaseForItsOnlyFile) {
  auto wanted = AnEpisode(1, 2);
  wanted.release = "T.S01E02.1080p.WEB.h264-G";
  EXPECT_EQ(Pick(wanted, {{"T.S01E02/abc.mkv"}, {"T.S01E02/Sample/s.mkv", 5}}), "T.S01E02/abc.mkv");

  wanted.release = "T.S01E03.1080p.WEB.h264-G";
  EXPECT_EQ(Pick(wanted, {{"T/abc.mkv"}}), "nothing");
}

TEST(TitlesListFileTest, ListsWhatIsNotKnownAndWhatIsThere) {
  const auto known = Files({{"T/T.S01E01.mkv"}, {"T/T.S01E02.mkv"}});

  const auto unknown = ListFile(AnEpisode(1, 2), {});
  EXPECT_TRUE(unknown.listed);
  EXPECT_EQ(unknown.file, nullptr);

  const auto found = ListFile(AnEpisode(1, 1), known);
  EXPECT_TRUE(found.listed);
  ASSERT_NE(found.file, nullptr);
  EXPECT_EQ(found.file->index, 0);
}

TEST(TitlesListFileTest, LeavesOutWhatIsNotThere) {
  EXPECT_FALSE(ListFile(AnEpisode(1, 3), Files({{"T/T.S01E01.mkv"}, {"T/T.S01E02.mkv"}})).listed);
  EXPECT_FALSE(ListFile(AFilm(), Files({{"T/readme.txt"}})).listed);
  EXPECT_TRUE(ListFile(AFilm(), Files({{"T/tide.mkv"}})).listed);
}

TEST(TitlesListFileTest, ListsNoFileThatOnlyMayBeTheEpisode) {
  const auto files = Files({{"T/abc.mkv"}});
  auto wanted = AnEpisode(1, 2);
  EXPECT_FALSE(ListFile(wanted, files).listed);

  wanted.release = "T.S01E02.1080p";
  EXPECT_TRUE(ListFile(wanted, files).listed);
}

}  // namespace
}  // namespace sluice::plugins::titles

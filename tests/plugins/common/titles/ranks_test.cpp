// SPDX-License-Identifier: MIT
#include "plugins/common/titles/ranks.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugins/common/titles/release.hpp"

namespace sluice::plugins::titles {
namespace {

TEST(TitlesRanksTest, CountTheLinesOfResolutions) {
  EXPECT_EQ(ResolutionRank("4k"), 4000);
  EXPECT_EQ(ResolutionRank("4320p"), 4320);
  EXPECT_EQ(ResolutionRank("1080p"), 1080);
  EXPECT_EQ(ResolutionRank("1080P"), 1080);
  EXPECT_EQ(ResolutionRank("480p"), 480);
  EXPECT_EQ(ResolutionRank(""), 0);
  EXPECT_EQ(ResolutionRank("sharp"), 0);
  EXPECT_EQ(ResolutionRank("1080x"), 0);
  EXPECT_EQ(ResolutionRank("99999999999999p"), 0);
}

TEST(TitlesRanksTest, OrderQualities) {
  const std::pair<const char*, int> ranks[] = {
      {"BluRay REMUX", 100}, {"WEBMux", 99},    {"BluRay", 98}, {"BRRip", 96}, {"BDRip", 94},    {"UHDRip", 92},
      {"WEB-DL", 89},        {"WEB-DLRip", 89}, {"WEBRip", 85}, {"WEB", 80},   {"HDRip", 79},    {"HDTV", 75},
      {"DVDRip", 60},        {"SATRip", 59},    {"TVRip", 57},  {"PPV", 55},   {"PPVRip", 55},   {"CAM", 40},
      {"TeleSync", 30},      {"TeleCine", 30},  {"SCR", 20},    {"", 0},       {"WORKPRINT", 0}, {"webrip", 85}};
  for (const auto& [quality, rank] : ranks) EXPECT_EQ(QualityRank(quality), rank) << quality;
}

TEST(TitlesRanksTest, KnowWhatNamesSay) {
  EXPECT_EQ(QualityRank(Parse("Tidewater.S01.2160p.UHD.BluRay.REMUX.HEVC-G").quality), 100);
  EXPECT_EQ(ResolutionRank(Parse("Tidewater.S01.2160p.UHD.BluRay.REMUX.HEVC-G").resolution), 4000);
}

TEST(TitlesRanksTest, PreferWhatSaysMoreOfBrightness) {
  const std::vector<std::string> both = {"DV", "HDR10+"};
  const std::vector<std::string> one = {"HDR"};

  EXPECT_EQ(HdrRank(both), 9);
  EXPECT_EQ(HdrRank(one), 3);
  EXPECT_EQ(HdrRank({}), 0);
}

TEST(TitlesRanksTest, ReadSizes) {
  EXPECT_EQ(SizeRank("1048576"), 1048576u);
  EXPECT_EQ(SizeRank("1 B"), 1u);
  EXPECT_EQ(SizeRank("700MB"), 734003200u);
  EXPECT_EQ(SizeRank("700 MiB"), 734003200u);
  EXPECT_EQ(SizeRank("20GB"), 21474836480u);
  EXPECT_EQ(SizeRank(" 1.5 gb "), 1610612736u);
  EXPECT_EQ(SizeRank("1,5 GB"), 1610612736u);
  EXPECT_EQ(SizeRank("2t"), 2199023255552u);
}

TEST(TitlesRanksTest, RefuseWhatIsNoSize) {
  for (const auto* text : {"", "GB", "-1", "1 XB", "1 GBs", "999999999999999999999", "99999999999 PB", "1.GB"})
    EXPECT_EQ(SizeRank(text), std::nullopt) << text;
}

}  // namespace
}  // namespace sluice::plugins::titles

// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/sort.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/plugins/endpoint/stremio/stream_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

/// The hashes' digits, in order.
std::string Sorted(std::vector<Stream> streams, std::string_view sort) {
  const auto keys = ParseSort(sort);
  EXPECT_TRUE(keys) << sort;
  Sort(streams, *keys);
  std::string out;
  for (const auto& stream : streams) out += stream.hash.front();
  return out;
}

std::vector<Stream> Unsorted() {
  std::vector<Stream> out{
      StreamOf('a', "Film.2020.720p.WEB-DL.x264-G"), StreamOf('b', "Film.2020.2160p.BluRay.REMUX.DV.HDR-G"),
      StreamOf('c', "Film.2020.1080p.BluRay.HDR-G"), StreamOf('d', "Film.2020.1080p.WEB-DL-G"),
      StreamOf('e', "Film.2020.1080p.BluRay-G"),     StreamOf('f', "Film 2020")};
  const std::uint64_t sizes[] = {700, 60'000, 12'000, 0, 12'500, 900};
  for (std::size_t i = 0; i < out.size(); ++i) out[i].size_bytes = sizes[i];
  out[4].file_size_bytes = 11'000;  // of a pack of 12,500
  return out;
}

TEST(StremioSortTest, BestFirstWithoutAWish) {
  EXPECT_EQ(Sorted(Unsorted(), ""), "bcedaf");
  EXPECT_EQ(Sorted(Unsorted(), "  "), "bcedaf");
  EXPECT_EQ(Sorted(Unsorted(), kDefaultSort), "bcedaf");
}

TEST(StremioSortTest, TakesKeysInTheirOrder) {
  EXPECT_EQ(Sorted(Unsorted(), "size"), "dafecb");
  EXPECT_EQ(Sorted(Unsorted(), "-size"), "bcefad");
  EXPECT_EQ(Sorted(Unsorted(), "resolution,-size"), "facedb");
  EXPECT_EQ(Sorted(Unsorted(), " -hdr , size "), "bcdafe");
  EXPECT_EQ(Sorted(Unsorted(), "-quality,resolution,size,hdr"), "becadf");
}

TEST(StremioSortTest, KeepsTheOrderOfEquals) {
  std::vector<Stream> same;
  for (const char hash : {'3', '1', '2'}) same.push_back(StreamOf(hash, "Film.2020.1080p"));

  EXPECT_EQ(Sorted(same, "-resolution"), "312");
  EXPECT_EQ(Sorted(same, "resolution"), "312");
  EXPECT_EQ(Sorted({}, ""), "");
}

TEST(StremioSortTest, NamesKeysThatItDoesNotKnow) {
  const std::pair<std::string_view, std::string_view> faults[] = {
      {"seeders", "sort: key 1: want resolution, quality, size or hdr, with - for high to low"},
      {"size,Resolution", "sort: key 2: want resolution, quality, size or hdr, with - for high to low"},
      {"--size", "sort: key 1: want resolution, quality, size or hdr, with - for high to low"},
      {"+size", "sort: key 1: want resolution, quality, size or hdr, with - for high to low"},
      {"size,", "sort: key 2: want resolution, quality, size or hdr, with - for high to low"},
      {",size", "sort: key 1: want resolution, quality, size or hdr, with - for high to low"},
      {"-", "sort: key 1: want resolution, quality, size or hdr, with - for high to low"},
      {"size,hdr,-size", "sort: key 3: want each once"},
  };
  for (const auto& [sort, message] : faults) {
    const auto keys = ParseSort(sort);
    ASSERT_FALSE(keys) << sort;
    EXPECT_EQ(keys.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_EQ(keys.error().message, message) << sort;
  }
}

}  // namespace
}  // namespace sluice::plugins::stremio

// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/stream_record.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/plugins/endpoint/stremio/stream_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

Stream FullStream() {
  auto out = StreamOf('a', "[site.example] Show.S01E02.2160p.BluRay.REMUX.HEVC.DV.TrueHD.7.1-GRP");
  out.size_bytes = 30'000'000'000;
  out.seeders = 5;
  out.indexer = "yts";
  out.indexer_host = "yts.example";
  out.category = "tv";
  out.file_name = "Show.S01E02.mkv";
  out.file_index = 3;
  out.file_size_bytes = 3'000'000'000;
  out.cache = CacheState::kCached;
  return out;
}

bool Keeps(std::string_view source, const Stream& stream) {
  const auto filter = Filter::Compile(source);
  EXPECT_TRUE(filter) << source << ": " << filter.error().message;
  return filter && filter->Keeps(StreamRecord(stream, "series", "Sluice"));
}

TEST(StremioStreamRecordTest, HasEveryField) {
  for (const auto* source : {"Title == 'Show'",
                             "Year == 0",
                             "Resolution == '4k'",
                             "Quality == 'BluRay REMUX'",
                             "Codec == 'hevc'",
                             "BitDepth == ''",
                             "HDR contains 'DV'",
                             "'TrueHD' in Audio",
                             "'7.1' in Channels",
                             "len(Languages) == 0",
                             "len(Subtitles) == 0",
                             "Group == 'GRP'",
                             "len(Site) >= 0",
                             "1 in Seasons",
                             "2 in Episodes",
                             "Size > '20GB'",
                             "Seeders == 5",
                             "!IsPrivate",
                             "len(Hash) == 40",
                             "TTitle contains 'REMUX'",
                             "Category == 'tv'",
                             "Kind == 'series'",
                             "File.Name endsWith '.mkv'",
                             "File.Idx == 3",
                             "File.Size < '3GB'",
                             "Indexer.Name == 'yts'",
                             "Indexer.Host == 'yts.example'",
                             "Store.Code == 'tb'",
                             "Store.Name == 'torbox'",
                             "Store.IsCached",
                             "!Store.IsProxied",
                             "Addon.Name == 'Sluice'"}) {
    EXPECT_TRUE(Keeps(source, FullStream())) << source;
    EXPECT_FALSE(Keeps("not (" + std::string(source) + ")", FullStream())) << source;
  }
}

TEST(StremioStreamRecordTest, WhatIsNotKnownIsNil) {
  const auto stream = StreamOf('a', "Show");
  for (const auto* source :
       {"Size == nil", "File.Size == nil", "Seeders == nil", "Store.IsCached == nil", "File.Idx == -1"})
    EXPECT_TRUE(Keeps(source, stream)) << source;
  EXPECT_TRUE(Keeps("Size < '1GB'", stream));
  EXPECT_TRUE(Keeps("Size > '1GB'", stream));
}

TEST(StremioStreamRecordTest, DropsWhatIsNotWanted) {
  std::vector<Stream> streams{StreamOf('a', "Film.720p"), StreamOf('b', "Film.1080p"), StreamOf('c', "Film.2160p"),
                              StreamOf('d', "Film")};
  KeepWanted(streams, *Filter::Compile("Resolution >= '1080p'"), "movie", "Sluice");

  ASSERT_EQ(streams.size(), 2u);
  EXPECT_EQ(streams[0].hash.front(), 'b');
  EXPECT_EQ(streams[1].hash.front(), 'c');
}

}  // namespace
}  // namespace sluice::plugins::stremio

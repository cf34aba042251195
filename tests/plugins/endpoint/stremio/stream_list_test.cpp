// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/stream_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/plugins/endpoint/stremio/stream_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

Stream With(Stream stream, CacheState cache) {
  stream.cache = cache;
  return stream;
}

std::string Listed(const std::vector<Stream>& streams) {
  std::string out;
  for (const auto& stream : streams)
    out.append(out.empty() ? "" : " ").append(1, stream.hash.front()).append(":").append(stream.store_code);
  return out;
}

TEST(StremioStreamListTest, MergesWhatIsKnownOfOneHash) {
  auto first = StreamOf('a', "", "");
  first.size_bytes = 100;
  first.seeders = 3;
  auto second = StreamOf('a', "Film.2020.1080p", "");
  second.size_bytes = 200;
  second.seeders = 7;
  second.is_private = true;
  second.file_name = "film.mkv";
  second.file_index = 0;
  second.file_size_bytes = 90;
  second.indexer = "yts";
  second.indexer_host = "yts.example";

  const auto merged = WithoutDuplicates({first, StreamOf('b', "Other", ""), second});

  ASSERT_EQ(merged.size(), 2u);
  EXPECT_EQ(merged[0].name, "Film.2020.1080p");
  EXPECT_EQ(merged[0].release.resolution, "1080p");
  EXPECT_EQ(merged[0].size_bytes, 100u);
  EXPECT_EQ(merged[0].seeders, 7u);
  EXPECT_TRUE(merged[0].is_private);
  EXPECT_EQ(merged[0].file_name, "film.mkv");
  EXPECT_EQ(merged[0].file_index, 0);
  EXPECT_EQ(merged[0].file_size_bytes, 90u);
  EXPECT_EQ(merged[0].indexer, "yts");
  EXPECT_EQ(merged[1].hash.front(), 'b');
}

TEST(StremioStreamListTest, KeepsTheFactsOfOneFileTogether) {
  auto first = StreamOf('a', "Pack", "");
  first.file_index = 4;
  auto second = StreamOf('a', "Pack", "");
  second.file_name = "other.mkv";
  second.file_index = 5;
  second.file_size_bytes = 50;

  const auto merged = WithoutDuplicates({first, second});

  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(merged[0].file_index, 4);
  EXPECT_EQ(merged[0].file_name, "");
  EXPECT_EQ(merged[0].file_size_bytes, 0u);
}

TEST(StremioStreamListTest, ListsCachedOnesFirstAndOfOneStoreEach) {
  const std::vector<Stream> streams{
      With(StreamOf('a', "Film.2160p", "tb"), CacheState::kUncached),
      With(StreamOf('b', "Film.720p", "tb"), CacheState::kUncached),
      With(StreamOf('b', "Film.720p", "rd"), CacheState::kCached),
      With(StreamOf('b', "Film.720p", "ad"), CacheState::kCached),
      With(StreamOf('c', "Film.1080p", "tb"), CacheState::kUnknown),
      With(StreamOf('c', "Film.1080p", "rd"), CacheState::kUncached),
      With(StreamOf('d', "Film.1080p", "tb"), CacheState::kCached),
      With(StreamOf('d', "Film.1080p", "tb"), CacheState::kUncached),
  };

  EXPECT_EQ(Listed(Arranged(streams, *ParseSort(""), false)), "d:tb b:rd c:tb a:tb c:rd");
  EXPECT_EQ(Listed(Arranged(streams, *ParseSort("resolution"), false)), "b:rd d:tb c:tb c:rd a:tb");
  EXPECT_EQ(Listed(Arranged(streams, *ParseSort(""), true)), "d:tb b:rd");
}

TEST(StremioStreamListTest, PeersAreNeverCachedAndStay) {
  const std::vector<Stream> streams{StreamOf('a', "Film.720p", "p2p"), StreamOf('b', "Film.1080p", "p2p"),
                                    StreamOf('a', "Film.720p", "p2p")};

  EXPECT_EQ(Listed(Arranged(streams, *ParseSort(""), true)), "b:p2p a:p2p");
}

TEST(StremioStreamListTest, HasNothingToSayOfNothing) { EXPECT_TRUE(Arranged({}, {}, false).empty()); }

}  // namespace
}  // namespace sluice::plugins::stremio

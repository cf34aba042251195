// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/playback_path.hpp"

#include <gmock/gmock.h>

#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/testing/fake_host.hpp>

namespace sluice::plugins::stremio {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kHash = "0123456789abcdef0123456789abcdef01234567";
constexpr auto kSealedUrl = "https://tracker.example/dl/7.torrent?passkey=planted-passkey";

class PlaybackPathTest : public ::testing::Test {
 protected:
  std::string Written(const PlaybackPath& path) {
    const auto written = WritePlaybackPath(path, host_.secrets);
    EXPECT_TRUE(written) << written.error().message;
    return written ? *written : std::string();
  }
  PlaybackPath Read(std::string_view path) {
    const auto read = ReadPlaybackPath(path, host_.secrets);
    EXPECT_TRUE(read) << read.error().message;
    return read ? *read : PlaybackPath();
  }
  std::string Refusal(std::string_view path) {
    const auto read = ReadPlaybackPath(path, host_.secrets);
    if (read) return "(taken)";
    EXPECT_EQ(read.error().code, sdk::Errc::kInvalidArgument);
    return read.error().message;
  }
  static PlaybackPath Episode() {
    return {.video = {.title = "tt0903747", .season = 1, .episode = 2},
            .store_code = "tb",
            .hash = kHash,
            .file_index = 0,
            .file_name = "e2.mkv"};
  }
  static std::string With(std::string_view hash) { return "/tt1/tb/" + std::string(hash) + "/0/"; }

  sdk::testing::FakeHost host_;
};

TEST_F(PlaybackPathTest, IsReadAsItWasWritten) {
  for (const auto* const name :
       {"", "e2.mkv", "a/b.mkv", "100% of it.mkv", "Am\xc3\xa9lie \xe6\x98\xa0\xe7\x94\xbb?.mkv", "a#b&c=d+e.mkv"}) {
    for (const auto index :
         {std::optional<std::int64_t>(), std::optional<std::int64_t>(0), std::optional<std::int64_t>(12)}) {
      for (const auto* const url : {"", kSealedUrl}) {
        auto path = Episode();
        path.file_name = name;
        path.file_index = index;
        path.torrent_url = url;
        path.torrent_of_viewer = *url != '\0' && index.has_value();

        const auto read = Read(Written(path));

        EXPECT_EQ(read.Text(), path.Text());
        EXPECT_EQ(read.video, path.video);
        EXPECT_EQ(read.file_index, index);
        EXPECT_EQ(read.torrent_url, url);
        EXPECT_EQ(read.torrent_of_viewer, path.torrent_of_viewer);
      }
    }
  }
}

TEST_F(PlaybackPathTest, HasTheFormThatPlayersKeep) {
  EXPECT_EQ(Written(Episode()), "/tt0903747%3A1%3A2/tb/" + std::string(kHash) + "/0/e2.mkv");
  auto unknown = Episode();
  unknown.file_index.reset();
  unknown.file_name.clear();
  EXPECT_EQ(Written(unknown), "/tt0903747%3A1%3A2/tb/" + std::string(kHash) + "/-1/");
}

TEST_F(PlaybackPathTest, TheNameAndItsSlashMayBeMissing) {
  EXPECT_EQ(Read("/tt1/tb/" + std::string(kHash) + "/0").file_index, 0);
  EXPECT_EQ(Read("/tt1/tb/" + std::string(kHash) + "/-1/").file_index, std::nullopt);
  EXPECT_EQ(Read("/tt1/tb/" + std::string(kHash) + "/0/a/b.mkv").file_name, "a/b.mkv");
}

TEST_F(PlaybackPathTest, HashesAreReadInAnyCase) {
  EXPECT_EQ(Read(With("0123456789ABCDEF0123456789ABCDEF01234567")).hash, kHash);
}

TEST_F(PlaybackPathTest, ATorrentUrlCannotBeReadOutOfIt) {
  auto path = Episode();
  path.torrent_url = kSealedUrl;

  const auto written = Written(path);

  EXPECT_THAT(written, Not(HasSubstr("planted")));
  auto sealed = written.substr(written.find(kHash) + 41);
  sealed.resize(sealed.find('/'));
  const auto octets = sdk::Base64UrlDecode(sealed);
  ASSERT_TRUE(octets) << sealed;
  EXPECT_THAT(*octets, Not(HasSubstr("planted")));
  EXPECT_THAT(*octets, Not(HasSubstr("tracker")));
  EXPECT_EQ(Written(path), written) << "players know a stream again by its URL";
}

TEST_F(PlaybackPathTest, ASealThatWasChangedIsRefusedWhereverItWas) {
  auto path = Episode();
  path.torrent_url = kSealedUrl;
  const auto written = Written(path);
  const auto begin = written.find(kHash) + 41;
  // The last character may stand for bits that are no octet.
  const auto end = written.find('/', begin) - 1;

  for (auto at = begin; at < end; ++at) {
    auto changed = written;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_THAT(Refusal(changed), HasSubstr("torrent: want what this server has made")) << at;
  }
}

TEST_F(PlaybackPathTest, WhatElseWasSealedIsNoTorrent) {
  for (const auto* const text : {"userdata/1\n{}", "https://internal.example/", "torrent/2\nhttps://a.example/"}) {
    const auto sealed = host_.secrets.SealDeterministic(text);
    ASSERT_TRUE(sealed);
    EXPECT_THAT(Refusal(With(std::string(kHash) + "-" + sdk::Base64UrlEncode(*sealed))), HasSubstr("torrent: want"))
        << text;
  }
  // In the clear, as another addon has it.
  EXPECT_THAT(Refusal(With(std::string(kHash) + "-" + sdk::Base64UrlEncode("https://internal.example/"))),
              HasSubstr("torrent: want"));
}

TEST_F(PlaybackPathTest, WhatDoesNotFitIsRefusedByName) {
  const auto hash = std::string(kHash);
  EXPECT_THAT(Refusal(""), HasSubstr("path: want"));
  EXPECT_THAT(Refusal("tt1"), HasSubstr("path: want"));
  EXPECT_THAT(Refusal("/xx1/tb/" + hash + "/0/"), HasSubstr("id"));
  EXPECT_THAT(Refusal("/tt1/zz/" + hash + "/0/"), HasSubstr("store: want"));
  EXPECT_THAT(Refusal("/tt1/p2p/" + hash + "/0/"), HasSubstr("store: want"));
  EXPECT_THAT(Refusal(With(hash.substr(1))), HasSubstr("hash: want"));
  EXPECT_THAT(Refusal("/tt1/tb/" + hash), HasSubstr("file index: want"));
  for (const auto* const index : {"-2", "1x", "", "+1", "4294967296", "0x1"})
    EXPECT_THAT(Refusal("/tt1/tb/" + hash + "/" + index + "/"), HasSubstr("file index: want")) << index;
  EXPECT_THAT(Refusal("/tt1/tb/" + hash + "/0/a%zz"), HasSubstr("file name: want"));
  EXPECT_THAT(Refusal("/tt1/tb/" + hash + "/0/a%00b"), HasSubstr("file name: want"));
  EXPECT_THAT(Refusal("/tt1/tb/" + hash + "/0/" + std::string(1025, 'a')), HasSubstr("file name: want"));
  EXPECT_THAT(Refusal("/tt1/tb/" + hash + "/0/" + std::string(9000, 'a')), HasSubstr("path: want"));
}

}  // namespace
}  // namespace sluice::plugins::stremio

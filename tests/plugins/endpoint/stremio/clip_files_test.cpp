// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/clip_files.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "common/isobmff/box_header.hpp"
#include "plugins/endpoint/stremio/clips.hpp"

namespace sluice::plugins::stremio {
namespace {

/// The types of the boxes that a file consists of, in order; the last is "?" where they do not fill it exactly.
std::vector<std::string> BoxesOf(std::span<const std::byte> file) {
  std::vector<std::string> types;
  while (!file.empty()) {
    const auto box = isobmff::ReadHeader(file);
    if (!box || !*box || (*box)->size == 0 || (*box)->size > file.size()) {
      types.emplace_back("?");
      return types;
    }
    const auto type = (*box)->type;
    std::string name;
    for (const int shift : {24, 16, 8, 0}) name += static_cast<char>(type >> shift & 0xFFU);
    types.push_back(std::move(name));
    file = file.subspan((*box)->size);
  }
  return types;
}

TEST(StremioClipFilesTest, EveryClipIsAWholeMp4FileThatPlaysFromItsStart) {
  for (const auto name : kClips) {
    const auto boxes = BoxesOf(ClipFile(name));

    ASSERT_THAT(boxes, ::testing::Contains("mdat")) << name;
    EXPECT_EQ(boxes.front(), "ftyp") << name;
    EXPECT_THAT(boxes, ::testing::Not(::testing::Contains("?"))) << name;
    EXPECT_LT(std::ranges::find(boxes, "moov"), std::ranges::find(boxes, "mdat")) << name;
  }
}

TEST(StremioClipFilesTest, EveryFileIsAClip) {
  std::vector<std::string> wanted;
  for (const auto name : kClips) wanted.push_back("/" + std::string(name) + ".mp4");

  std::vector<std::string> there;
  for (const auto& file : ClipFiles()) there.emplace_back(file.path);

  EXPECT_THAT(there, ::testing::UnorderedElementsAreArray(wanted));
}

TEST(StremioClipFilesTest, NoTwoClipsAreTheSame) {
  for (const auto one : kClips) {
    for (const auto other : kClips) {
      EXPECT_EQ(std::ranges::equal(ClipFile(one), ClipFile(other)), one == other) << one << ", " << other;
    }
  }
}

TEST(StremioClipFilesTest, StayAsSmallAsAPageOfText) {
  constexpr std::size_t kMaxBytes = 26'000;
  for (const auto name : kClips) EXPECT_LE(ClipFile(name).size(), kMaxBytes) << name;
}

TEST(StremioClipFilesTest, WhatIsNoClipHasNoFile) {
  for (const auto* const name : {"", "404", "401.mp4", "/401", "./401", "40", "make.sh"}) {
    EXPECT_TRUE(ClipFile(name).empty()) << name;
  }
}

}  // namespace
}  // namespace sluice::plugins::stremio

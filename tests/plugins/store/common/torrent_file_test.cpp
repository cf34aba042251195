// SPDX-License-Identifier: MIT
#include "store/common/torrent_file.hpp"

#include <gtest/gtest.h>

#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>

#include "store/common/digest.hpp"

namespace sluice::plugins::store {
namespace {

constexpr std::string_view kInfo = "d6:lengthi5e4:name1:x12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae";

std::string WhatBecomesOf(std::string_view text) {
  const auto hash = InfoHashOfTorrent(sdk::AsBytes(text));
  return hash ? *hash : hash.error().message;
}
std::string File(std::string_view info) { return "d8:announce9:http://t/4:info" + std::string(info) + "e"; }

TEST(TorrentFileTest, HashesTheOctetsOfItsInfo) {
  EXPECT_EQ(WhatBecomesOf(File(kInfo)), Sha1Hex(kInfo));
  EXPECT_EQ(Sha1Hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(WhatBecomesOf("d4:info" + std::string(kInfo) + "1:ale1:bi-1ee"), Sha1Hex(kInfo)) << "keys out of order";
}

TEST(TorrentFileTest, RefusesWhatIsNone) {
  const std::string no_dictionary = ".torrent file: want one bencoded dictionary (BEP 3)";
  for (const auto& text : {std::string(), std::string("<html>"), File(kInfo) + "x", "d4:info" + std::string(kInfo),
                           std::string("le"), std::string("d4:infoi-0ee"), std::string("d4:infoi01ee"),
                           std::string("d4:infoiee"), std::string("d4:info04:abcde"), std::string("d4:info99:abe"),
                           std::string("d4:info4294967296:abe"), std::string("di1e1:ae"), std::string("d4:infoe"),
                           "d4:info" + std::string(kInfo) + "4:info" + std::string(kInfo) + "e",
                           "d1:a" + std::string(100, 'l') + std::string(100, 'e') + "e"})
    EXPECT_EQ(WhatBecomesOf(text), no_dictionary) << text;
  EXPECT_EQ(WhatBecomesOf("d1:a1:be"), ".torrent file: want a dictionary called info");
  EXPECT_EQ(WhatBecomesOf("d4:info3:abce"), ".torrent file: want a dictionary called info");
  EXPECT_EQ(WhatBecomesOf("d4:infodee"), ".torrent file: want info with pieces");
  EXPECT_EQ(WhatBecomesOf(std::string(16 * 1024 * 1024 + 1, 'd')), ".torrent file: want at most 16 MiB");
}

}  // namespace
}  // namespace sluice::plugins::store

// SPDX-License-Identifier: MIT
#include "store/common/info_hash.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sluice::plugins::store {
namespace {

constexpr std::string_view kFirst = "0123456789abcdef0123456789abcdef01234567";
constexpr std::string_view kFirstBase32 = "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH";
constexpr std::string_view kSecond = "ffffffffffffffffffffffffffffffffffffffff";

TEST(InfoHashTest, NormalisesEveryFormOfAHash) {
  EXPECT_EQ(NormalizeHash(kFirst), kFirst);
  EXPECT_EQ(NormalizeHash("0123456789ABCDEF0123456789ABCDEF01234567"), kFirst);
  EXPECT_EQ(NormalizeHash(kFirstBase32), kFirst);
  EXPECT_EQ(NormalizeHash("aerukz4jvpg66ajdivtytk6n54asgrlh"), kFirst);
  EXPECT_EQ(NormalizeHash("77777777777777777777777777777777"), kSecond);
  for (const auto* text : {"", "0123", "0123456789abcdef0123456789abcdef0123456g", "AERUKZ4JVPG66AJDIVTYTK6N54ASGRL1",
                           "0123456789abcdef0123456789abcdef012345678"}) {
    EXPECT_FALSE(NormalizeHash(text)) << text;
  }
}

TEST(InfoHashTest, FindsTheHashOfAMagnet) {
  const std::string hash(kFirst);
  for (const auto& uri : {"magnet:?xt=urn:btih:" + hash, "MAGNET:?XT=URN:BTIH:" + hash,
                          "magnet:?dn=a%26xt%3Db&xt=urn:btih:" + hash + "&tr=http://t",
                          "magnet:?xt=urn%3Abtih%3A" + hash, "magnet:?xt.1=urn:sha1:x&xt.2=urn:btih:" + hash,
                          "magnet:?xt=urn:btih:" + hash + "#f", "magnet:?xt=urn:btih:" + std::string(kFirstBase32)}) {
    EXPECT_EQ(HashOfMagnet(uri), kFirst) << uri;
  }
  for (const auto& uri :
       {std::string("magnet:?"), "magnet:?xt=" + hash, "magnet:?dn=urn:btih:" + hash, hash,
        "magnet:?xt=urn:btih:" + hash + "0", "magnet:?xt=urn:btmh:1220" + hash, "xmagnet:?xt=urn:btih:" + hash}) {
    EXPECT_FALSE(HashOfMagnet(uri)) << uri;
  }
}

TEST(InfoHashTest, MakesAMagnetWithoutTrackers) {
  EXPECT_EQ(CanonicalMagnet(kFirst), "magnet:?xt=urn:btih:" + std::string(kFirst));
  EXPECT_EQ(CanonicalMagnet(kFirst, "A & b"), "magnet:?xt=urn:btih:" + std::string(kFirst) + "&dn=A%20%26%20b");
  EXPECT_EQ(HashOfMagnet(CanonicalMagnet(kFirst, "x&xt=urn:btih:y")), kFirst);
}

}  // namespace
}  // namespace sluice::plugins::store

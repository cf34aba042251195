// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/hex.hpp>

#include <string>

namespace sluice::sdk {
namespace {

TEST(HexTest, RoundTripsEveryOctet) {
  std::string octets;
  for (int octet = 0; octet < 256; ++octet) octets += static_cast<char>(octet);

  const auto text = HexEncode(octets);

  EXPECT_EQ(text.substr(0, 36), "000102030405060708090a0b0c0d0e0f1011");
  EXPECT_EQ(text.substr(508), "feff");
  EXPECT_EQ(*HexDecode(text), octets);
  EXPECT_EQ(HexEncode(""), "");
  EXPECT_EQ(*HexDecode(""), "");
}

TEST(HexTest, ReadsEitherLetterCase) { EXPECT_EQ(*HexDecode("aAfF09"), "\xaa\xff\x09"); }

TEST(HexTest, RefusesWhatIsNoPairOfDigits) {
  for (const auto* const text : {"0", "000", "0g", "g0", "0x", " 00 ", "00\n0", "\xff\xff", "/0", ":0", "@0", "`0"}) {
    const auto octets = HexDecode(text);
    ASSERT_FALSE(octets) << text;
    EXPECT_EQ(octets.error().code, Errc::kInvalidArgument);
  }
}

}  // namespace
}  // namespace sluice::sdk

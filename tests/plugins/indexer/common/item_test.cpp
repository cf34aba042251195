// SPDX-License-Identifier: MIT
#include "indexer/common/item.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice::plugins::indexer {
namespace {

std::int64_t SecondsOf(std::string_view text) {
  const auto date = ReadPubDate(text);
  return date ? date->time_since_epoch().count() : -1;
}

TEST(PubDateTest, ReadsWhatFeedsWrite) {
  EXPECT_EQ(SecondsOf("Sat, 14 Mar 2015 17:10:42 -0400"), 1426367442);
  EXPECT_EQ(SecondsOf("14 Mar 2015 21:10:42 GMT"), 1426367442);
  EXPECT_EQ(SecondsOf("Sat, 14 March 15 21:10:42 Z"), 1426367442);
  EXPECT_EQ(SecondsOf("Sat, 14 Mar 2015 21:10 +0000"), 1426367400);
  EXPECT_EQ(SecondsOf("2015-03-14T21:10:42Z"), 1426367442);
  EXPECT_EQ(SecondsOf("2015-03-14T22:10:42.123+01:00"), 1426367442);
}

TEST(PubDateTest, TakesNothingForADateThatIsNone) {
  for (const auto* text : {"", "yesterday", "Sat, 32 Mar 2015 17:10:42 GMT", "Sat, 14 Foo 2015 17:10:42 GMT",
                           "Sat, 14 Mar 2015 25:10:42 GMT", "Sat, 14 Mar 9999 17:10:42 GMT",
                           "Sat, 14 Mar 1066 17:10:42 GMT", "14 Mar -015 17:10:42 GMT", "30 Feb 2015 00:00:00 GMT",
                           "Thu, 01 Jan 1970 00:00:00 +0100", "9999999999999999999"}) {
    EXPECT_EQ(SecondsOf(text), -1) << text;
  }
  EXPECT_EQ(SecondsOf(std::string(10'000, '1')), -1);
}

TEST(CleanTextTest, KeepsUtf8AndNothingElse) {
  EXPECT_EQ(CleanText("  A\tb\nc\x01 ", 100), "A b c");
  EXPECT_EQ(CleanText("Am\xC3\xA9lie \xE2\x82\xAC \xF0\x9F\x8E\xAC", 100),
            "Am\xC3\xA9lie \xE2\x82\xAC \xF0\x9F\x8E\xAC");
  EXPECT_EQ(CleanText("a\xFF\xC0\xAF\xED\xA0\x80z\xC3", 100), "a??????z?");
  EXPECT_EQ(CleanText("ab\xC3\xA9", 3), "ab");
  EXPECT_EQ(CleanText(std::string(10'240, 'x'), kMaxTitleBytes).size(), kMaxTitleBytes);
}

TEST(CountTest, TakesNothingForANumberThatIsNone) {
  EXPECT_EQ(CountOf(" 42 ", 100), 42U);
  for (const auto* text : {"", "-1", "1.5", "1e3", "101", "18446744073709551616", "0x10", "12 GB"}) {
    EXPECT_EQ(CountOf(text, 100), 0U) << text;
  }
}

TEST(MediumTest, LeavesOutWhatOnlyOtherMediaAreSaidOf) {
  EXPECT_TRUE(IsOtherMedium({3000, 3010}));
  EXPECT_TRUE(IsOtherMedium({7000, 100123}));
  EXPECT_FALSE(IsOtherMedium({3000, 2040}));
  EXPECT_FALSE(IsOtherMedium({8000}));
  EXPECT_FALSE(IsOtherMedium({100123}));
  EXPECT_FALSE(IsOtherMedium({}));
}

}  // namespace
}  // namespace sluice::plugins::indexer

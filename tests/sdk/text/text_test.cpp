// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <sluice/sdk/text.hpp>

#include <string>
#include <string_view>

namespace sluice::sdk {
namespace {

using std::string_view_literals::operator""sv;

TEST(LowerCaseTest, ChangesTheLettersOfAsciiOnly) {
  EXPECT_EQ(LowerCase("AZaz@[`{09"), "azaz@[`{09");
  EXPECT_EQ(LowerCase("\xC3\x84\xC4\xB0K"), "\xC3\x84\xC4\xB0k");
  EXPECT_EQ(LowerCase(""), "");
}

TEST(EqualsIgnoreCaseTest, ComparesLettersWithoutTheirCaseAndAllElseExactly) {
  EXPECT_TRUE(EqualsIgnoreCase("Content-TYPE", "content-type"));
  EXPECT_TRUE(EqualsIgnoreCase("", ""));
  EXPECT_FALSE(EqualsIgnoreCase("range", "ranges"));
  EXPECT_FALSE(EqualsIgnoreCase("[", "{"));
  EXPECT_FALSE(EqualsIgnoreCase("\xC3\x84", "\xC3\xA4"));
}

TEST(TrimSpaceTest, TakesWhiteSpaceFromBothEndsAndLeavesWhatIsWithin) {
  EXPECT_EQ(TrimSpace("\v\f \tkey of \t words\r\n"), "key of \t words");
  EXPECT_EQ(TrimSpace("key"), "key");
  EXPECT_EQ(TrimSpace(" \t\r\n\v\f"), "");
  EXPECT_EQ(TrimSpace(""), "");
}

TEST(TrimSpaceTest, LeavesControlCharactersThatAreNoSpace) { EXPECT_EQ(TrimSpace("\0key\x1F"sv), "\0key\x1F"sv); }

TEST(TrimControlsTest, TakesSpacesAndC0ControlsFromBothEnds) {
  EXPECT_EQ(TrimControls("\0\x1F\n a\tb \x01"sv), "a\tb");
  EXPECT_EQ(TrimControls("\x7F\x21\xA0"), "\x7F\x21\xA0");
  EXPECT_EQ(TrimControls(" \x01\x02"), "");
}

TEST(IsFieldValueTest, RefusesControlCharactersOtherThanTab) {
  EXPECT_TRUE(IsFieldValue(""));
  EXPECT_TRUE(IsFieldValue("text/html;\tq=\"1\" ~"));
  EXPECT_TRUE(IsFieldValue("caf\xC3\xA9 \x80\xFF"));
  for (int octet = 0; octet < 0x20; ++octet) {
    const std::string value{'a', static_cast<char>(octet), 'b'};
    EXPECT_EQ(IsFieldValue(value), octet == '\t') << octet;
  }
  EXPECT_FALSE(IsFieldValue("a\x7F"));
}

}  // namespace
}  // namespace sluice::sdk

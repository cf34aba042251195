// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <sluice/sdk/text.hpp>
#include <sluice/sdk/types.hpp>

#include <string>
#include <string_view>
#include <vector>

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

TEST(Utf8SizeTest, TakesWellFormedCharactersOnly) {
  EXPECT_EQ(Utf8Size(""), 0u);
  EXPECT_EQ(Utf8Size("\0a"sv), 1u);
  EXPECT_EQ(Utf8Size("\x7F"), 1u);
  EXPECT_EQ(Utf8Size("\xC2\x80"), 2u);
  EXPECT_EQ(Utf8Size("\xDF\xBFx"), 2u);
  EXPECT_EQ(Utf8Size("\xE0\xA0\x80"), 3u);
  EXPECT_EQ(Utf8Size("\xED\x9F\xBF"), 3u);
  EXPECT_EQ(Utf8Size("\xEF\xBF\xBF"), 3u);
  EXPECT_EQ(Utf8Size("\xF0\x90\x80\x80"), 4u);
  EXPECT_EQ(Utf8Size("\xF4\x8F\xBF\xBF"), 4u);
  for (const auto text : {"\x80", "\xBF", "\xC1\xBF", "\xC2", "\xC2\x7F", "\xC2\xC0", "\xE0\x9F\xBF", "\xED\xA0\x80",
                          "\xE1\x80", "\xE1\x80\x7F", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                          "\xF1\x80\x80", "\xF1\x80\x80\xC0", "\xFF"}) {
    EXPECT_EQ(Utf8Size(text), 0u) << testing::PrintToString(text);
  }
}

TEST(TakeCharacterTest, TakesCharacterByCharacter) {
  std::string_view text = "aé€😀";

  EXPECT_EQ(TakeCharacter(text), U'a');
  EXPECT_EQ(TakeCharacter(text), U'é');
  EXPECT_EQ(TakeCharacter(text), U'€');
  EXPECT_EQ(TakeCharacter(text), U'😀');
  EXPECT_TRUE(text.empty());
}

TEST(TakeCharacterTest, TakesOneOctetOfWhatIsNoUtf8) {
  for (const std::string_view bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                     "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "\xC3", "\xC3x"}) {
    auto rest = bad;

    EXPECT_EQ(TakeCharacter(rest), kNoCharacter) << testing::PrintToString(bad);
    EXPECT_EQ(rest.size(), bad.size() - 1) << testing::PrintToString(bad);
  }
}

TEST(UpperCaseTest, ChangesAsciiLettersAlone) { EXPECT_EQ(UpperCase("get_Post-1é"), "GET_POST-1é"); }

TEST(MakeLegibleTest, ReplacesWhatIsNoTextAndKeepsTheRest) {
  std::string text = "caf\xC3\xA9\x80 a\nb\x7F\xED\xA0\x80\xE2\x82\xAC\xE2\x82";

  MakeLegible(text);

  EXPECT_EQ(text, "caf\xC3\xA9? a?b????\xE2\x82\xAC??");
}

TEST(IsUuidTest, TakesTheFormAndNothingElse) {
  EXPECT_TRUE(IsUuid("3f2b1c00-aaaa-4bbb-8ccc-0123456789ab"));
  EXPECT_TRUE(IsUuid("3F2B1C00-AAAA-0BBB-FCCC-0123456789AB")) << "either letter case, any version";
  for (const auto text : {"", "3f2b1c00aaaa4bbb8ccc0123456789ab", "3f2b1c00-aaaa-4bbb-8ccc-0123456789a",
                          "3f2b1c00-aaaa-4bbb-8ccc-0123456789abc", "3f2b1c00-aaaa-4bbb-8ccc-0123456789ag",
                          "3f2b1c0-0aaaa-4bbb-8ccc-0123456789ab", "3f2b1c00-aaaa-4bbb-8ccc--123456789ab",
                          "{f2b1c00-aaaa-4bbb-8ccc-0123456789a}"}) {
    EXPECT_FALSE(IsUuid(text)) << text;
  }
}

TEST(FieldValueTest, FindsTheFirstOfThatNameAmongFieldsAndHeaders) {
  const std::vector<Header> headers = {{"A", "1"}, {"content-TYPE", "2"}, {"Content-Type", "3"}};
  const std::vector<Field> fields(headers.size(), Field{"x", "y"});

  EXPECT_EQ(FieldValue(headers, "Content-Type"), "2");
  EXPECT_EQ(FieldValue(headers, "Content"), "");
  EXPECT_EQ(FieldValue(fields, "X"), "y");
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

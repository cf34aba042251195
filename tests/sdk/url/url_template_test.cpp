// SPDX-License-Identifier: MIT
#include <sluice/sdk/url_template.hpp>

#include <gmock/gmock.h>

#include <limits>
#include <string>

namespace sluice::sdk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr TemplateValues kValues{
    .representation_id = "v1", .number = 7, .bandwidth = 800000, .time = 1234567890123, .sub_number = 2};
constexpr TemplateVariant kVariants[] = {{"v1", 800000}, {"v2", 1600000}};

std::string Expanded(std::string_view text) {
  const auto parsed = UrlTemplate::Parse(text);
  return parsed ? parsed->Expand(kValues) : "error: " + parsed.error().message;
}

std::string Matched(std::string_view text, std::string_view filled) {
  const auto parsed = UrlTemplate::Parse(text);
  const auto values = parsed->Match(filled, kVariants);
  return values ? parsed->Expand(*values) : "no";
}

TEST(UrlTemplateTest, FillsInEveryIdentifier) {
  EXPECT_EQ(Expanded("$RepresentationID$/$Bandwidth$/$Number$.$SubNumber$-$Time$.m4s"),
            "v1/800000/7.2-1234567890123.m4s");
  EXPECT_EQ(Expanded("a/b.mp4"), "a/b.mp4");
  EXPECT_EQ(Expanded(""), "");
}

TEST(UrlTemplateTest, PadsToTheWidthAndCutsNothing) {
  EXPECT_EQ(Expanded("$Number%05d$ $Number%01d$ $Number%00d$ $Bandwidth%08d$ $Time%03d$ $SubNumber%032d$"),
            "00007 7 7 00800000 1234567890123 00000000000000000000000000000002");
}

TEST(UrlTemplateTest, TwoDollarsAreOne) {
  EXPECT_EQ(Expanded("$$Number$$-$Number$$$"), "$Number$-7$");
  EXPECT_EQ(Expanded("$$"), "$");
}

TEST(UrlTemplateTest, NumbersHave64Bits) {
  const auto parsed = UrlTemplate::Parse("$Time$");
  TemplateValues values{.time = std::numeric_limits<std::uint64_t>::max()};
  EXPECT_EQ(parsed->Expand(values), "18446744073709551615");
  EXPECT_EQ(Matched("$Time$", "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(Matched("$Time$", "18446744073709551616"), "no");
}

TEST(UrlTemplateTest, RefusesWhatItCannotFillIn) {
  for (const auto* text : {"$", "a$b", "$Number$$", "$Numbers$", "$number$", "$ Number$", "$Number %05d$", "$%05d$"})
    EXPECT_THAT(Expanded(text), HasSubstr("error: URL template: want ")) << text;
  for (const auto* text :
       {"$Number%d$", "$Number%5d$", "$Number%0d$", "$Number%05x$", "$Number%$", "$Number%05d $", "$Number%033d$",
        "$Number%099999999999999999999d$", "$Number%0-1d$", "$RepresentationID%05d$"})
    EXPECT_EQ(Expanded(text), "error: URL template: want %0<width>d with a width up to 32 behind a number's name")
        << text;
}

TEST(UrlTemplateTest, NamesItsIdentifiersOnceInTheOrderOfTheirFirstAppearance) {
  const auto parsed = UrlTemplate::Parse("$Time$/$RepresentationID$/$Number%05d$/$Time$$Number$");

  EXPECT_THAT(parsed->fields(),
              ElementsAre(TemplateField::kTime, TemplateField::kRepresentationId, TemplateField::kNumber));
  EXPECT_EQ(parsed->Placeholders(), "$Time$/$RepresentationID$/$Number$");
  EXPECT_TRUE(parsed->Uses(TemplateField::kTime));
  EXPECT_FALSE(parsed->Uses(TemplateField::kBandwidth));
  EXPECT_EQ(UrlTemplate::Parse("a")->Placeholders(), "");
}

TEST(UrlTemplateTest, BindsOneRepresentationAndLeavesTheRest) {
  const auto parsed = UrlTemplate::Parse("$RepresentationID$/$$/$Bandwidth%08d$/$Number%05d$/$Time$");

  EXPECT_EQ(parsed->Bind({"a$b/c", 5}), "a$$b/c/$$/00000005/$Number%05d$/$Time$");
  EXPECT_EQ(UrlTemplate::Parse(parsed->Bind({"a$b", 5}))->Expand(kValues), "a$b/$/00000005/00007/1234567890123");
}

TEST(UrlTemplateTest, MatchesWhatItHandedOut) {
  EXPECT_EQ(Matched("$RepresentationID$-$Number%05d$.m4s", "v2/42"), "v2-00042.m4s");
  EXPECT_EQ(Matched("$Number$/$Number%03d$", "0"), "0/000");
  EXPECT_EQ(Matched("$Bandwidth$/$Time$", "1600000/9"), "1600000/9");
  EXPECT_EQ(Matched("a.mp4", ""), "a.mp4");
}

TEST(UrlTemplateTest, MatchesNothingOutsideOfItsSpace) {
  for (const auto* filled :
       {"",       "/",       "v1",    "v1/",   "/1",     "v1/1/",  "v1/1/2",     "v3/1", "v1/x",
        "v1/-1",  "v1/+1",   "v1/01", "v1/1 ", "v1/1.0", "v1/%31", "v1/..",      "../1", "v1/1?x=2",
        "v1/1#x", "v1%2F..", "V1/1",  "v1//1", "v1/0x1", "v1/1e3", "v1/\xd9\xa1"})
    EXPECT_EQ(Matched("$RepresentationID$/$Number$", filled), "no") << filled;
  EXPECT_EQ(Matched("a.mp4", "x"), "no");
}

TEST(UrlTemplateTest, IdAndBandwidthMustBelongTogether) {
  EXPECT_EQ(Matched("$RepresentationID$/$Bandwidth$", "v1/800000"), "v1/800000");
  EXPECT_EQ(Matched("$RepresentationID$/$Bandwidth$", "v1/1600000"), "no");
  EXPECT_FALSE(UrlTemplate::Parse("$Bandwidth$")->Match("800000", {}));
}

TEST(UrlTemplateTest, KnowsWhatCanStandInAPath) {
  for (const auto* id : {"v1", "a-b_c.d~e", "video=1200000", "1:2", "a,b+c@d!"})
    EXPECT_TRUE(IsPlainRepresentationId(id));
  for (const auto* id : {"", ".", "..", "a/b", "a?b", "a#b", "a%20b", "a b", "a;b", "\xc3\xa9", "a\\b", "a$b", "a\"b"})
    EXPECT_FALSE(IsPlainRepresentationId(id)) << id;
}

}  // namespace
}  // namespace sluice::sdk

// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/expression.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::plugins::stremio {
namespace {

/// A record of what a test puts into it; the rest is nil.
struct FakeRecord final : Record {
  Value Get(Field field) const override {
    const auto found = values.find(field);
    return found == values.end() ? Value() : found->second;
  }

  const std::vector<std::string> hdr{"DV", "HDR10+"};
  const std::vector<std::string> audio{"Atmos", "TrueHD"};
  const std::vector<int> seasons{1, 2, 3};
  const std::vector<std::string> none{};
  std::map<Field, Value> values{{Field::kTitle, "The Löwe"},
                                {Field::kYear, 2020.0},
                                {Field::kResolution, "1080p"},
                                {Field::kQuality, "WEB-DL"},
                                {Field::kHdr, std::span<const std::string>(hdr)},
                                {Field::kAudio, std::span<const std::string>(audio)},
                                {Field::kSubtitles, std::span<const std::string>(none)},
                                {Field::kSeasons, std::span<const int>(seasons)},
                                {Field::kSize, 5.0 * 1024 * 1024 * 1024},
                                {Field::kIsPrivate, false},
                                {Field::kFileName, "Löwe.mkv"},
                                {Field::kFileIndex, -1.0},
                                {Field::kStoreIsCached, true}};
};

bool Keeps(std::string_view source, const FakeRecord& record = {}) {
  const auto filter = Filter::Compile(source);
  EXPECT_TRUE(filter) << source << ": " << filter.error().message;
  return filter && filter->Keeps(record);
}

void ExpectAll(std::initializer_list<std::string_view> sources, bool kept) {
  for (const auto source : sources) EXPECT_EQ(Keeps(source), kept) << source;
}

std::string Fault(std::string_view source) {
  const auto filter = Filter::Compile(source);
  if (filter) return "none";
  EXPECT_EQ(filter.error().code, sdk::Errc::kInvalidArgument);
  return filter.error().message;
}

TEST(StremioFilterTest, EmptyKeepsEverything) { ExpectAll({"", "  \n\t"}, true); }

TEST(StremioFilterTest, Literals) {
  ExpectAll({"true", "!false", "nil == nil", "1 == 1.0", "-1 < 0", "'a' == \"a\"", R"("\"\\\n\t\r\'" == '"\\\n\t\r\'')",
             "'it\\'s' != 'its'", "0.5 < 0.75", "\"é\" == 'é'", "len([]) == 0", "len([1, -2]) == 2", "-2 in [1, -2]"},
            true);
  ExpectAll({"false", "nil != nil", "1 == 2", "'a' == 'b'", "3 in []"}, false);
}

TEST(StremioFilterTest, ComparesNumbersAndTexts) {
  ExpectAll({"Year == 2020", "Year != 2021", "Year < 2021", "Year <= 2020", "Year > 2019", "Year >= 2020",
             "Title > 'A'", "'The' < Title", "File.Idx == -1", "IsPrivate == false", "IsPrivate != true"},
            true);
  ExpectAll({"Year == 2021", "Year != 2020", "Year < 2020", "Year <= 2019", "Year > 2020", "Year >= 2021",
             "Title == 'the löwe'"},
            false);
}

TEST(StremioFilterTest, ComparesByRank) {
  ExpectAll({"Resolution >= \"1080p\"",
             "Resolution < '4k'",
             "Resolution < '2160p'",
             "Resolution > '720p'",
             "'720p' < Resolution",
             "Resolution == '1080P'",
             "Resolution >= 1080",
             "Resolution in ['4k', '1080p']",
             "Resolution not in ['720p']",
             "Quality > 'WEBRip'",
             "Quality < 'BluRay'",
             "Quality == 'web-dl'",
             "Quality in ['BluRay', 'WEBDL']",
             "Size < \"20GB\"",
             "Size > '5000 MB'",
             "Size == '5 GB'",
             "Size < 6000000000",
             "Resolution != ''",
             "Quality != 'WORKPRINT'",
             "(IsPrivate ? File.Size : Size) < '6GB'"},
            true);
  ExpectAll({"Resolution == '4k'", "Resolution > '1080p'", "Resolution in ['4k', '720p']", "Quality >= 'BluRay'",
             "Size > '20GB'", "Size == '5GB' && Size != '5 gb'", "Quality in ['BluRay']"},
            false);
}

TEST(StremioFilterTest, FourThousandIsWhatHas2160Lines) {
  FakeRecord record;
  record.values[Field::kResolution] = "4k";
  EXPECT_TRUE(Keeps("Resolution == '2160p'", record));
  EXPECT_TRUE(Keeps("Resolution >= '2160p'", record));
  EXPECT_TRUE(Keeps("Resolution == '4K'", record));
}

TEST(StremioFilterTest, UnknownRanksAreNotEqual) {
  FakeRecord record;
  record.values[Field::kQuality] = "";
  record.values[Field::kResolution] = "";
  EXPECT_TRUE(Keeps("Quality == ''", record));
  EXPECT_TRUE(Keeps("Quality != 'WORKPRINT'", record));
  EXPECT_TRUE(Keeps("Resolution < '480p'", record));
  EXPECT_FALSE(Keeps("Resolution >= '480p'", record));
}

TEST(StremioFilterTest, LooksIntoTextsAndLists) {
  ExpectAll({"Title contains 'öw'", "Title startsWith 'The'", "Title endsWith 'we'", "Title contains ''",
             "HDR contains 'DV'", "'DV' in HDR", "'HLG' not in HDR", "2 in Seasons", "Seasons contains 3",
             "4 not in Seasons", "Quality contains 'WEB'", "Year in [2019, 2020]", "not (Title contains 'x')",
             "not Title contains 'x'", "nil not in HDR", "lower(Title) contains 'the'"},
            true);
  ExpectAll({"Title contains 'OW'", "Title startsWith 'he'", "Title endsWith 'The'", "HDR contains 'dv'",
             "'HLG' in HDR", "4 in Seasons", "Year in [1999]"},
            false);
}

TEST(StremioFilterTest, JoinsConditions) {
  ExpectAll(
      {"true && true", "true and !false", "false || true", "false or true", "not false", "not not true", "!!true",
       "true || false && false", "not false and true", "!IsPrivate && Store.IsCached", "true ? true : false",
       "false ? false : true ? true : false", "Year == 2020 ? Resolution == '1080p' : false", "not false == true"},
      true);
  ExpectAll({"true && false", "(true || false) && false", "not true", "false or false", "!true", "not true or false",
             "true ? false : true"},
            false);
}

TEST(StremioFilterTest, StopsAtWhatDecides) {
  ExpectAll({"true || Group > 1", "not (false && Group > 1)", "any([1, 2], true)", "false ? Group > 1 : true"}, true);
}

TEST(StremioFilterTest, Functions) {
  ExpectAll({"len(Title) == 8", "len(HDR) == 2", "len(Subtitles) == 0", "any(HDR, # == 'DV')",
             "any(HDR, {# startsWith 'HDR'})", "all(Seasons, # > 0)", "none(Audio, # contains 'DTS')",
             "all(Subtitles, false)", "none(Subtitles, true)", "any(Seasons, # == 2 && any(HDR, # == 'DV') && # == 2)",
             "lower('ABC') == 'abc'"},
            true);
  ExpectAll({"any(HDR, # == 'HLG')", "all(Seasons, # > 1)", "none(Audio, # == 'Atmos')", "any(Subtitles, true)"},
            false);
}

TEST(StremioFilterTest, KeepsWhatItCannotJudge) {
  ExpectAll({"Group > 1",
             "Group contains 'x'",
             "File.Size < '2GB'",
             "!(File.Size < '2GB')",
             "Title < 3",
             "Title == 3",
             "Seasons == Seasons",
             "Year contains 2",
             "Title in 'The'",
             "2 in Year",
             "len(Year) == 1",
             "any(Title, true)",
             "lower(Year) == ''",
             "HDR < HDR",
             "Size < Title",
             "Store.Name startsWith 'x'",
             "true && Group > 1",
             "false || Group > 1",
             "Indexer.Host endsWith 'x'",
             "IsPrivate < true"},
            true);
  FakeRecord unknown;
  unknown.values.erase(Field::kStoreIsCached);
  EXPECT_TRUE(Keeps("Store.IsCached", unknown));
  EXPECT_TRUE(Keeps("!Store.IsCached", unknown));
}

TEST(StremioFilterTest, NilEqualsNilAlone) {
  ExpectAll({"Group == nil", "File.Size == nil", "Size != nil", "nil != 'x'", "nil != Title", "Group != 'x'"}, true);
  ExpectAll({"Size == nil", "Group == 'x'", "File.Size == '1GB'"}, false);
}

TEST(StremioFilterTest, SaysWhereAndWhatWasWanted) {
  const std::pair<std::string_view, std::string_view> faults[] = {
      {"Resolutoin == '4k'", "filter: character 1: want a field, such as Title or File.Size"},
      {"title == 'x'", "filter: character 1: want a field, such as Title or File.Size"},
      {"File == nil", "filter: character 1: want a member, such as File.Name"},
      {"File.Path == ''", "filter: character 1: want a field, such as Title or File.Size"},
      {"Title", "filter: character 1: want what is true or false, such as a comparison"},
      {"'é' == 'é' && Year", "filter: character 15: want what is true or false, such as a comparison"},
      {"!Title", "filter: character 2: want what is true or false, such as a comparison"},
      {"Year ? true : false", "filter: character 1: want what is true or false, such as a comparison"},
      {"true ? 1 : 2", "filter: character 6: want what is true or false, such as a comparison"},
      {"len(Title)", "filter: character 1: want what is true or false, such as a comparison"},
      {"Year ==", "filter: character 8: want a field, a literal or ("},
      {"(true", "filter: character 6: want )"},
      {"true)", "filter: character 5: want an operator, or the end"},
      {"true true", "filter: character 6: want an operator, or the end"},
      {"1 < Year < 3", "filter: character 10: want &&, || or the end behind a comparison"},
      {"Title matches '^T'", "filter: character 7: want contains, startsWith or endsWith; matches is not supported"},
      {"Title == 'abc", "filter: character 10: want text with a quote at its end"},
      {R"(Title == "\d")", R"(filter: character 11: want n, r, t, \, ' or " after \)"},
      {"Year == 1234567890123456", "filter: character 9: want a number of at most 15 digits"},
      {"Size < 20GB", "filter: character 10: want an operator; sizes and resolutions stand in quotes"},
      {"Year + 1 == 2", "filter: character 6: want an operand or an operator"},
      {"Year = 2", "filter: character 6: want an operand or an operator"},
      {"Year == -Year", "filter: character 10: want a number"},
      {"Size < 'big'", R"(filter: character 8: want a size such as "20GB")"},
      {"Size in ['1GB', 'big']", R"(filter: character 9: want a size such as "20GB")"},
      {"Resolution > 'high'", R"(filter: character 14: want a resolution such as "1080p")"},
      {"'good' <= Quality", R"(filter: character 1: want a quality such as "WEB-DL")"},
      {"Year in [1, 'a']", "filter: character 13: want a text in a list of texts, or a number in a list of numbers"},
      {"Year in [Year]", "filter: character 10: want a text in a list of texts, or a number in a list of numbers"},
      {"Year in [1 2]", "filter: character 12: want , or ]"},
      {"Year in [1", "filter: character 11: want , or ]"},
      {"# == 1", "filter: character 1: want # inside any, all or none only"},
      {"any(HDR)", "filter: character 8: want , and a condition"},
      {"any(HDR, {true)", "filter: character 15: want }"},
      {"any(HDR, #)", "filter: character 10: want what is true or false, such as a comparison"},
      {"any(# == 1, true)", "filter: character 5: want # inside any, all or none only"},
      {"len(HDR, 1) == 1", "filter: character 8: want )"},
      {"true ? true", "filter: character 12: want :"},
      {"\xFF", "filter: character 1: want an operand or an operator"},
      {"and", "filter: character 1: want a field, such as Title or File.Size"},
  };
  for (const auto& [source, message] : faults) EXPECT_EQ(Fault(source), message) << source;
}

TEST(StremioFilterTest, BoundsNestingAndLength) {
  const auto nested = [](std::size_t depth, std::string open, std::string close) {
    std::string out;
    for (std::size_t i = 0; i < depth; ++i) out += open;
    out += "true";
    for (std::size_t i = 0; i < depth; ++i) out += close;
    return out;
  };
  EXPECT_TRUE(Keeps(nested(60, "(", ")")));
  EXPECT_TRUE(Keeps(nested(60, "!", "")));
  EXPECT_TRUE(Fault(nested(100, "(", ")")).ends_with("want less nesting"));
  EXPECT_TRUE(Fault(nested(2000, "!", "")).ends_with("want less nesting"));
  EXPECT_TRUE(Fault(nested(500, "not ", "")).ends_with("want less nesting"));
  EXPECT_TRUE(Fault(nested(200, "true ? true : ", "")).ends_with("want less nesting"));
  EXPECT_TRUE(Fault(nested(400, "any(HDR, ", ")")).ends_with("want less nesting"));
  EXPECT_TRUE(Fault(std::string(4000, '[')).starts_with("filter: character 2: want"));
  EXPECT_EQ(Fault(std::string(4097, ' ')), "filter: is too long; want at most 4096 octets");
  std::string chain = "true";
  while (chain.size() < 4000) chain += " && true";
  EXPECT_TRUE(Keeps(chain));
}

TEST(StremioFilterTest, GivesUpInTimeAndKeeps) {
  const std::vector<int> many(4000, 1);
  FakeRecord record;
  record.values[Field::kSeasons] = std::span<const int>(many);
  EXPECT_TRUE(Keeps("any(Seasons, any(Seasons, any(Seasons, any(Seasons, # == 2))))", record));
  EXPECT_FALSE(Keeps("any(Seasons, # == 2)", record));
}

}  // namespace
}  // namespace sluice::plugins::stremio

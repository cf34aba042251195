// SPDX-License-Identifier: MIT
// Names that stores give: links' hashes, files' paths, dates, codes.
#include <gtest/gtest.h>

#include <string>

#include "store/common/client_ip.hpp"
#include "store/common/codes.hpp"
#include "store/common/forms.hpp"
#include "store/common/json.hpp"
#include "store/common/link_hash.hpp"
#include "store/common/paths.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::store {
namespace {

using sdk::Errc;
using sdk::Reason;

TEST(LinkHashTest, NamesAnIndexersLinkWithoutTheKey) {
  EXPECT_EQ(NzbLinkName("https://i.example/api?t=get&id=a%20b&apikey=planted"), "https://i.example/api?t=get&id=a%20b");
  EXPECT_EQ(NzbLinkName("https://i.example/x/api?apikey=planted&id=7&t=g#f"), "https://i.example/x/api?t=g&id=7");
  for (const auto* other : {"https://i.example/api?t=search&id=7", "https://i.example/api?t=get",
                            "https://i.example/api?t=get&id=", "https://i.example/api?id=7", "https://i.example/api#x"})
    EXPECT_EQ(NzbLinkName(other), "https://i.example/api") << other;
  EXPECT_EQ(NzbLinkName("https://i.example/get/7.nzb&i=1&r=planted"), "https://i.example/get/7.nzb");
  EXPECT_EQ(NzbLinkName("https://i.example/get/7.nzb?a=1&b=2"), "https://i.example/get/7.nzb");
}

TEST(LinkHashTest, IsTheMd5OfTheName) {
  EXPECT_EQ(HashOfWebLink("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(HashOfNzbLink("abc?x=1"), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(PathsTest, StripsTheRoot) {
  EXPECT_EQ(StripRoot("Root/sub/file").root, "Root");
  EXPECT_EQ(StripRoot("Root/sub/file").path, "sub/file");
  EXPECT_EQ(StripRoot("/file").path, "file");
  EXPECT_EQ(StripRoot("file").root, "");
  EXPECT_EQ(StripRoot("").path, "");
  EXPECT_EQ(StripRoot("Root/").path, "");
}

TEST(PathsTest, MakesPathsThatLeadNowhereElse) {
  EXPECT_EQ(SafePath("a/b.mkv"), "a/b.mkv");
  EXPECT_EQ(SafePath("/../a//./b\\..\\c\x01\x7f"), "a/b_.._c__");
  for (const auto* none : {"", "/", "..", "../..", "./", "//"}) EXPECT_EQ(SafePath(none), "file") << none;
}

TEST(PathsTest, NamesATorrentByItsFolder) {
  EXPECT_EQ(TorrentName("Show S01/e1.mkv", "own"), "Show S01");
  EXPECT_EQ(TorrentName("e1.mkv", "own\n name"), "own name");
  EXPECT_EQ(TorrentName("", ""), "");
}

TEST(PathsTest, CutsLongNamesBetweenCharacters) {
  const std::string umlaut = "\xc3\xa4";
  std::string name = "x";
  for (int i = 0; i < 1000; ++i) name += umlaut;
  EXPECT_EQ(SafeName(name).size(), 1023U);
  EXPECT_EQ(SafeName(std::string(2000, '\x80')), "") << "no UTF-8 at all";
}

TEST(TimesTest, ReadsDates) {
  EXPECT_EQ(ReadTime("2026-01-02T03:04:05Z")->time_since_epoch().count(), 1767323045);
  EXPECT_EQ(ReadTime("2026-01-02T03:04:05.123456+00:00"), ReadTime("2026-01-02 03:04:05"));
  EXPECT_EQ(ReadTime("2026-01-02T05:04:05+02:00"), ReadTime("2026-01-02T03:04:05Z"));
  EXPECT_EQ(ReadTime("2026-01-01T23:34:05-03:30"), ReadTime("2026-01-02T03:04:05Z"));
  EXPECT_EQ(ReadHttpDate("Fri, 02 Jan 2026 03:04:05 GMT"), ReadTime("2026-01-02T03:04:05Z"));
  for (const auto* none : {"", "2026-01-02", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-02T24:00:00Z",
                           "2026-01-02T03:04:05X", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+25:00",
                           "1969-12-31T00:00:00Z", "2026-01-02T03:04", "-026-01-02T03:04:05Z"})
    EXPECT_FALSE(ReadTime(none)) << none;
  for (const auto* none : {"", "Fri, 02 Xxx 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:04:05 UTC", "12"})
    EXPECT_FALSE(ReadHttpDate(none)) << none;
}

TEST(ClientIpTest, NamesOnlyWhatAServerElsewhereCanSee) {
  for (const auto* shown : {"203.0.113.5", "192.0.2.10", "2001:db8::1", "::ffff:203.0.113.5", "172.32.0.1"})
    EXPECT_EQ(PublicAddress(shown), shown);
  for (const auto* hidden :
       {"", "x", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "169.254.0.1", "0.0.0.0",
        "224.0.0.1", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "203.0.113.5:80", "203.0.113.5 "})
    EXPECT_EQ(PublicAddress(hidden), "") << hidden;
}

TEST(CodesTest, GivesEachCodeAMeaning) {
  EXPECT_EQ(Meanings().size(), 22U);
  EXPECT_EQ(MeaningOf(Code::kUnauthorized).errc, Errc::kUnauthenticated);
  EXPECT_EQ(MeaningOf(Code::kPaymentRequired).reason, Reason::kPaymentRequired);
  EXPECT_EQ(MeaningOf(Code::kLimitExceeded).name, "STORE_LIMIT_EXCEEDED");
  EXPECT_EQ(MeaningOf(Code::kLimitExceeded).reason, Reason::kLimitExceeded);
  EXPECT_EQ(CodeOfStatus(451), Code::kUnavailableForLegalReasons);
  EXPECT_EQ(CodeOfStatus(418), Code::kUnknown);
}

TEST(FormsTest, LeavesOutWhatIsNotSaid) {
  EXPECT_EQ(EncodeForm({{"a", "x y"}, {"b", ""}, {"c", "0"}}), "a=x%20y&c=0");
  const std::byte file[] = {std::byte{'d'}, std::byte{'e'}};
  const auto body = MultipartBody("line", "file", "x.torrent", file, {{"name", "n"}, {"seed", ""}});
  EXPECT_EQ(body.type, "multipart/form-data; boundary=line");
  EXPECT_EQ(body.octets,
            "--line\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nn\r\n"
            "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.torrent\"\r\n"
            "Content-Type: application/octet-stream\r\n\r\nde\r\n--line--\r\n");
}

TEST(JsonTest, TakesWhateverStandsThere) {
  const auto json = *ParseJson(R"({"a": 7, "b": "8", "c": -1, "d": 1e300, "e": null, "f": "x", "g": 2.9, "h": true,
                                   "i": 1, "j": "true", "k": 18446744073709551616, "l": []})");
  EXPECT_EQ(UintOf(json, "a"), 7U);
  EXPECT_EQ(UintOf(json, "b"), 8U);
  EXPECT_EQ(UintOf(json, "g"), 2U);
  for (const auto* none : {"c", "d", "e", "f", "h", "k", "l", "no"}) EXPECT_EQ(UintOf(json, none), 0U) << none;
  EXPECT_EQ(TextOf(json, "a"), "7");
  EXPECT_EQ(TextOf(json, "c"), "-1");
  EXPECT_EQ(TextOf(json, "b"), "8");
  for (const auto* none : {"e", "g", "h", "l", "no"}) EXPECT_EQ(TextOf(json, none), "") << none;
  EXPECT_TRUE(BoolOf(json, "h") && BoolOf(json, "i") && BoolOf(json, "j"));
  EXPECT_FALSE(BoolOf(json, "a") || BoolOf(json, "e") || BoolOf(json, "f"));
  EXPECT_EQ(DoubleOf(json, "g"), 2.9);
  EXPECT_EQ(Member(Json::array(), "a"), nullptr);
}

TEST(JsonTest, RefusesWhatIsNestedDeeply) {
  EXPECT_TRUE(ParseJson(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(ParseJson(std::string(65, '[') + std::string(65, ']')));
  EXPECT_TRUE(ParseJson("\"" + std::string(100, '[') + "\\\"[\""));
  EXPECT_FALSE(ParseJson("{} x"));
}

}  // namespace
}  // namespace sluice::plugins::store

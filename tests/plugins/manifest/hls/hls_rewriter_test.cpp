// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/conformance_manifest.hpp>
#include <sluice/sdk/testing/create.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/manifest/hls/hls_rewriter.hpp"
#include "readable_minter.hpp"

namespace sluice::plugins::hls {
namespace {

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kBase = "https://origin.example/show/index.m3u8?token=s3cret"sv;

using Rewritten = sdk::Result<sdk::RewrittenManifest>;
using sdk::testing::CreateThroughAbi;
using sdk::testing::TestConfig;

/// Through the C tables, as the server calls it.
Rewritten Rewrite(std::string_view text, TestConfig config = {}, std::string_view base = kBase) {
  ReadableMinter links;
  const auto rewriter = CreateThroughAbi<HlsRewriter>(std::move(config));
  if (!rewriter) return rewriter.error();
  return (*rewriter)->Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = base, .content_type = {}}, links);
}

/// Straight into the class, for limits that no configuration sets.
Rewritten RewriteWithin(std::size_t max_output, std::string_view text) {
  ReadableMinter links;
  return HlsRewriter(PassOptions{.max_output = max_output})
      .Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = kBase, .content_type = {}}, links);
}

std::string TextOf(const Rewritten& result) { return result ? result->text : "error: " + result.error().message; }

bool Accepts(std::string_view type, std::string_view url, std::string_view first_bytes = {}) {
  static const auto kRewriter = CreateThroughAbi<HlsRewriter>();
  return kRewriter && (*kRewriter)->Accepts({.content_type = type, .url = url, .first_bytes = first_bytes});
}

struct Playlist : sdk::testing::ManifestFixture {
  Playlist() {
    text =
        "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:6,\na.ts\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-URI='x'\n";
    text_without_links = "\xef\xbb\xbf#EXTM3U\r\n#EXT-X-ENDLIST\n\n# end";
    content_type = "application/vnd.apple.mpegurl";
  }
};
SLUICE_MANIFEST_CONFORMANCE(HlsRewriter, Playlist);

TEST(HlsConfigTest, RefusesWhatTheSchemaDoesNotKnow) {
  EXPECT_FALSE(CreateThroughAbi<HlsRewriter>({{"/mode", "all"}}));
  EXPECT_FALSE(CreateThroughAbi<HlsRewriter>({{"/max_line", 1023}}));
  EXPECT_FALSE(CreateThroughAbi<HlsRewriter>({{"/max_lines", 4096}}));
}

TEST(HlsAcceptsTest, TakesEveryPlaylistTypeInAnyForm) {
  for (const std::string_view type :
       {"application/vnd.apple.mpegurl", "audio/mpegurl", "application/x-mpegurl", "application/mpegurl",
        "audio/x-mpegurl", "video/mpegurl", "video/x-mpegurl", "Application/X-MPEGURL; charset=UTF-8",
        " application/vnd.apple.mpegURL ;charset=utf-8"})
    EXPECT_TRUE(Accepts(type, "https://h/play")) << type;
}

TEST(HlsAcceptsTest, TakesThePathSuffixWhateverTheType) {
  EXPECT_TRUE(Accepts("", "https://h/a.m3u8?x=1"));
  EXPECT_TRUE(Accepts("text/html; charset=utf-8", "https://h/a.M3U"));
  EXPECT_FALSE(Accepts("", "https://h/a?u=.m3u8"));
  EXPECT_FALSE(Accepts("video/mp2t", "https://h/a.ts?list.m3u8"));
}

TEST(HlsAcceptsTest, LooksIntoTheBodyOnlyWhenTheTypeSaysNothing) {
  for (const std::string_view type :
       {"", "text/plain", "text/html", "application/octet-stream", "binary/octet-stream", "Text/Plain; charset=x"}) {
    EXPECT_TRUE(Accepts(type, "https://h/play", "#EXTM3U\n")) << type;
    EXPECT_TRUE(Accepts(type, "https://h/play", "\xef\xbb\xbf#EXTM3U\n")) << type;
    EXPECT_FALSE(Accepts(type, "https://h/play", "<html>")) << type;
    EXPECT_FALSE(Accepts(type, "https://h/play", "#EXTINF:1,\n")) << type;
  }
  EXPECT_FALSE(Accepts("video/mp2t", "https://h/play", "#EXTM3U\n"));
  EXPECT_FALSE(Accepts("application/json", "https://h/play", "#EXTM3U\n"));
}

TEST(HlsRewriterTest, SaysWhyABodyIsNoPlaylist) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {""sv, "not a playlist: the body is empty"},
      {"\xef\xbb\xbf \n"sv, "not a playlist: the body is empty"},
      {"<!DOCTYPE html><title>Just a moment...</title>"sv, "not a playlist: the body is HTML or XML"},
      {"{\"error\": \"s3cret\"}"sv, "not a playlist: the body is JSON"},
      {"\x1f\x8b\x08"sv, "not a playlist: the body is compressed (gzip)"},
      {"\xff\xfe#\0E\0X\0T\0"sv, "not a playlist: the body is UTF-16, want UTF-8"},
      {"\xfe\xff\0#\0E\0X\0T"sv, "not a playlist: the body is UTF-16, want UTF-8"},
      {"#\0E\0X\0T\0"sv, "not a playlist: the body is UTF-16, want UTF-8"},
      {"#EXTINF:6,\na.ts"sv, "not a playlist: the body does not start with #EXTM3U"},
      {"s3cret"sv, "not a playlist: the body does not start with #EXTM3U"},
  };
  for (const auto& [body, message] : cases) {
    const auto out = Rewrite(body);
    ASSERT_FALSE(out) << body;
    EXPECT_EQ(out.error().code, sdk::Errc::kUpstreamFailed);
    EXPECT_EQ(out.error().message, message);
  }
}

TEST(HlsRewriterTest, TellsTheViewerTheRegisteredType) {
  const auto out = Rewrite("#EXTM3U\n");

  ASSERT_TRUE(out);
  EXPECT_EQ(out->content_type, "application/vnd.apple.mpegurl");
}

TEST(HlsRewriterTest, NeedsAnAbsoluteBase) {
  const auto out = Rewrite("#EXTM3U\na.ts\n", {}, "/show/index.m3u8");

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(out.error().message, "base_url: want an absolute URL");
}

constexpr auto kMixed =
    "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-MAP:URI=\"i\"\n#EXTINF:6,\ns#t\n"
    "#EXT-X-RENDITION-REPORT:URI=\"r\"\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"l\"\n"sv;

TEST(HlsModeTest, PlaylistsModeLeavesTheRestToTheUpstream) {
  EXPECT_EQ(TextOf(Rewrite(kMixed, {{"/mode", "playlists"}})),
            "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"https://origin.example/show/k\"\n"
            "#EXT-X-MAP:URI=\"https://origin.example/show/i\"\n#EXTINF:6,\nhttps://origin.example/show/s#t\n"
            "#EXT-X-RENDITION-REPORT:URI=\"/go/manifest?u=https%3A%2F%2Forigin.example%2Fshow%2Fr\"\n"
            "#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"https://origin.example/show/l\"\n");
}

TEST(HlsModeTest, KeysModeTakesKeysToo) {
  EXPECT_EQ(TextOf(Rewrite(kMixed, {{"/mode", "keys"}})),
            "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"/go/key?u=https%3A%2F%2Forigin.example%2Fshow%2Fk\"\n"
            "#EXT-X-MAP:URI=\"https://origin.example/show/i\"\n#EXTINF:6,\nhttps://origin.example/show/s#t\n"
            "#EXT-X-RENDITION-REPORT:URI=\"/go/manifest?u=https%3A%2F%2Forigin.example%2Fshow%2Fr\"\n"
            "#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"https://origin.example/show/l\"\n");
}

TEST(HlsModeTest, QuotesABareValueThatTheBaseGivesACommaOrAnApostrophe) {
  EXPECT_EQ(TextOf(Rewrite("#EXTM3U\n#EXT-X-MAP:URI=i ,X=1\n#EXT-X-MAP:URI='j',X=1\n#EXT-X-MAP:URI='k\n",
                           {{"/mode", "playlists"}}, "https://h/a,b'c/x")),
            "#EXTM3U\n#EXT-X-MAP:URI=\"https://h/a,b'c/i\" ,X=1\n#EXT-X-MAP:URI=\"https://h/a,b'c/j\",X=1\n"
            "#EXT-X-MAP:URI=\"https://h/a,b'c/'k\"\n");
}

TEST(HlsLocalTest, RewritesRelativeLinksOfALocalPlaylistOnly) {
  const auto text =
      "#EXTM3U\na.ts\n/etc/b.ts\nfile:///etc/passwd\nFILE:/etc/passwd\nfi\tle:///etc/passwd\n//host/c.ts\nhttps://h/d.ts\n"sv;

  EXPECT_EQ(TextOf(Rewrite(text, {}, "file:///srv/media/index.m3u8")),
            "#EXTM3U\n/go/segment?u=file%3A%2F%2F%2Fsrv%2Fmedia%2Fa.ts\n/go/segment?u=file%3A%2F%2F%2Fetc%2Fb.ts\n"
            "file:///etc/passwd\nFILE:/etc/passwd\nfi\tle:///etc/passwd\n//host/c.ts\n"
            "/go/segment?u=https%3A%2F%2Fh%2Fd.ts\n");
}

TEST(HlsLocalTest, SendsLocalLinksThroughTheGatewayInEveryMode) {
  EXPECT_EQ(TextOf(Rewrite("#EXTM3U\na.ts\n", {{"/mode", "playlists"}}, "file:///srv/index.m3u8")),
            "#EXTM3U\n/go/segment?u=file%3A%2F%2F%2Fsrv%2Fa.ts\n");
}

TEST(HlsVariablesTest, FailsTheLineThatNeedsAnUnknownVariable) {
  const auto late = Rewrite("#EXTM3U\n\n#EXTINF:6,\n{$late}/a.ts\n#EXT-X-DEFINE:NAME=\"late\",VALUE=\"x\"\n");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(late.error().message, "playlist line 4: variable {$late} is not defined before its use");

  const auto imported = Rewrite("#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"cdn\"\n#EXT-X-MAP:URI=\"{$cdn}/i.mp4\"\n");
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().message,
            "playlist line 3: variable {$cdn} is imported from the multivariant playlist, which is not supported yet");

  const auto missing = Rewrite("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"absent\"\n{$absent}.ts\n");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("variable {$absent} is not defined before its use"));
}

TEST(HlsVariablesTest, FailsOnlyWhenAVariableWithoutAValueIsNeeded) {
  const auto text =
      "#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"cdn\"\n#EXT-X-DEFINE:NAME=\"u\",VALUE=\"{$cdn}/x\"\n"
      "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://{$cdn}\"\n#EXT-X-MAP:URI=\"data:{$cdn}\"\n"s;

  EXPECT_EQ(TextOf(Rewrite(text)), text);
  EXPECT_THAT(TextOf(Rewrite(text + "{$u}/a.ts\n")), HasSubstr("error: playlist line 6: variable {$cdn} is imported"));
}

TEST(HlsVariablesTest, ExpandsOnceAndBeforeResolving) {
  EXPECT_EQ(TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"a\"\n#EXT-X-DEFINE:NAME=\"b\",VALUE=\"../1\"\n"
                           "{$a}.ts\n{$b}/{$b}.ts\n",
                           {{"/mode", "playlists"}}, "https://h/x/y/z?a=%7B$b%7D%2F")),
            "#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"\"\n#EXT-X-DEFINE:NAME=\"b\",VALUE=\"../1\"\n"
            "https://h/x/y/%7B$b%7D/.ts\nhttps://h/x/1.ts\n");
}

TEST(HlsVariablesTest, KeepsTheFirstDefinitionOfAName) {
  EXPECT_THAT(TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"1\"\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"2\"\n"
                             "#EXT-X-DEFINE:QUERYPARAM=\"a\"\n{$a}.ts\n",
                             {}, "https://h/x?a=3")),
              ::testing::EndsWith("QUERYPARAM=\"a\"\n/go/segment?u=https%3A%2F%2Fh%2F1.ts\n"));
}

TEST(HlsVariablesTest, HidesAQueryParameterFromTheViewerUnlessItIsNeeded) {
  const auto hidden = TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"token\"\n{$token}.ts\n"));
  EXPECT_THAT(hidden, HasSubstr("#EXT-X-DEFINE:NAME=\"token\",VALUE=\"\"\n"));

  const auto needed = TextOf(
      Rewrite("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"token\"\n#EXT-X-DATERANGE:ID=\"{$token}\",X-ASSET-URI=\"a\"\n"));
  EXPECT_THAT(needed, HasSubstr("#EXT-X-DEFINE:NAME=\"token\",VALUE=\"s3cret\"\n"));
}

TEST(HlsLimitsTest, RefusesALineThatIsTooLong) {
  const TestConfig config{{"/max_line", 1024}};
  const auto fits = "#EXTM3U\n" + std::string(1024, 'a') + "\n#" + std::string(1023, 'x');

  EXPECT_TRUE(Rewrite(fits, config));
  const auto out = Rewrite(fits + "x", config);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(out.error().message, "playlist line 3: longer than 1024 octets");
}

TEST(HlsLimitsTest, RefusesVariablesThatMultiply) {
  std::string text = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"a0\",VALUE=\"0123456789abcdef\"\n";
  for (int i = 1; i < 40; ++i) {
    const auto before = "{$a" + std::to_string(i - 1) + "}";
    text += "#EXT-X-DEFINE:NAME=\"a" + std::to_string(i) + "\",VALUE=\"" + before + before + "\"\n";
  }
  const auto doubling = Rewrite(text + "{$a39}\n");
  ASSERT_FALSE(doubling);
  EXPECT_THAT(doubling.error().message, HasSubstr("variables hold more than 1048576 octets"));

  std::string wide = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"" + std::string(1000, 'x') + "\"\n";
  for (int i = 0; i < 1000; ++i) wide += "{$a}";
  const auto one_line = Rewrite(wide, {{"/max_line", 10000}});
  ASSERT_FALSE(one_line);
  EXPECT_EQ(one_line.error().message, "playlist line 3: a URI with its variables is longer than 10000 octets");
}

TEST(HlsLimitsTest, RefusesAPlaylistThatGrowsTooMuch) {
  std::string text = "#EXTM3U\n";
  for (int i = 0; i < 1000; ++i) text += "a\n";

  EXPECT_TRUE(RewriteWithin(1000 * 100, text));
  const auto links = RewriteWithin(1000 * 40, text);
  ASSERT_FALSE(links);
  EXPECT_THAT(links.error().message, HasSubstr("the rewritten playlist is longer than 40000 octets"));

  std::string variables = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"data:" + std::string(100, 'x') + "\"\n";
  for (int i = 0; i < 100; ++i) variables += "{$a}\n";
  const auto expanded = RewriteWithin(5000, variables);
  ASSERT_FALSE(expanded);
  EXPECT_THAT(expanded.error().message, HasSubstr("variables expand to more than 5000 octets"));
}

TEST(HlsCallTest, StopsWhenNobodyWaits) {
  std::string text = "#EXTM3U\n";
  for (int i = 0; i < 5000; ++i) text += "a\n";
  ReadableMinter links;
  const sdk::Manifest manifest{.text = text, .base_url = kBase, .content_type = {}};
  const auto rewriter = CreateThroughAbi<HlsRewriter>();
  ASSERT_TRUE(rewriter);

  const auto cancelled = (*rewriter)->Rewrite(sdk::testing::CancelledCall(), manifest, links);
  const auto expired = (*rewriter)->Rewrite(sdk::testing::ExpiredCall(), manifest, links);

  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, sdk::Errc::kCancelled);
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, sdk::Errc::kDeadlineExceeded);
  EXPECT_LT(links.targets.size(), 2100U);
}

TEST(HlsCallTest, NeverShowsTheOriginalWhenTheHostMintsNothing) {
  struct EmptyMinter final : sdk::LinkMinter {
    std::string Proxied(std::string_view, sdk::LinkKind) override { return {}; }
  } links;
  const auto rewriter = CreateThroughAbi<HlsRewriter>();
  ASSERT_TRUE(rewriter);

  const auto out = (*rewriter)->Rewrite(sdk::testing::AnyCall(),
                                        {.text = "#EXTM3U\na.ts\n", .base_url = kBase, .content_type = {}}, links);

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, sdk::Errc::kInternal);
}

TEST(AttributeScannerTest, ReadsListsAsPlayersDo) {
  const auto read = [](std::string_view list) {
    std::vector<std::string> out;
    AttributeScanner scanner(list);
    for (Attribute a; scanner.Next(a);) out.push_back(std::string(a.name) + "=" + std::string(a.value));
    return out;
  };

  EXPECT_THAT(read("A=1,B=\"x,y=z\",C=0x1F"), ElementsAre("A=1", "B=x,y=z", "C=0x1F"));
  EXPECT_THAT(read(" A = 1 , B = \" x \" ,"), ElementsAre("A=1", "B= x "));
  EXPECT_THAT(read("A='x,y',B='z"), ElementsAre("A=x,y", "B='z"));
  EXPECT_THAT(read("A=\"x\"junk=1,B=2"), ElementsAre("A=x", "junk=1", "B=2"));
  EXPECT_THAT(read("FLAG,,=v,A="), ElementsAre("FLAG=", "=v", "A="));
  EXPECT_THAT(read("A=\"open,B=2"), ElementsAre("A=open,B=2"));
  EXPECT_THAT(read(""), ElementsAre());
  EXPECT_EQ(FindAttribute("XURI=1,URI=2,URI=3", "URI"), "2");
  EXPECT_EQ(FindAttribute("XURI=1", "URI"), "");
}

}  // namespace
}  // namespace sluice::plugins::hls

// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sluice/sdk/testing/conformance_manifest.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rewriting.hpp"

namespace sluice::plugins::hls {
namespace {

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using sdk::testing::CreateThroughAbi;
using sdk::testing::TestConfig;

/// Straight into the class, for limits that no configuration sets.
Rewritten RewriteWithin(std::size_t max_output, std::string_view text) {
  ReadableMinter links;
  const sdk::testing::FakeHost host;
  return HlsRewriter(host.host(), PassOptions{.max_output = max_output})
      .Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = kBase, .content_type = {}}, links);
}

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
  EXPECT_FALSE(CreateThroughAbi<HlsRewriter>({{"/allow_insecure_segments", "yes"}}));
}

TEST(HlsConfigTest, ABaseUrlBelongsToModeCdn) {
  const auto refusal = [](const TestConfig& config) {
    const auto made = CreateThroughAbi<HlsRewriter>(config);
    return made ? std::string("taken") : made.error().message;
  };
  EXPECT_EQ(refusal({{"/mode", "cdn"}}), "/base_url: want it with mode cdn, and with no other");
  EXPECT_EQ(refusal({{"/base_url", "https://cdn.example"}}), "/base_url: want it with mode cdn, and with no other");
  EXPECT_EQ(refusal({{"/mode", "cdn"}, {"/base_url", "https://a b/"}}),
            "/base_url: want http:// or https://, a host and, if any, a path");
  for (const auto* base : {"ftp://h/", "https:///p", "https://h?q", "https://h/#f", "cdn.example"})
    EXPECT_NE(refusal({{"/mode", "cdn"}, {"/base_url", base}}), "taken") << base;
  for (const auto* base : {"https://cdn.example", "http://[2001:db8::1]:8080/v/"})
    EXPECT_EQ(refusal({{"/mode", "cdn"}, {"/base_url", base}}), "taken") << base;
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
    while (scanner.Next()) {
      EXPECT_TRUE(scanner.name().empty() || scanner.Is(scanner.name())) << scanner.name();
      out.push_back(std::string(scanner.name()) + "=" + std::string(scanner.value()));
    }
    return out;
  };

  EXPECT_THAT(read("A=1,B=\"x,y=z\",C=0x1F"), ElementsAre("A=1", "B=x,y=z", "C=0x1F"));
  EXPECT_THAT(read(" A = 1 , B = \" x \" ,"), ElementsAre("A=1", "B= x "));
  EXPECT_THAT(read("A='x,y',B='z"), ElementsAre("A=x,y", "B='z"));
  EXPECT_THAT(read("A=\"x\"junk=1,B=2"), ElementsAre("A=x", "junk=1", "B=2"));
  EXPECT_THAT(read("FLAG,,=v,A="), ElementsAre("=v", "A="));
  EXPECT_THAT(read("A=\"open,B=2"), ElementsAre("A=open,B=2"));
  EXPECT_THAT(read(""), ElementsAre());
  EXPECT_EQ(FindAttribute("XURI=1,URI=2,URI=3", "URI"), "2");
  EXPECT_EQ(FindAttribute("XURI=1", "URI"), "");
}

}  // namespace
}  // namespace sluice::plugins::hls

// SPDX-License-Identifier: MIT
#include "core/state/links.hpp"

#include <gtest/gtest.h>

#include "core/state/secrets.hpp"

namespace sluice::state {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const sdk::Seconds kNow(hours(480'000));

LinkTarget Target() {
  return {.pipeline = "vod",
          .subject = "user:1",
          .scopes = {"play", "hd"},
          .context = "session",
          .url = "https://origin.example/a/b.ts?sig=%2Fx~*",
          .kind = sdk::LinkKind::kSegment,
          .expires_at = kNow + hours(24),
          .session = "0123456789abcdef0123456789abcdef"};
}

class LinksTest : public testing::Test {
 protected:
  std::unique_ptr<Secrets> secrets = std::move(*Secrets::FromKey(std::string(32, 'k')));
};

TEST_F(LinksTest, OpensToWhatWasMinted) {
  const auto link = MintLink(*secrets, Target());
  ASSERT_TRUE(link);
  const auto opened = OpenLink(*secrets, *link, kNow);

  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->pipeline, "vod");
  EXPECT_EQ(opened->subject, "user:1");
  EXPECT_EQ(opened->scopes, (std::vector<std::string>{"play", "hd"}));
  EXPECT_EQ(opened->context, "session");
  EXPECT_EQ(opened->url, "https://origin.example/a/b.ts?sig=%2Fx~*");
  EXPECT_EQ(opened->kind, sdk::LinkKind::kSegment);
  EXPECT_EQ(opened->expires_at, kNow + hours(24));
  EXPECT_EQ(opened->session, "0123456789abcdef0123456789abcdef");
}

TEST_F(LinksTest, IsTheSameEachTimeAndShowsNothingOfItsTarget) {
  const auto link = *MintLink(*secrets, Target());

  EXPECT_EQ(link, *MintLink(*secrets, Target()));
  EXPECT_EQ(link.find("origin"), std::string::npos);
  EXPECT_EQ(link.find("sig"), std::string::npos);
  EXPECT_TRUE(link.starts_with("/~/"));
  EXPECT_TRUE(link.ends_with("/segment.ts"));
}

TEST_F(LinksTest, AnyChangedCharacterOfTheTokenIsNoLink) {
  const auto link = *MintLink(*secrets, Target());
  const auto end = link.rfind('/');
  for (std::size_t i = kLinkPrefix.size(); i < end; ++i) {
    auto changed = link;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto opened = OpenLink(*secrets, changed, kNow);
    ASSERT_FALSE(opened) << i;
    EXPECT_EQ(opened.error().code, sdk::Errc::kNotFound);
  }
  for (std::size_t i = 0; i < end; ++i) EXPECT_FALSE(OpenLink(*secrets, link.substr(0, i), kNow));
}

TEST_F(LinksTest, TheNameIsDecoration) {
  const auto link = *MintLink(*secrets, Target());

  EXPECT_TRUE(OpenLink(*secrets, link.substr(0, link.rfind('/')) + "/other.name", kNow));
}

TEST_F(LinksTest, ExpiresWhenItSays) {
  const auto link = *MintLink(*secrets, Target());

  EXPECT_TRUE(OpenLink(*secrets, link, kNow + hours(24) - seconds(1)));
  const auto late = OpenLink(*secrets, link, kNow + hours(24));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, sdk::Errc::kPermissionDenied);
}

TEST_F(LinksTest, IsNotOpenedWithAnotherKey) {
  const auto other = std::move(*Secrets::FromKey(std::string(32, 'x')));

  EXPECT_FALSE(OpenLink(*other, *MintLink(*secrets, Target()), kNow));
}

TEST_F(LinksTest, NamesEndInAnExtensionThatPlayersTake) {
  const auto name = [&](std::string url, sdk::LinkKind kind) {
    auto target = Target();
    target.url = std::move(url);
    target.kind = kind;
    const auto link = *MintLink(*secrets, target);
    return link.substr(link.rfind('/') + 1);
  };
  EXPECT_EQ(name("https://h/a/1.TS?x=y.html", sdk::LinkKind::kSegment), "segment.ts");
  EXPECT_EQ(name("https://h/a/1.M4S#f", sdk::LinkKind::kSegment), "segment.m4s");
  EXPECT_EQ(name("https://h/a.mpd", sdk::LinkKind::kManifest), "manifest.mpd");
  EXPECT_EQ(name("https://h/live", sdk::LinkKind::kManifest), "manifest.m3u8");
  EXPECT_EQ(name("https://h/1.bin", sdk::LinkKind::kSegment), "segment.ts") << "FFmpeg refuses it";
  EXPECT_EQ(name("https://h/1", sdk::LinkKind::kInit), "init.mp4");
  EXPECT_EQ(name("https://h/", sdk::LinkKind::kKey), "key.key");
  EXPECT_EQ(name("https://h/1", sdk::LinkKind::kSubtitle), "subtitle.vtt");
  EXPECT_EQ(name("https://h/1", sdk::LinkKind::kImage), "image.jpg");
  EXPECT_EQ(name("https://h/1", sdk::LinkKind::kData), "data.json");
}

TEST_F(LinksTest, NamesShowNothingOfTheTargetsPath) {
  auto target = Target();
  for (const auto* last :
       {"planted", "planted.ts", "x.planted", "planted.m3u8;planted=1", "x.ts;planted", "planted."}) {
    target.url = "https://h/dl/" + std::string(last);
    EXPECT_EQ(MintLink(*secrets, target)->find("planted"), std::string::npos) << last;
  }
}

TEST_F(LinksTest, CarriesANoteThatNobodyReads) {
  auto target = Target();
  target.note = "rendition planted";
  const auto link = *MintLink(*secrets, target);

  EXPECT_EQ(OpenLink(*secrets, link, kNow)->note, "rendition planted");
  EXPECT_EQ(link.find("planted"), std::string::npos);
  EXPECT_NE(link, *MintLink(*secrets, Target()));
}

TEST_F(LinksTest, TakesAnExtensionFromWhoeverKnowsBetter) {
  auto target = Target();
  target.extension = "m4s";
  EXPECT_TRUE(MintLink(*secrets, target)->ends_with("/segment.m4s"));

  for (const auto* odd : {"M4S", "../x", "a b", "muchtoolong", "x.y"}) {
    target.extension = odd;
    EXPECT_TRUE(MintLink(*secrets, target)->ends_with("/segment.ts")) << odd;
  }
}

class TemplateLinksTest : public LinksTest {
 protected:
  LinkTarget Template(std::string url) const {
    auto target = Target();
    target.url = std::move(url);
    target.is_template = true;
    target.variants = {{"v1", 800000}, {"v2", 1600000}};
    return target;
  }
  /// The token of a link, without what follows.
  static std::string Token(const std::string& link) { return link.substr(0, link.find('/', kLinkPrefix.size()) + 1); }
  std::string Opened(const std::string& link) const {
    const auto target = OpenLink(*secrets, link, kNow);
    if (!target) return "error " + std::to_string(static_cast<int>(target.error().code));
    return target->is_template || !target->variants.empty() ? "still a template" : target->url;
  }
  static std::string Forged() { return "error " + std::to_string(static_cast<int>(sdk::Errc::kNotFound)); }
};

TEST_F(TemplateLinksTest, StaysATemplateThatThePlayerFillsIn) {
  const auto link = *MintLink(*secrets, Template("https://h/a/$RepresentationID$/$Number%05d$.m4s?t=$Time$&p=$$x"));
  const auto token = Token(link);

  EXPECT_EQ(link.substr(token.size()), "$RepresentationID$/$Number$/$Time$/segment.m4s");
  EXPECT_EQ(Opened(token + "v2/42/900000/segment.m4s"), "https://h/a/v2/00042.m4s?t=900000&p=$x");
  EXPECT_EQ(Opened(token + "v1/123456/0/x"), "https://h/a/v1/123456.m4s?t=0&p=$x");
}

TEST_F(TemplateLinksTest, KeepsWhateverElseALinkHolds) {
  auto target = Template("https://h/$Bandwidth$/$SubNumber$");
  target.note = "n";
  const auto token = Token(*MintLink(*secrets, target));

  const auto opened = OpenLink(*secrets, token + "800000/3/segment.ts", kNow);

  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->url, "https://h/800000/3");
  EXPECT_EQ(opened->pipeline, "vod");
  EXPECT_EQ(opened->subject, "user:1");
  EXPECT_EQ(opened->scopes, (std::vector<std::string>{"play", "hd"}));
  EXPECT_EQ(opened->context, "session");
  EXPECT_EQ(opened->note, "n");
  EXPECT_EQ(opened->kind, sdk::LinkKind::kSegment);
}

TEST_F(TemplateLinksTest, LeadsNowhereOutsideOfItsSpace) {
  const auto token = Token(*MintLink(*secrets, Template("https://h/$RepresentationID$/$Number$.m4s")));

  ASSERT_EQ(Opened(token + "v1/1/segment.m4s"), "https://h/v1/1.m4s");
  for (const auto* rest : {"",
                           "segment.m4s",
                           "v1/segment.m4s",
                           "v1/1",
                           "v1/1/2/segment.m4s",
                           "v1//segment.m4s",
                           "/v1/1/segment.m4s",
                           "v3/1/segment.m4s",
                           "V1/1/segment.m4s",
                           "v1/-1/segment.m4s",
                           "v1/01/segment.m4s",
                           "v1/1x/segment.m4s",
                           "../1/segment.m4s",
                           "v1/../segment.m4s",
                           "v1/./segment.m4s",
                           "v1%2F../1/segment.m4s",
                           "v1/%31/segment.m4s",
                           "v1/1?x/segment.m4s",
                           "v1/1%3Fx/segment.m4s",
                           "v1/1#/segment.m4s",
                           "v1;x/1/segment.m4s",
                           "v1/1;x/segment.m4s",
                           "v1/18446744073709551616/segment.m4s",
                           "v1/0x1/segment.m4s",
                           "v1/1\\2/segment.m4s",
                           "v1/ 1/segment.m4s",
                           "$RepresentationID$/$Number$/segment.m4s",
                           "1/v1/segment.m4s"})
    EXPECT_EQ(Opened(token + rest), Forged()) << rest;
}

TEST_F(TemplateLinksTest, ATokenOfATemplateAndOneOfALinkAreNotTheSame) {
  auto plain = Template("https://h/$Number$");
  plain.is_template = false;
  plain.variants.clear();

  EXPECT_EQ(Opened(Token(*MintLink(*secrets, plain)) + "7/segment.ts"), "https://h/$Number$");
  EXPECT_NE(Token(*MintLink(*secrets, plain)), Token(*MintLink(*secrets, Template("https://h/$Number$"))));
}

TEST_F(TemplateLinksTest, ExpiresAsLinksDo) {
  const auto token = Token(*MintLink(*secrets, Template("https://h/$Number$")));

  EXPECT_EQ(OpenLink(*secrets, token + "7/segment.ts", kNow + hours(24)).error().code, sdk::Errc::kPermissionDenied);
  EXPECT_EQ(OpenLink(*secrets, token + "x/segment.ts", kNow + hours(24)).error().code, sdk::Errc::kNotFound);
}

TEST_F(TemplateLinksTest, ATemplateWithoutIdentifiersIsOneUrl) {
  const auto link = *MintLink(*secrets, Template("https://h/a$$b.mp4"));

  EXPECT_EQ(Opened(link), "https://h/a$b.mp4");
}

TEST_F(TemplateLinksTest, RefusesWhatWouldOpenMoreThanPaths) {
  const auto refusal = [&](std::string url, std::vector<LinkVariant> variants) {
    auto target = Template(std::move(url));
    target.variants = std::move(variants);
    const auto link = MintLink(*secrets, target);
    return link ? "minted" : link.error().message;
  };
  EXPECT_EQ(refusal("https://$RepresentationID$.h/a", {{"v1", 1}}),
            "URL template: want identifiers in path and query only");
  EXPECT_EQ(refusal("https://h:$Number$/a", {}), "URL template: want identifiers in path and query only");
  EXPECT_EQ(refusal("https://h$Number$", {}), "URL template: want identifiers in path and query only");
  EXPECT_EQ(refusal("/a/$Number$", {}), "URL template: want identifiers in path and query only");
  EXPECT_EQ(refusal("https://h/$Numbers$", {}),
            "URL template: want RepresentationID, Number, Bandwidth, Time or SubNumber between two $");
  EXPECT_EQ(refusal("https://h/$RepresentationID$", {}),
            "variants: want those that the URL template may be filled with");
  EXPECT_EQ(refusal("https://h/$Bandwidth$", {}), "variants: want those that the URL template may be filled with");
  EXPECT_EQ(refusal("https://h/$RepresentationID$", {{"v1", 1}, {"a/b", 2}}),
            "variants: want RepresentationIDs that can stand in a path");
  EXPECT_EQ(refusal("https://h/$Bandwidth$", {{"a/b", 2}}), "minted");
}

TEST(LinkExpiryTest, IsEqualWithinAnHourAndNeverTooShort) {
  const std::chrono::system_clock::time_point start{hours(480'000)};

  EXPECT_EQ(LinkExpiry(start + seconds(1), hours(2)), LinkExpiry(start + seconds(3600), hours(2)));
  EXPECT_GE(LinkExpiry(start + seconds(1), hours(2)), sdk::Seconds(hours(480'002)));
  EXPECT_NE(LinkExpiry(start, hours(2)), LinkExpiry(start + seconds(1), hours(2)));
}

}  // namespace
}  // namespace sluice::state

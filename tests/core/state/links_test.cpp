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
          .expires_at = kNow + hours(24)};
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

TEST(LinkExpiryTest, IsEqualWithinAnHourAndNeverTooShort) {
  const std::chrono::system_clock::time_point start{hours(480'000)};

  EXPECT_EQ(LinkExpiry(start + seconds(1), hours(2)), LinkExpiry(start + seconds(3600), hours(2)));
  EXPECT_GE(LinkExpiry(start + seconds(1), hours(2)), sdk::Seconds(hours(480'002)));
  EXPECT_NE(LinkExpiry(start, hours(2)), LinkExpiry(start + seconds(1), hours(2)));
}

}  // namespace
}  // namespace sluice::state

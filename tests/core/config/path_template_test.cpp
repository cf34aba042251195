// SPDX-License-Identifier: MIT
#include "core/config/path_template.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace sluice::config {
namespace {

using ::testing::ElementsAre;

/// "name=value;…|rest" of what `path` matches; "no match", or "bad template".
std::string Matched(std::string_view text, std::string_view path) {
  std::string error;
  const auto parsed = PathTemplate::Parse(text, error);
  if (!parsed) return "bad template";
  const auto match = parsed->Apply(path);
  if (!match) return "no match";
  std::string out;
  for (const auto& capture : match->captures) out += capture.name + "=" + capture.value + ";";
  return out + "|" + std::string(match->rest);
}

TEST(PathTemplateTest, LiteralsCompareOctetByOctet) {
  EXPECT_EQ(Matched("/a/b", "/a/b"), "|");
  EXPECT_EQ(Matched("/", "/"), "|");
  EXPECT_EQ(Matched("/a/", "/a/"), "|");
  EXPECT_EQ(Matched("/a/b", "/a/B"), "no match");
  EXPECT_EQ(Matched("/a/b", "/a/%62"), "no match");
  EXPECT_EQ(Matched("/a/b", "/a"), "no match");
  EXPECT_EQ(Matched("/a/b", "/a/bc"), "no match");
  EXPECT_EQ(Matched("/a/b", "/a/b/"), "no match");
  EXPECT_EQ(Matched("/a/b", "/a/b/c"), "no match");
  EXPECT_EQ(Matched("/a", "/"), "no match");
  EXPECT_EQ(Matched("/a/", "/a"), "no match");
}

TEST(PathTemplateTest, ACaptureTakesOneSegmentAndDecodesIt) {
  EXPECT_EQ(Matched("/a/{id}", "/a/x"), "id=x;|");
  EXPECT_EQ(Matched("/{a}/{b}", "/1/2"), "a=1;b=2;|");
  EXPECT_EQ(Matched("/a/{id}", "/a/x%20y%2Fz"), "id=x y/z;|");
  EXPECT_EQ(Matched("/a/{id}/c", "/a/b/c"), "id=b;|");
  EXPECT_EQ(Matched("/a/{id}", "/a/x/y"), "no match");
  EXPECT_EQ(Matched("/a/{id}", "/a"), "no match");
}

TEST(PathTemplateTest, ACaptureMatchesNeitherNothingNorABadEscape) {
  EXPECT_EQ(Matched("/a/{id}", "/a/"), "no match");
  EXPECT_EQ(Matched("/a/{id}/c", "/a//c"), "no match");
  EXPECT_EQ(Matched("/a/{id}", "/a/%zz"), "no match");
  EXPECT_EQ(Matched("/a/{id}", "/a/%2"), "no match");
  EXPECT_EQ(Matched("/a/{rest...}", "/a/%zz"), "no match");
}

TEST(PathTemplateTest, ANamedRestTakesWhatFollows) {
  EXPECT_EQ(Matched("/a/{p...}", "/a/b/c%20d"), "p=b/c d;|/b/c%20d");
  EXPECT_EQ(Matched("/a/{p...}", "/a/b/"), "p=b/;|/b/");
  EXPECT_EQ(Matched("/a/{p...}", "/a/"), "no match");
  EXPECT_EQ(Matched("/a/{p...}", "/a"), "no match");
}

TEST(PathTemplateTest, TwoStarsCaptureTheRestAndMatchWithoutAnyToo) {
  EXPECT_EQ(Matched("/a/**", "/a/b/c%20d"), "rest=b/c d;|/b/c%20d");
  EXPECT_EQ(Matched("/a/**", "/a"), "|/");
  EXPECT_EQ(Matched("/a/**", "/a/"), "|/");
  EXPECT_EQ(Matched("/a/**", "/ab"), "no match");
  EXPECT_EQ(Matched("/**", "/"), "|/");
  EXPECT_EQ(Matched("/**", "/x/y"), "rest=x/y;|/x/y");
  EXPECT_EQ(Matched("/{user}/**", "/me/a"), "user=me;rest=a;|/a");
}

TEST(PathTemplateTest, TwoStarsLetABadEscapePassUncaptured) { EXPECT_EQ(Matched("/a/**", "/a/%zz"), "|/%zz"); }

TEST(PathTemplateTest, DotSegmentsNeverMatch) {
  for (const auto* path : {"/a/..", "/a/.", "/a/../b", "/a/./b", "/a/%2e%2E/b", "/a/.%2e", "/a/%2E", "/../a/b"}) {
    EXPECT_EQ(Matched("/**", path), "no match") << path;
    EXPECT_EQ(Matched("/a/{p...}", path), "no match") << path;
  }
  EXPECT_EQ(Matched("/{a}/{b}", "/a/.."), "no match");
  EXPECT_EQ(Matched("/a/**", "/a/.../..b/c./.d/%2ee/%2"), "|/.../..b/c./.d/%2ee/%2");
  EXPECT_EQ(Matched("/a/{id}", "/a/%2e%2e%2e"), "id=...;|");
}

TEST(PathTemplateTest, NamesWhatItCaptures) {
  std::string error;
  const auto parsed = PathTemplate::Parse("/{a}/b/{c}/**", error);

  ASSERT_TRUE(parsed) << error;
  EXPECT_THAT(parsed->names(), ElementsAre("a", "c", "rest"));
  EXPECT_EQ(parsed->text(), "/{a}/b/{c}/**");
}

TEST(PathTemplateTest, SaysWhyItRefusesATemplate) {
  for (const auto* text :
       {"", "a", "/**/b", "/{a...}/b", "/{a}/{a}", "/a{b}", "/{}", "/a//b", "/a/*", "/a/..", "/a b"}) {
    std::string error;
    EXPECT_FALSE(PathTemplate::Parse(text, error)) << text;
    EXPECT_NE(error, "") << text;
  }
}

std::vector<std::string> SecretParts(std::string_view text, std::string_view path) {
  std::string error;
  const auto parsed = PathTemplate::Parse(text, error);
  if (!parsed) return {"bad template"};
  const auto parts = parsed->SecretParts(path);
  return {parts.begin(), parts.end()};
}

TEST(PathTemplateTest, NamesSayWhichPartsAreSecret) {
  EXPECT_THAT(SecretParts("/{token}/manifest.json", "/a%20b/manifest.json"), ElementsAre("a%20b"));
  EXPECT_THAT(SecretParts("/a/{API_Key}/{id}/{userData}", "/a/k/x/u"), ElementsAre("k", "u"));
  EXPECT_THAT(SecretParts("/a/{secret...}", "/a/b/c"), ElementsAre("b/c"));
  EXPECT_THAT(SecretParts("/a/{password}/**", "/a/b"), ElementsAre("b"));
  EXPECT_THAT(SecretParts("/a/{password}/**", "/a/b/c/d"), ElementsAre("b"));
  EXPECT_THAT(SecretParts("/a/{tokens}/{keyword}", "/a/b/c"), ElementsAre());
  EXPECT_THAT(SecretParts("/a/token/{id}", "/a/token/c"), ElementsAre());
}

TEST(PathTemplateTest, APathOfAnotherShapeHasSecretsAsFarAsItIsTheSame) {
  for (const auto* path : {"/x", "/a", "/a/", "/x/b"}) {
    EXPECT_THAT(SecretParts("/a/{token}", path), ElementsAre()) << path;
  }
  for (const auto* path : {"/a/b/c", "/a/b/"}) {
    EXPECT_THAT(SecretParts("/a/{token}", path), ElementsAre("b")) << path;
  }
  EXPECT_THAT(SecretParts("/{token}/x", "/b/y"), ElementsAre("b"));
  EXPECT_THAT(SecretParts("/{token}/x/{key}", "/b"), ElementsAre("b"));
  EXPECT_THAT(SecretParts("/a/{secret...}", "/a/"), ElementsAre());
  EXPECT_THAT(SecretParts("/a/{token}", "/a/%zz"), ElementsAre("%zz")) << "what the log says needs no good escapes";
}

}  // namespace
}  // namespace sluice::config

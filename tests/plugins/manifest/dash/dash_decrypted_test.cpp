// SPDX-License-Identifier: MIT
// What `decrypted` changes: players learn of no protection, and links to segments say where their init section is.
#include <gtest/gtest.h>
#include <sluice/sdk/init_note.hpp>
#include <sluice/sdk/testing/fake_links.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/manifest/dash/patch_pass.hpp"
#include "rewriting.hpp"

namespace sluice::plugins::dash {
namespace {

constexpr std::string_view kProtection =
    "<ContentProtection schemeIdUri=\"urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e\"><Laurl>lic</Laurl>"
    "</ContentProtection>";

const sdk::testing::TestConfig kDecrypted{{"/decrypted", true}};

std::string Set(std::string_view content) {
  return InPeriod("<AdaptationSet mimeType=\"video/mp4\">" + std::string(content) + "</AdaptationSet>");
}

/// Of each link to a segment or to a file of them, by its URL: the init section that it names; "none".
std::map<std::string, std::string> InitsOf(std::string_view text, const sdk::testing::TestConfig& config = kDecrypted) {
  sdk::testing::FakeMinter links;
  const auto rewriter = sdk::testing::CreateThroughAbi<DashRewriter>(config);
  const auto out =
      (*rewriter)->Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = kBase, .content_type = {}}, links);
  EXPECT_TRUE(out) << out.error().message;
  std::map<std::string, std::string> inits;
  for (const auto& link : links.minted()) {
    const bool is_file = link.kind == sdk::LinkKind::kData && !link.note.empty();
    if (link.kind != sdk::LinkKind::kSegment && !is_file) {
      EXPECT_EQ(link.note, "") << link.url;
      continue;
    }
    const auto note = sdk::InitNote::Unpack(link.note);
    inits[link.url] =
        note ? note->url + " " + std::to_string(note->offset) + "+" + std::to_string(note->length) : "none";
  }
  return inits;
}

TEST(DashDecryptedTest, PlayersAreToldOfNoProtection) {
  const auto text = Set(std::string(kProtection) + "<Role value=\"main\"/><Representation id=\"v\">" +
                        std::string(kProtection) + "</Representation>");

  EXPECT_EQ(TextOf(Rewrite(text, kDecrypted)), Set("<Role value=\"main\"/><Representation id=\"v\"></Representation>"));
  EXPECT_NE(TextOf(Rewrite(text)).find("ContentProtection"), std::string::npos);
}

TEST(DashDecryptedTest, ATemplatesLinkNamesTheInitSectionOfItsOwnRepresentation) {
  const auto text = Set(std::string(kProtection) +
                        "<SegmentTemplate media=\"$RepresentationID$/$Number$.m4s\" "
                        "initialization=\"$RepresentationID$-$Bandwidth%04d$/i.mp4\"/>"
                        "<Representation id=\"v1\" bandwidth=\"7\"/><Representation id=\"v2\" bandwidth=\"8\"/>");

  EXPECT_EQ(InitsOf(text),
            (std::map<std::string, std::string>{
                {"https://origin.example/show/v1/$Number$.m4s", "https://origin.example/show/v1-0007/i.mp4 0+0"},
                {"https://origin.example/show/v2/$Number$.m4s", "https://origin.example/show/v2-0008/i.mp4 0+0"}}));
}

TEST(DashDecryptedTest, RepresentationsWithOneInitSectionShareTheirLink) {
  const auto text = Set(std::string(kProtection) +
                        "<SegmentTemplate media=\"$RepresentationID$/$Number$.m4s\" initialization=\"i.mp4\"/>"
                        "<Representation id=\"v1\"/><Representation id=\"v2\"/>");

  EXPECT_EQ(InitsOf(text),
            (std::map<std::string, std::string>{{"https://origin.example/show/$RepresentationID$/$Number$.m4s",
                                                 "https://origin.example/show/i.mp4 0+0"}}));
}

TEST(DashDecryptedTest, DollarsOfTheBaseUrlAreNoIdentifiers) {
  const auto text =
      Set("<BaseURL>a$b/</BaseURL>" + std::string(kProtection) +
          "<SegmentTemplate media=\"$Number$.m4s\" initialization=\"$$i.mp4\"/><Representation id=\"v\"/>");

  EXPECT_EQ(InitsOf(text).begin()->second, "https://origin.example/show/a$b/$i.mp4 0+0");
}

TEST(DashDecryptedTest, OnlyWhatIsProtectedNamesOne) {
  const auto text =
      Set("<SegmentTemplate media=\"$RepresentationID$/$Number$.m4s\" initialization=\"i.mp4\"/>"
          "<Representation id=\"clear\"/><Representation id=\"secret\">" +
          std::string(kProtection) + "</Representation>");

  EXPECT_EQ(InitsOf(text),
            (std::map<std::string, std::string>{
                {"https://origin.example/show/clear/$Number$.m4s", "none"},
                {"https://origin.example/show/secret/$Number$.m4s", "https://origin.example/show/i.mp4 0+0"}}));
  EXPECT_EQ(
      InitsOf(text, {}),
      (std::map<std::string, std::string>{{"https://origin.example/show/$RepresentationID$/$Number$.m4s", "none"}}));
}

TEST(DashDecryptedTest, SegmentsOfAListNameTheRangeOfTheirInitSection) {
  const auto text = Set(std::string(kProtection) +
                        "<Representation id=\"v\"><SegmentList><Initialization sourceURL=\"i.mp4\" range=\"10-29\"/>"
                        "<SegmentURL media=\"1.m4s\"/></SegmentList></Representation>");

  EXPECT_EQ(InitsOf(text), (std::map<std::string, std::string>{
                               {"https://origin.example/show/1.m4s", "https://origin.example/show/i.mp4 10+20"}}));
}

TEST(DashDecryptedTest, AListThatRepresentationsShareIsGivenToEach) {
  const auto text =
      Set(std::string(kProtection) +
          "<SegmentList><SegmentURL media=\"1.m4s\"/></SegmentList>"
          "<Representation id=\"a\"><SegmentList><Initialization sourceURL=\"a.mp4\"/></SegmentList></Representation>"
          "<Representation id=\"b\"><SegmentList><Initialization sourceURL=\"b.mp4\"/></SegmentList></Representation>");
  sdk::testing::FakeMinter links;
  const auto rewriter = sdk::testing::CreateThroughAbi<DashRewriter>(kDecrypted);

  const auto out =
      (*rewriter)->Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = kBase, .content_type = {}}, links);

  ASSERT_TRUE(out) << out.error().message;
  std::vector<std::string> notes;
  for (const auto& link : links.minted())
    if (link.url.ends_with("1.m4s")) notes.push_back(link.note);
  EXPECT_EQ(notes, (std::vector{sdk::InitNote{.url = "https://origin.example/show/a.mp4"}.Pack(),
                                sdk::InitNote{.url = "https://origin.example/show/b.mp4"}.Pack()}));
}

TEST(DashDecryptedTest, AFileNamesItsInitSectionWhereThatIsAnotherFile) {
  const auto representation = [](std::string_view init) {
    return Set(std::string(kProtection) +
               "<Representation id=\"v\"><BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"30-59\">" +
               std::string(init) + "</SegmentBase></Representation>");
  };

  EXPECT_EQ(InitsOf(representation("<Initialization sourceURL=\"i.mp4\"/>")),
            (std::map<std::string, std::string>{
                {"https://origin.example/show/v.mp4", "https://origin.example/show/i.mp4 0+0"}}));
  EXPECT_EQ(InitsOf(representation("<Initialization range=\"0-29\"/>")),
            (std::map<std::string, std::string>{{"https://origin.example/show/v.mp4", "none"}}));
}

TEST(DashDecryptedTest, APatchMayNotLeadToAProtectionThatPlayersDoNotHave) {
  const auto note = PatchNote{.mpd_url = std::string(kBase), .mpd_base = std::string(kBase)}.Pack();
  const auto patch = [&](std::string_view operation, const sdk::testing::TestConfig& config) {
    const auto text = "<Patch>" + std::string(operation) + "</Patch>";
    return TextOf(Rewrite(text, config, {.note = note}));
  };
  constexpr std::string_view kRemoval = "<remove sel=\"/MPD/Period/AdaptationSet/ContentProtection[1]\"/>";

  EXPECT_EQ(patch(kRemoval, {}), "<Patch>" + std::string(kRemoval) + "</Patch>");
  EXPECT_EQ(patch(kRemoval, kDecrypted),
            "error: the patch changes a ContentProtection that players do not have, which takes the whole MPD");
  EXPECT_EQ(patch("<add sel=\"/MPD/Period/AdaptationSet\">" + std::string(kProtection) + "</add>", kDecrypted),
            "<Patch><add sel=\"/MPD/Period/AdaptationSet\"></add></Patch>");
}

}  // namespace
}  // namespace sluice::plugins::dash

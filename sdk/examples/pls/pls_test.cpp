// SPDX-License-Identifier: MIT
#include "pls.hpp"

#include <gtest/gtest.h>
#include <sluice/sdk/testing/conformance_manifest.hpp>

namespace example {
namespace {

using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeMinter;

struct Fixture : sdk::testing::ManifestFixture {
  Fixture() {
    text = "[playlist]\r\nFile1=https://radio.example/live\r\nTitle1=Radio\r\nNumberOfEntries=1\r\nVersion=2\r\n";
    text_without_links = "[playlist]\nNumberOfEntries=0\n";
    content_type = "audio/x-scpls";
  }
};
SLUICE_MANIFEST_CONFORMANCE(Pls, Fixture);

TEST(PlsTest, PutsLinksInPlaceOfFilesAndNothingElse) {
  auto rewriter = CreateThroughAbi<Pls>();
  ASSERT_TRUE(rewriter) << rewriter.error().message;
  FakeMinter links;

  const auto out =
      (*rewriter)->Rewrite(AnyCall(),
                           {.text = "[playlist]\r\n\r\nFile1= https://a.example/1?x=y \r\nTitle1=File2=no\r\n"
                                    "File2=two.mp3\nFilex=three.mp3\nFile3=",
                            .base_url = "https://radio.example/lists/all.pls",
                            .content_type = "audio/x-scpls"},
                           links);

  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->text,
            "[playlist]\r\n\r\nFile1= /link/0?kind=segment \r\nTitle1=File2=no\r\n"
            "File2=/link/1?kind=segment\nFilex=three.mp3\nFile3=");
  EXPECT_EQ(links.Decode("/link/0?kind=segment")->url, "https://a.example/1?x=y");
  EXPECT_EQ(links.Decode("/link/1?kind=segment")->url, "https://radio.example/lists/two.mp3");
}

TEST(PlsTest, SaysWhatIsWrongWithOtherText) {
  auto rewriter = CreateThroughAbi<Pls>();
  ASSERT_TRUE(rewriter) << rewriter.error().message;
  FakeMinter links;

  const auto out = (*rewriter)->Rewrite(AnyCall(), {.text = "#EXTM3U\n"}, links);

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(out.error().message, "not a PLS playlist: want [playlist] first");
}

}  // namespace
}  // namespace example

// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/base64.hpp>

#include "converting.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

constexpr std::string_view kWidevine =
    "<ContentProtection schemeIdUri=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"><pssh>AAAA</pssh>"
    "</ContentProtection>";

std::string Scheme(std::string_view scheme) {
  return "<ContentProtection schemeIdUri=\"urn:mpeg:dash:mp4protection:2011\" value=\"" + std::string(scheme) + "\"/>";
}

std::string Protected(const std::string& protection) {
  return Static("<Period><AdaptationSet mimeType=\"video/mp4\">" + protection +
                "<SegmentTemplate duration=\"10\" media=\"$Number$.m4s\"/><Representation id=\"v\" bandwidth=\"1\"/>"
                "</AdaptationSet></Period>");
}

std::string KeyOf(const std::string& protection) {
  Converter converter;
  const auto playlist = converter.Media(Protected(protection));
  const auto at = playlist.find("#EXT-X-KEY:");
  return at == std::string::npos ? playlist : playlist.substr(at, playlist.find('\n', at) - at);
}

TEST(DashToHlsProtectionTest, TheSchemeDecidesTheMethod) {
  EXPECT_NE(KeyOf(Scheme("cenc").append(kWidevine)).find("METHOD=SAMPLE-AES-CTR,"), std::string::npos);
  EXPECT_NE(KeyOf(Scheme("cbcs").append(kWidevine)).find("METHOD=SAMPLE-AES,"), std::string::npos);
}

TEST(DashToHlsProtectionTest, WhatHlsCannotSayIsLeftOutUnlessTheGatewayDecrypts) {
  for (const auto& protection : {Scheme("cens").append(kWidevine), Scheme("cbc1").append(kWidevine), Scheme("cenc")}) {
    Converter plain, decrypting({{"/decrypted", true}});

    EXPECT_EQ(plain.Text(Protected(protection)).substr(0, 31), "error: the MPD has nothing that") << protection;
    const auto playlist = decrypting.Media(Protected(protection));
    EXPECT_EQ(Count(playlist, "#EXTINF"), 1U) << playlist;
    EXPECT_EQ(Count(playlist, "#EXT-X-KEY"), 0U) << playlist;
  }
}

TEST(DashToHlsProtectionTest, APlayReadyHeaderIsTakenOutOfItsBox) {
  const auto pssh = sdk::Base64Encode(std::string(32, '\0') + "header");
  const auto key =
      KeyOf(Scheme("cenc") + "<ContentProtection schemeIdUri=\"urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95\"><pssh>" +
            pssh + "</pssh></ContentProtection>");

  EXPECT_EQ(key, "#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"data:text/plain;charset=UTF-16;base64," +
                     sdk::Base64Encode("header") + "\",KEYFORMAT=\"com.microsoft.playready\",KEYFORMATVERSIONS=\"1\"");
}

TEST(DashToHlsProtectionTest, WhatCouldEndTheAttributeIsLeftOut) {
  const auto with = [](std::string_view pssh, std::string_view laurl) {
    return Scheme("cenc") + "<ContentProtection schemeIdUri=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"><pssh>" +
           std::string(pssh) +
           "</pssh></ContentProtection><ContentProtection "
           "schemeIdUri=\"urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e\">"
           "<Laurl>" +
           std::string(laurl) + "</Laurl></ContentProtection>";
  };
  Converter converter;
  const auto playlist = converter.Media(Protected(with("A\"B", "x:\"\n#EXT-X-EVIL")));

  EXPECT_EQ(Count(playlist, "#EXT-X-KEY"), 0U) << playlist;
  EXPECT_EQ(Count(playlist, "EVIL"), 0U) << playlist;
}

}  // namespace
}  // namespace sluice::plugins::dash_to_hls

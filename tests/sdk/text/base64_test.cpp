// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/base64.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::sdk {
namespace {

TEST(Base64Test, EncodesTheExamplesOfRfc4648) {
  const std::pair<std::string_view, std::string_view> examples[] = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [octets, text] : examples) {
    EXPECT_EQ(Base64Encode(octets), text);
    EXPECT_EQ(*Base64Decode(text), octets);
    EXPECT_EQ(*Base64Decode(text.substr(0, text.find('='))), octets) << "padding may be left out";
    EXPECT_EQ(Base64UrlEncode(octets), text.substr(0, text.find('=')));
  }
  EXPECT_EQ(Base64Encode("\xfb\xff\xbf"), "+/+/");
  EXPECT_EQ(Base64UrlEncode("\xfb\xff\xbf"), "-_-_");
}

TEST(Base64Test, RoundTripsEveryLengthAndOctet) {
  std::string octets;
  for (std::size_t size = 0; size < 300; ++size) {
    EXPECT_EQ(*Base64UrlDecode(Base64UrlEncode(octets)), octets);
    EXPECT_EQ(*Base64Decode(Base64Encode(octets)), octets);
    octets += static_cast<char>(static_cast<unsigned char>(size));
  }
}

TEST(Base64Test, RefusesWhatIsNotCanonical) {
  for (const auto* text : {"A", "AB+D", "AB/D", "AA==", "AB", "AAB", "A A"})
    EXPECT_FALSE(Base64UrlDecode(text)) << text;
  for (const auto* text : {"A", "AB-D", "AB_D", "AB==", "AAB=", "AA=", "AAA==", "A===", "====", "AA=A", "A A"})
    EXPECT_FALSE(Base64Decode(text)) << text;
}

}  // namespace
}  // namespace sluice::sdk

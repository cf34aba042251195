// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/text.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace sluice::plugins::stremio {
namespace {

TEST(StremioTextTest, WhatIsNoUtf8IsNotPlain) {
  for (const std::string_view bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                     "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "\xC3", "\xC3x"}) {
    EXPECT_FALSE(IsPlainText(bad)) << testing::PrintToString(bad);
  }
}

TEST(StremioTextTest, KnowsControls) {
  for (const std::string_view bad : {"a\nb", "a\tb", "a\x7F", "\u0085", "\u2028", "\u202E", "\u2066", "\x1B[31m"})
    EXPECT_FALSE(IsPlainText(bad)) << testing::PrintToString(bad);
  for (const std::string_view good : {"", "plain", "Amélie", "映画", "👩‍🚀", "a b"})
    EXPECT_TRUE(IsPlainText(good)) << good;
}

TEST(StremioTextTest, MakesOneLine) {
  EXPECT_EQ(OneLine("  a\r\n\tb \u00A0 c\u202E\xFF ", 100), "a b c");
  EXPECT_EQ(OneLine("\n\n", 100), "");
  EXPECT_EQ(OneLine("", 3), "");
  EXPECT_EQ(OneLine("Name\n⚡️ [TB] fake", 100), "Name ⚡️ [TB] fake");
}

TEST(StremioTextTest, CutsBehindWholeCharacters) {
  EXPECT_EQ(OneLine("abcdef", 6), "abcdef");
  EXPECT_EQ(OneLine("abcdefg", 6), "abc…");
  EXPECT_EQ(OneLine("ééééé", 8), "éé…");
  EXPECT_EQ(OneLine("😀😀", 6), "…");
  EXPECT_EQ(OneLine("ab cdefgh", 6), "ab…");
}

TEST(StremioTextTest, OneLinesArePlainAndBounded) {
  std::mt19937 random(11);  // NOLINT(cert-msc51-cpp): the same in every run
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (auto n = random() % 60; n > 0; --n)
      text += random() % 3 == 0 ? std::string("\u202E") : std::string(1, static_cast<char>(random() % 256));
    const std::size_t max = 3 + random() % 40;

    const auto line = OneLine(text, max);

    EXPECT_LE(line.size(), max);
    EXPECT_TRUE(IsPlainText(line));
    EXPECT_EQ(OneLine(line, max), line);
  }
}

}  // namespace
}  // namespace sluice::plugins::stremio

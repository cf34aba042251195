// SPDX-License-Identifier: MIT
#include "plugins/common/titles/normalise.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sluice::plugins::titles {
namespace {

struct Title {
  std::string_view written;
  std::string_view normal;
};

constexpr Title kTitles[] = {
    {"The Glass Orchard", "the glass orchard"},
    {"  The   Glass.Orchard_ ", "the glass orchard"},
    {"Ocean's Eleven", "oceans eleven"},
    {"Ocean\u2019s Eleven", "oceans eleven"},
    {"\u201cQuoted\u201d \"Title\"", "quoted title"},
    {"Law & Order", "law and order"},
    {"Law&Order", "law and order"},
    {"Am\u00e9lie", "amelie"},
    {"Ame\u0301lie", "amelie"},
    {"L\u00c9ON", "leon"},
    {"\u00c6on Flux", "aeon flux"},
    {"Stra\u00dfe", "strasse"},
    {"\u0141\u00f3d\u017a", "lodz"},
    {"\u010cesk\u00fd \u0159ez\u0144", "cesky rezn"},
    {"\u0130stanbul \u015f\u0131k", "istanbul sik"},
    {"Tr\u1ea3ng Qu\u1ed1c", "trang quoc"},
    {"\u0425\u041e\u041b\u041e\u0414\u041d\u042b\u0419 \u041f\u0440\u0438\u043b\u0438\u0432",
     "\u0445\u043e\u043b\u043e\u0434\u043d\u044b\u0439 \u043f\u0440\u0438\u043b\u0438\u0432"},
    {"\u0401\u043b\u043a\u0438", "\u0435\u043b\u043a\u0438"},
    {"\u0394\u03a3", "\u03b4\u03c3"},
    {"\u6642\u8a08\u3000\u5ead", "\u6642\u8a08 \u5ead"},
    {"S.W.A.T.", "swat"},
    {"Marvel's Agents of S.H.I.E.L.D.", "marvels agents of shield"},
    {"A.I. Artificial Intelligence", "ai artificial intelligence"},
    {"M", "m"},
    {"Vitamin C", "vitamin c"},
    {"11.22.63", "11 22 63"},
    {"9-1-1", "9 1 1"},
    {"Spider-Man: No Way Home", "spider man no way home"},
    {"WALL\u00b7E", "wall e"},
    {"[REC]\u00b2", "rec 2"},
    {"Face/Off", "face off"},
    {"!!!", ""},
    {"", ""},
    {"Caf\xe9", "caf"},
};

TEST(TitlesNormaliseTest, MakesTitlesComparable) {
  for (const auto& [written, normal] : kTitles) EXPECT_EQ(Normalise(written), normal) << written;
}

TEST(TitlesNormaliseTest, ChangesNothingTheSecondTime) {
  for (const auto& title : kTitles) EXPECT_EQ(Normalise(Normalise(title.written)), Normalise(title.written));
}

}  // namespace
}  // namespace sluice::plugins::titles

// SPDX-License-Identifier: MIT
#include "common/titles/normalise.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <sluice/sdk/text.hpp>

#include "common/titles/words.hpp"

namespace sluice::plugins::titles {
namespace {

/// U+00C0 to U+017F without diacritics; "?" where one letter stands for two, or where none of them is a letter.
constexpr std::string_view kLatin =
    "aaaaaa?ceeeeiiii?nooooo?ouuuuy??aaaaaa?ceeeeiiii?nooooo?ouuuuy?y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkkklllllll"
    "lllnnnnnnnnnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

struct Spelled {
  char32_t letter;
  std::string_view plain;
};

/// Letters that stand for two, and those beyond U+017F that titles have.
constexpr Spelled kSpelled[] = {
    {0xC6, "ae"},  {0xD0, "d"},    {0xDE, "th"},  {0xDF, "ss"},  {0xE6, "ae"}, {0xF0, "d"},  {0xFE, "th"},
    {0x132, "ij"}, {0x133, "ij"},  {0x152, "oe"}, {0x153, "oe"}, {0x18F, "e"}, {0x259, "e"}, {0x1A0, "o"},
    {0x1A1, "o"},  {0x1AF, "u"},   {0x1B0, "u"},  {0x1CD, "a"},  {0x1CE, "a"}, {0x1CF, "i"}, {0x1D0, "i"},
    {0x1D1, "o"},  {0x1D2, "o"},   {0x1D3, "u"},  {0x1D4, "u"},  {0x218, "s"}, {0x219, "s"}, {0x21A, "t"},
    {0x21B, "t"},  {0x1E9E, "ss"}, {0xB2, "2"},   {0xB3, "3"},   {0xB9, "1"},
};

/// U+1EA0 to U+1EF9: what Vietnamese has besides.
constexpr std::string_view kVietnamese =
    "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiio"
    "ooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy";

void AppendUtf8(std::string& out, char32_t c) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((c >> shift) & 0x3FU)); };
  if (c < 0x800) {
    out += static_cast<char>(0xC0U | (c >> 6U));
  } else {
    if (c < 0x10000) {
      out += static_cast<char>(0xE0U | (c >> 12U));
    } else {
      out += static_cast<char>(0xF0U | (c >> 18U));
      tail(12);
    }
    tail(6);
  }
  tail(0);
}

bool IsQuote(char32_t c) {
  constexpr char32_t kQuotes[] = {'\'', '"', '`', 0xB4, 0x2BC, 0x2018, 0x2019, 0x201A, 0x201B, 0x201C, 0x201D, 0x201E};
  return std::ranges::find(kQuotes, c) != std::end(kQuotes);
}

bool IsSeparator(char32_t c) {
  return c < 0xC0 || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x303F) ||
         (c >= 0xFF00 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20) || (c >= 0xFE00 && c <= 0xFE6F);
}

/// Appends what `c`, beyond ASCII, is in a normal title. Separators are spaces.
void AppendFolded(std::string& out, char32_t c) {
  if (c >= 0x300 && c <= 0x36F) return;
  const auto* spelled = std::ranges::find(kSpelled, c, &Spelled::letter);
  if (spelled != std::end(kSpelled)) {
    out += spelled->plain;
  } else if (IsSeparator(c)) {
    out += ' ';
  } else if (c >= 0xC0 && c <= 0x17F && kLatin[c - 0xC0] != '?') {
    out += kLatin[c - 0xC0];
  } else if (c >= 0x1EA0 && c < 0x1EA0 + kVietnamese.size()) {
    out += kVietnamese[c - 0x1EA0];
  } else if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)) {
    AppendUtf8(out, c + 0x20);
  } else if (c >= 0x400 && c <= 0x40F) {
    AppendUtf8(out, c == 0x401 ? 0x435 : c + 0x50);
  } else {
    AppendUtf8(out, c == 0x451 ? 0x435 : c);
  }
}

bool IsSingleLetter(std::string_view word) { return word.size() == 1 && !IsDigit(word.front()); }

}  // namespace

std::string Normalise(std::string_view title) {
  std::string spaced;
  spaced.reserve(title.size());
  while (!title.empty()) {
    const auto c = sdk::TakeCharacter(title);
    if (IsQuote(c)) continue;
    if (c == '&')
      spaced += " and ";
    else if (c == sdk::kNoCharacter)
      spaced += ' ';
    else if (c >= 0x80)
      AppendFolded(spaced, c);
    else
      spaced += IsWordOctet(static_cast<char>(c)) ? sdk::LowerLetter(static_cast<char>(c)) : ' ';
  }
  std::string out;
  out.reserve(spaced.size());
  bool after_single = false;
  std::string_view rest = spaced;
  while (!rest.empty()) {
    const auto word = sdk::TakeUpTo(rest, ' ');
    if (word.empty()) continue;
    const bool single = IsSingleLetter(word);
    if (!out.empty() && !(single && after_single)) out += ' ';
    out += word;
    after_single = single;
  }
  return out;
}

}  // namespace sluice::plugins::titles

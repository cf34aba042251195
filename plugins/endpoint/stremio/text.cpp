// SPDX-License-Identifier: MIT
#include "text.hpp"

namespace sluice::plugins::stremio {
namespace {

constexpr std::string_view kEllipsis = "\u2026";

/// How many octets a character has that begins with `lead`, and the lowest that needs so many; 0: none begins so.
struct Shape {
  std::size_t octets;
  char32_t lowest;
  unsigned bits;
};

constexpr Shape ShapeOf(unsigned char lead) {
  if (lead < 0x80) return {1, 0, lead};
  if (lead >= 0xC2 && lead < 0xE0) return {2, 0x80, lead & 0x1FU};
  if (lead >= 0xE0 && lead < 0xF0) return {3, 0x800, lead & 0x0FU};
  if (lead >= 0xF0 && lead < 0xF5) return {4, 0x10000, lead & 0x07U};
  return {0, 0, 0};
}

bool IsSpace(char32_t character) { return character == ' ' || character == 0xA0 || character == 0x3000; }

}  // namespace

char32_t TakeCharacter(std::string_view& text) {
  const auto shape = ShapeOf(static_cast<unsigned char>(text.front()));
  char32_t character = shape.bits;
  bool good = shape.octets != 0 && shape.octets <= text.size();
  for (std::size_t i = 1; good && i < shape.octets; ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    good = (octet & 0xC0U) == 0x80U;
    character = (character << 6U) | (octet & 0x3FU);
  }
  good = good && character >= shape.lowest && character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF);
  text.remove_prefix(good ? shape.octets : 1);
  return good ? character : kNoCharacter;
}

bool IsControl(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character <= 0x9F) || character == 0x2028 || character == 0x2029 ||
         (character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
}

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const auto character = TakeCharacter(text);
    if (character == kNoCharacter || IsControl(character)) return false;
  }
  return true;
}

std::string OneLine(std::string_view text, std::size_t max_bytes) {
  std::string out;
  std::size_t cut = 0;  // the longest that leaves room for the ellipsis
  bool space = false;
  while (!text.empty()) {
    const auto rest = text;
    const auto character = TakeCharacter(text);
    if (character == kNoCharacter || IsControl(character) || IsSpace(character)) {
      space = !out.empty();
      continue;
    }
    const auto octets = rest.substr(0, rest.size() - text.size());
    if (out.size() + (space ? 1 : 0) + octets.size() > max_bytes) return out.substr(0, cut).append(kEllipsis);
    if (space) out += ' ';
    space = false;
    out += octets;
    if (out.size() + kEllipsis.size() <= max_bytes) cut = out.size();
  }
  return out;
}

}  // namespace sluice::plugins::stremio

// SPDX-License-Identifier: MIT
#include "text.hpp"

#include <sluice/sdk/text.hpp>

namespace sluice::plugins::stremio {
namespace {

constexpr std::string_view kEllipsis = "\u2026";

bool IsSpace(char32_t character) { return character == ' ' || character == 0xA0 || character == 0x3000; }

}  // namespace

bool IsControl(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character <= 0x9F) || character == 0x2028 || character == 0x2029 ||
         (character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
}

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const auto character = sdk::TakeCharacter(text);
    if (character == sdk::kNoCharacter || IsControl(character)) return false;
  }
  return true;
}

std::string OneLine(std::string_view text, std::size_t max_bytes) {
  std::string out;
  std::size_t cut = 0;  // the longest that leaves room for the ellipsis
  bool space = false;
  while (!text.empty()) {
    const auto rest = text;
    const auto character = sdk::TakeCharacter(text);
    if (character == sdk::kNoCharacter || IsControl(character) || IsSpace(character)) {
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

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ASCII text as protocols use it: letter case, white space at the ends, what a header field may hold. Nothing here
/// looks at the locale, and octets beyond ASCII are nobody's letters.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::sdk {

/// An ASCII letter in lower case; any other octet as it is.
constexpr char LowerLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What a hex digit in either letter case counts; -1: it is none.
constexpr int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = LowerLetter(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Whether `text` has the form of a UUID, 8-4-4-4-12 hex digits, in either letter case and of any version.
/// Source: RFC 9562 §4.
constexpr bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_hyphen ? text[i] != '-' : HexDigit(text[i]) < 0) return false;
  }
  return true;
}

/// Octets of the UTF-8 character at the front of `text`, 1 to 4; 0: there is none that is well-formed.
/// Source: RFC 3629 §4.
constexpr std::size_t Utf8Size(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.empty()) return 0;
  const unsigned char lead = octet(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                           : lead >= 0xE0 && lead <= 0xEF ? 3
                           : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                          : 0;
  if (size == 0 || text.size() < size) return 0;
  // No character in a longer form than it needs, no surrogate, and none over U+10FFFF.
  const unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (octet(1) < least || octet(1) > most) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((octet(i) & 0xC0U) != 0x80U) return 0;
  }
  return size;
}

/// Stands for an octet that begins no UTF-8 character. It is none that text may hold.
inline constexpr char32_t kNoCharacter = 0xFFFFFFFF;

/// Takes the first UTF-8 character off `text`, which is not empty; where none begins, one octet.
/// \returns  the character, or kNoCharacter.
constexpr char32_t TakeCharacter(std::string_view& text) {
  const auto size = Utf8Size(text);
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  char32_t character = size == 0 ? kNoCharacter : size == 1 ? octet(0) : octet(0) & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) character = (character << 6U) | (octet(i) & 0x3FU);
  text.remove_prefix(std::max<std::size_t>(size, 1));
  return character;
}

/// Makes `text` fit for logs, JSON and databases: octets that are no UTF-8, and control characters, become "?".
inline void MakeLegible(std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto size = Utf8Size(std::string_view{text}.substr(i));
    if (size == 0 || static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7F) text[i] = '?';
    i += size == 0 ? 1 : size;
  }
}

/// `text` with its ASCII letters in upper case.
inline std::string UpperCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

/// `text` with its ASCII letters in lower case.
inline std::string LowerCase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), LowerLetter);
  return out;
}

/// Whether two ASCII texts are equal without regard to letter case: schemes, hosts, media types.
constexpr bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (LowerLetter(a[i]) != LowerLetter(b[i])) return false;
  return true;
}

/// Without white space at both ends: space, TAB, CR, LF, VT, FF. Secrets read from files tend to end in a line break.
/// \returns  a view into `text`.
constexpr std::string_view TrimSpace(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// Takes the text in front of the next `separator` off `rest`, and the separator with it. Without one that is all.
/// \returns  a view into what `rest` was.
constexpr std::string_view TakeUpTo(std::string_view& rest, char separator) {
  const auto taken = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(taken.size() + 1, rest.size()));
  return taken;
}

/// A C0 control or a space.
constexpr bool IsControlOrSpace(char c) { return static_cast<unsigned char>(c) <= 0x20; }

/// Without C0 controls and spaces at both ends: what a URL parser sees of it.
/// \returns  a view into `text`. Source: WHATWG URL §4.4.
constexpr std::string_view TrimControls(std::string_view text) {
  while (!text.empty() && IsControlOrSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsControlOrSpace(text.back())) text.remove_suffix(1);
  return text;
}

/// Whether `text` may be the value of a header field: no control characters but TAB. Octets beyond ASCII may.
/// Source: RFC 9110 §5.5.
constexpr bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) >= 0x20 || c == '\t') && c != 0x7f; });
}

}  // namespace sluice::sdk

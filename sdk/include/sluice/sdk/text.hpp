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
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
  return true;
}

}  // namespace sluice::sdk

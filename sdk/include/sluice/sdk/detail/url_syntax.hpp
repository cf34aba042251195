// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What url.hpp is made of: character classes, the lenient split, dot segments. No promise.

#include <sluice/sdk/text.hpp>

#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace sluice::sdk::detail {

constexpr bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsUnreserved(char c) { return IsAlpha(c) || IsDigit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }
/// What no part of a URL may hold raw.
constexpr bool MustEscape(char c) {
  return IsControlOrSpace(c) || static_cast<unsigned char>(c) >= 0x7f || c == '"' || c == '<' || c == '>';
}
/// Beyond that, what browsers escape in paths.
constexpr bool MustEscapeInPath(char c) { return MustEscape(c) || c == '{' || c == '}' || c == '`'; }

inline void AppendEscape(char c, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto octet = static_cast<unsigned char>(c);
  out.push_back('%');
  out.push_back(kHex[octet >> 4]);
  out.push_back(kHex[octet & 15]);
}

inline std::string& AppendEscaped(std::string_view text, bool in_path, std::string& out) {
  for (const char c : text) (in_path ? MustEscapeInPath(c) : MustEscape(c)) ? AppendEscape(c, out) : out.push_back(c);
  return out;
}

/// The five parts of RFC 3986 appendix B. Any text has them.
struct UrlParts {
  std::string_view scheme, authority, path, query, fragment;
  bool has_authority = false, has_query = false, has_fragment = false;
};

inline std::size_t SchemeSize(std::string_view text) {
  if (text.empty() || !IsAlpha(text.front())) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':') return i;
    if (!IsAlpha(text[i]) && !IsDigit(text[i]) && text[i] != '+' && text[i] != '-' && text[i] != '.') return 0;
  }
  return 0;
}

inline UrlParts SplitUrl(std::string_view text) {
  UrlParts parts;
  if (const auto size = SchemeSize(text); size > 0) {
    parts.scheme = text.substr(0, size);
    text.remove_prefix(size + 1);
  }
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    parts.fragment = text.substr(hash + 1);
    parts.has_fragment = true;
    text = text.substr(0, hash);
  }
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    parts.query = text.substr(mark + 1);
    parts.has_query = true;
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    const auto slash = text.find('/', 2);
    parts.authority = text.substr(2, slash == std::string_view::npos ? slash : slash - 2);
    parts.has_authority = true;
    text.remove_prefix(2 + parts.authority.size());
  }
  parts.path = text;
  return parts;
}

inline bool IsHttp(std::string_view scheme) {
  return (scheme.size() == 4 || (scheme.size() == 5 && LowerLetter(scheme[4]) == 's')) &&
         LowerLetter(scheme[0]) == 'h' && LowerLetter(scheme[1]) == 't' && LowerLetter(scheme[2]) == 't' &&
         LowerLetter(scheme[3]) == 'p';
}

/// Host characters of RFC 3986 §3.2.2 without escapes that are none.
inline bool IsRegName(std::string_view host) {
  for (std::size_t i = 0; i < host.size(); ++i) {
    const char c = host[i];
    if (c == '%') {
      if (i + 2 >= host.size() || HexDigit(host[i + 1]) < 0 || HexDigit(host[i + 2]) < 0) return false;
    } else if (!IsUnreserved(c) && std::string_view("!$&'()*+,;=").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

/// The characters only: whoever connects parses the address.
inline bool IsIpv6Text(std::string_view host) {
  std::size_t colons = 0;
  for (const char c : host) {
    if (c == ':')
      ++colons;
    else if (HexDigit(c) < 0 && c != '.')
      return false;
  }
  return colons >= 2;
}

/// WHATWG URL: without C0 and space around, without TAB, CR and LF inside.
inline std::string CleanReference(std::string_view text) {
  text = TrimControls(text);
  std::string out;
  out.reserve(text.size());
  for (const char c : text)
    if (c != '\t' && c != '\r' && c != '\n') out.push_back(c);
  return out;
}

inline void TurnBackslashes(std::string& text) {
  for (char& c : text) {
    if (c == '?' || c == '#') return;
    if (c == '\\') c = '/';
  }
}

/// 1 for ".", 2 for "..", 0 for anything else; with `encoded`, "%2e" is a dot too.
inline int DotCount(std::string_view segment, bool encoded) {
  int dots = 0;
  while (!segment.empty()) {
    if (segment.front() == '.') {
      segment.remove_prefix(1);
    } else if (encoded && segment.size() >= 3 && segment[0] == '%' && segment[1] == '2' &&
               LowerLetter(segment[2]) == 'e') {
      segment.remove_prefix(3);
    } else {
      return 0;
    }
    if (++dots > 2) return 0;
  }
  return dots;
}

/// RFC 3986 §5.2.4.
inline std::string RemoveDotSegments(std::string_view path, bool encoded_dots) {
  std::string out;
  out.reserve(path.size());
  // The first segment of a path without a leading slash has no slash to drop.
  bool slash = path.starts_with('/');
  if (slash)
    path.remove_prefix(1);
  else if (path.empty())
    return out;
  for (bool more = true; more;) {
    const auto end = path.find('/');
    more = end != std::string_view::npos;
    const auto segment = path.substr(0, end);
    path.remove_prefix(more ? end + 1 : path.size());
    const int dots = DotCount(segment, encoded_dots);
    if (dots == 0) {
      if (slash) out.push_back('/');
      out.append(segment);
      slash = true;
      continue;
    }
    if (dots == 2 && slash) {
      const auto last = out.rfind('/');
      out.erase(last == std::string::npos ? 0 : last);
    }
    if (!more && slash) out.push_back('/');
  }
  return out;
}

/// What a resolver has to know of a character.
enum UrlClass : unsigned char { kNotPlain = 1, kSlash = 2, kDotOrPercent = 4, kQuestionMark = 8, kColon = 16 };

/// 0: an ordinary one. kNotPlain: one that is not copied, ends the query, or means something to somebody ("{" begins a
/// variable, "|" a player's options).
inline constexpr auto kUrlClasses = [] {
  std::array<unsigned char, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(static_cast<unsigned char>(i));
    if (MustEscapeInPath(c) || c == '\\' || c == '#' || c == '|') table[i] = kNotPlain;
  }
  table['/'] = kSlash;
  table['.'] = table['%'] = kDotOrPercent;
  table['?'] = kQuestionMark;
  table[':'] = kColon;
  return table;
}();

inline unsigned ClassOf(char c) { return kUrlClasses[static_cast<unsigned char>(c)]; }

inline bool IsPlain(std::string_view text) {
  unsigned seen = 0;
  for (const char c : text) seen |= ClassOf(c);
  return (seen & kNotPlain) == 0;
}

/// Path and query that need neither escapes nor the removal of dot segments. May say no where yes were right.
/// \param relative  without a base of its own: a colon in its first segment would end a scheme.
inline bool IsPlainPath(std::string_view text, bool relative) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  for (const char* at = begin;; ++at) {
    while (end - at >= 4 && (ClassOf(at[0]) | ClassOf(at[1]) | ClassOf(at[2]) | ClassOf(at[3])) == 0) at += 4;
    while (at != end && ClassOf(*at) == 0) ++at;
    if (at == end) return true;
    switch (ClassOf(*at)) {
      case kSlash:
        relative = false;
        break;
      case kDotOrPercent:
        if (at == begin || at[-1] == '/') return false;
        break;
      case kColon:
        if (relative) return false;
        break;
      case kQuestionMark:
        return IsPlain({at, static_cast<std::size_t>(end - at)});
      default:
        return false;
    }
  }
}

inline std::string_view RawExtension(std::string_view url) {
  auto path = SplitUrl(url).path;
  if (const auto slash = path.rfind('/'); slash != std::string_view::npos) path.remove_prefix(slash + 1);
  path = path.substr(0, path.find(';'));
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
}

/// The first "name=value" of a query; `query` goes on behind it.
inline std::string_view TakeQueryPair(std::string_view& query) { return TakeUpTo(query, '&'); }

inline bool IsParamName(std::string_view pair, std::string_view name) {
  pair = pair.substr(0, pair.find('='));
  std::size_t at = 0;
  for (std::size_t i = 0; i < pair.size(); ++i, ++at) {
    char c = pair[i];
    if (c == '%' && i + 2 < pair.size() && HexDigit(pair[i + 1]) >= 0 && HexDigit(pair[i + 2]) >= 0) {
      c = static_cast<char>(HexDigit(pair[i + 1]) * 16 + HexDigit(pair[i + 2]));
      i += 2;
    }
    if (at >= name.size() || name[at] != c) return false;
  }
  return at == name.size();
}

}  // namespace sluice::sdk::detail

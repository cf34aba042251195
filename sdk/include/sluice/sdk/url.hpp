// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// URL arithmetic that never changes what it was not asked to change: no escape is decoded, added or re-written, unless
/// a function says so. Signed URLs break on anything else.

#include <sluice/sdk/detail/url_syntax.hpp>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/text.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace sluice::sdk {

/// An absolute URL in its parts, as they were written. Views into the text that was parsed.
struct Url {
  std::string_view scheme{};      ///< Any letter case; compare with `Is`.
  std::string_view user_info{};   ///< Secret. Empty: none.
  std::string_view host{};        ///< Without brackets. Empty for "file:///p" and where there is no authority.
  std::string_view host_port{};   ///< Host with brackets and port as written: what a Host header says.
  std::string_view port{};        ///< Digits as written; may be empty after a colon.
  std::string_view path{};        ///< With its leading "/"; empty in "http://h".
  std::string_view query{};       ///< Without "?".
  std::string_view fragment{};    ///< Without "#". Never sent upstream.
  std::uint16_t port_number = 0;  ///< `port`, else the default of http (80) and https (443), else 0.
  bool has_authority = false;
  bool has_query = false;  ///< "http://h/p?" has an empty one.
  bool has_fragment = false;
  bool ipv6 = false;  ///< `host` stood in brackets.

  /// \param name  in lower case: "https".
  bool Is(std::string_view name) const { return EqualsIgnoreCase(scheme, name); }
  bool http() const { return Is("http") || Is("https"); }
};

/// Splits an absolute URL (RFC 3986 §3). Octets that no URL may hold raw (controls, space, `"`, `<`, `>`, `\`,
/// non-ASCII) are refused, and so is every authority that two parsers could read in two ways; `{ } | ^` and a lone `%`
/// are let through, because origins hand out such links. \param text  must outlive the answer. \returns
/// kInvalidArgument; the message names the fault and never quotes the URL.
inline Result<Url> ParseUrl(std::string_view text);

/// "https://host:8443": scheme and host in lower case, the default port left out, user info dropped, brackets kept.
/// "file://" for a local file. For deciding whether a secret may travel with a request: compare whole strings.
inline std::string Origin(const Url& url);

/// \returns  kInvalidArgument for what `ParseUrl` refuses.
inline Result<std::string> Origin(std::string_view url);

/// What the request line says: path (at least "/") and query, as written.
inline std::string RequestTarget(const Url& url);

/// Whether a URL as ReferenceResolver makes them is an http or https one that names a host.
constexpr bool HasHttpHost(std::string_view url) {
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  return host != 0 && url.size() > host && url[host] != '/' && url[host] != '?' && url[host] != '#';
}

/// Resolves references against one base, which is parsed once (RFC 3986 §5.2, with what browsers tolerate).
///
/// Reference and base are read as WHATWG does: C0 controls and spaces around them are dropped, TAB, CR and LF inside
/// too; in http and https a `\` before the query is a `/`, and `%2e` counts as a dot in dot segments. Raw spaces,
/// controls, `"`, `<`, `>` and non-ASCII octets are percent-encoded, in paths `{`, `}` and a backtick too. Nothing else
/// changes: existing escapes, `~*+,;=`, double slashes, the case of the host and an explicit default port stay. The
/// scheme comes out in lower case. References with a scheme other than http, https and file come out as they are.
/// Threads: [any].
class ReferenceResolver {
 public:
  /// \param base  where the document was finally retrieved from; absolute; its fragment is ignored.
  explicit ReferenceResolver(std::string_view base);
  ReferenceResolver(const ReferenceResolver&) = delete;
  ReferenceResolver& operator=(const ReferenceResolver&) = delete;

  /// \param out  replaced by the absolute URL, with the reference's fragment if it has one. Reuse it: most references
  ///             then need no allocation.
  void Resolve(std::string_view reference, std::string& out) const;

  /// The same for the common case alone: an http reference that comes out as it is, at most behind a part of the base.
  /// It holds no octet below 0x21 or above 0x7e and none of `" # < > \ ` { | }`, in query and fragment neither.
  /// \returns  false: it may be another case, and `out` is not to be used.
  bool ResolvePlain(std::string_view reference, std::string& out) const;

  /// In lower case: "https".
  std::string_view scheme() const { return base_.scheme; }

 private:
  void Compose(const detail::UrlParts& parts, bool http, std::string& out) const;

  std::string text_;  ///< What `base_` looks into.
  detail::UrlParts base_;
  bool http_ = false;
  bool plain_ = false;     ///< What is beside it is as a rule put together from both.
  std::string directory_;  ///< The base up to the last "/" of its path.
  std::size_t root_ = 0;   ///< How much of it is scheme and authority.
};

/// One reference against one base; `ReferenceResolver` says how.
inline std::string ResolveReference(std::string_view base, std::string_view reference) {
  std::string out;
  ReferenceResolver(base).Resolve(reference, out);
  return out;
}

/// Escapes every octet outside `A-Z a-z 0-9 - . _ ~`: for a value inside a query or a path segment.
inline std::string PercentEncode(std::string_view octets) {
  std::string out;
  out.reserve(octets.size() + octets.size() / 4);
  for (const char c : octets) detail::IsUnreserved(c) ? out.push_back(c) : detail::AppendEscape(c, out);
  return out;
}

/// Undoes escapes; `+` stays `+`.
/// \returns  kInvalidArgument for a `%` without two hex digits.
inline Result<std::string> PercentDecode(std::string_view text);

/// What stands after the last dot of the last path segment, in lower case and without path parameters: "m3u8" for
/// "https://h/a/live.M3U8;v=1?x=y.ts". Empty: none.
/// \param url  absolute or relative.
inline std::string PathExtension(std::string_view url) { return LowerCase(detail::RawExtension(url)); }

/// Whether `PathExtension(url)` is `extension`, without making a string.
inline bool HasPathExtension(std::string_view url, std::string_view extension) noexcept {
  return EqualsIgnoreCase(detail::RawExtension(url), extension);
}

/// The value of the first parameter called `name`, still encoded; empty for "name" and "name=". Names are compared
/// after percent-decoding. \param query  without "?". The answer is a view into it.
inline std::optional<std::string_view> QueryParam(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto pair = detail::TakeQueryPair(query);
    if (detail::IsParamName(pair, name)) {
      const auto equals = pair.find('=');
      return equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    }
  }
  return std::nullopt;
}

/// `query` without any parameter called `name`; the others keep their order and octets.
inline std::string WithoutQueryParam(std::string_view query, std::string_view name) {
  std::string out;
  bool first = true;
  while (!query.empty()) {
    const auto pair = detail::TakeQueryPair(query);
    if (detail::IsParamName(pair, name)) continue;
    if (!first) out.push_back('&');
    first = false;
    out.append(pair);
  }
  return out;
}

// ---- definitions ----

inline Result<std::string> PercentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return Error{.code = Errc::kInvalidArgument,
                   .message = "octet " + std::to_string(i) + ": want two hex digits after %"};
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

namespace detail {

inline Error UrlFault(std::string message) {
  return {.code = Errc::kInvalidArgument, .message = "URL: " + std::move(message)};
}

inline Status ParsePort(Url& url) {
  if (url.port.empty()) {
    if (url.http()) url.port_number = url.Is("https") ? 443 : 80;
    return Ok();
  }
  const auto* end = url.port.data() + url.port.size();
  const auto [stop, fault] = std::from_chars(url.port.data(), end, url.port_number);
  if (fault != std::errc() || stop != end || url.port_number == 0) return UrlFault("want a port from 1 to 65535");
  return Ok();
}

inline Status ParseAuthority(std::string_view authority, Url& url) {
  if (const auto at = authority.find('@'); at != std::string_view::npos) {
    url.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    if (authority.find('@') != std::string_view::npos) return UrlFault("want one @ at most before the host");
  }
  url.host_port = authority;
  std::size_t colon = authority.find(':');
  if (!authority.empty() && authority.front() == '[') {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return UrlFault("want ] after an IPv6 address");
    url.host = authority.substr(1, close - 1);
    url.ipv6 = true;
    if (!IsIpv6Text(url.host)) return UrlFault("want an IPv6 address between [ and ]");
    colon = close + 1 == authority.size() ? std::string_view::npos : close + 1;
    if (colon != std::string_view::npos && authority[colon] != ':') return UrlFault("want a port after ]");
  } else {
    url.host = authority.substr(0, colon);
    if (!IsRegName(url.host)) return UrlFault("want letters, digits, - and . in the host");
  }
  if (colon != std::string_view::npos) url.port = authority.substr(colon + 1);
  if (url.host.empty() && (url.http() || colon != std::string_view::npos || !url.user_info.empty()))
    return UrlFault("want a host");
  return ParsePort(url);
}

}  // namespace detail

inline Result<Url> ParseUrl(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (detail::MustEscape(text[i]) || text[i] == '\\')
      return detail::UrlFault("octet " + std::to_string(i) + " must be percent-encoded");
  const auto parts = detail::SplitUrl(text);
  if (parts.scheme.empty()) return detail::UrlFault("want a scheme, such as https://");
  Url url{.scheme = parts.scheme,
          .path = parts.path,
          .query = parts.query,
          .fragment = parts.fragment,
          .has_authority = parts.has_authority,
          .has_query = parts.has_query,
          .has_fragment = parts.has_fragment};
  if (!parts.has_authority) {
    if (url.http()) return detail::UrlFault("want // after the scheme");
    return url;
  }
  if (auto status = detail::ParseAuthority(parts.authority, url); !status) return std::move(status).error();
  return url;
}

inline std::string Origin(const Url& url) {
  std::string out(url.scheme);
  out += "://";
  if (url.ipv6) out += '[';
  out += url.host;
  if (url.ipv6) out += ']';
  std::transform(out.begin(), out.end(), out.begin(), LowerLetter);
  const bool is_default =
      url.port_number == 0 || (url.Is("http") && url.port_number == 80) || (url.Is("https") && url.port_number == 443);
  if (!is_default) out += ":" + std::to_string(url.port_number);
  return out;
}

inline Result<std::string> Origin(std::string_view url) {
  auto parsed = ParseUrl(url);
  if (!parsed) return std::move(parsed).error();
  return Origin(*parsed);
}

inline std::string RequestTarget(const Url& url) {
  std::string out(url.path.empty() ? std::string_view("/") : url.path);
  if (url.has_query) out.append("?").append(url.query);
  return out;
}

inline ReferenceResolver::ReferenceResolver(std::string_view base) : text_(detail::CleanReference(base)) {
  const bool http = detail::IsHttp(detail::SplitUrl(text_).scheme);
  if (http) detail::TurnBackslashes(text_);
  auto parts = detail::SplitUrl(text_);
  parts.has_fragment = false;
  std::string normal;
  Compose(parts, http, normal);
  text_ = std::move(normal);
  base_ = detail::SplitUrl(text_);
  http_ = http;
  plain_ = http && base_.has_authority;
  root_ = text_.size() - base_.path.size() - (base_.has_query ? base_.query.size() + 1 : 0);
  const auto slash = base_.path.rfind('/');
  directory_ = text_.substr(0, root_ + (slash == std::string_view::npos ? 0 : slash + 1));
  // RFC 3986 §5.2.3: below an authority an empty path merges as "/".
  if (base_.has_authority && slash == std::string_view::npos) directory_ += '/';
}

inline void ReferenceResolver::Resolve(std::string_view reference, std::string& out) const {
  if (ResolvePlain(reference, out)) return;
  std::string clean = detail::CleanReference(reference);
  const auto scheme = detail::SplitUrl(clean).scheme;
  const bool http = scheme.empty() ? http_ : detail::IsHttp(scheme);
  if (!scheme.empty() && !http && !EqualsIgnoreCase(scheme, "file")) {
    out = std::move(clean);
    return;
  }
  if (http) detail::TurnBackslashes(clean);
  auto target = detail::SplitUrl(clean);
  std::string merged;
  if (target.scheme.empty()) {
    target.scheme = base_.scheme;
    if (!target.has_authority) {
      target.authority = base_.authority;
      target.has_authority = base_.has_authority;
      if (target.path.empty()) {
        target.path = base_.path;
        if (!target.has_query) target.query = base_.query;
        target.has_query = target.has_query || base_.has_query;
      } else if (target.path.front() != '/') {
        merged.append(directory_, root_).append(target.path);
        target.path = merged;
      }
    }
  }
  Compose(target, http, out);
}

inline bool ReferenceResolver::ResolvePlain(std::string_view reference, std::string& out) const {
  if (!plain_ || reference.empty()) return false;
  std::size_t keep = directory_.size();
  bool may_have_scheme = false;
  const char first = reference.front();
  if (first == '/') {
    if (reference.starts_with("//")) return false;
    keep = root_;
  } else if (first == 'h' && (reference.starts_with("https://") || reference.starts_with("http://"))) {
    const auto path = reference.find('/', reference.find(':') + 3);
    if (path == std::string_view::npos || !detail::IsPlain(reference.substr(0, path)) ||
        !detail::IsPlainPath(reference.substr(path), false))
      return false;
    out.assign(reference);
    return true;
  } else if (first == '.') {
    for (; reference.starts_with("../"); reference.remove_prefix(3))
      if (keep > root_ + 1) keep = directory_.rfind('/', keep - 2) + 1;
  } else if (first == '?') {
    return false;
  } else {
    may_have_scheme = true;
  }
  if (!detail::IsPlainPath(reference, may_have_scheme)) return false;
  out.resize(keep + reference.size());
  std::copy_n(directory_.data(), keep, out.data());
  std::copy_n(reference.data(), reference.size(), out.data() + keep);
  return true;
}

inline void ReferenceResolver::Compose(const detail::UrlParts& parts, bool http, std::string& out) const {
  out.clear();
  if (!parts.scheme.empty()) {
    std::transform(parts.scheme.begin(), parts.scheme.end(), std::back_inserter(out), LowerLetter);
    out += ':';
  }
  if (parts.has_authority) detail::AppendEscaped(parts.authority, false, out.append("//"));
  const auto path = detail::RemoveDotSegments(parts.path, http);
  // Without an authority a path that starts with two slashes would read as one (WHATWG URL, serialising).
  if (!parts.has_authority && path.starts_with("//")) out += "/.";
  detail::AppendEscaped(path, true, out);
  if (parts.has_query) detail::AppendEscaped(parts.query, false, out.append("?"));
  if (parts.has_fragment) detail::AppendEscaped(parts.fragment, false, out.append("#"));
}

}  // namespace sluice::sdk

// SPDX-License-Identifier: MIT
#include "core/config/values.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsLowerHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }
bool IsHex(char c) { return IsLowerHex(c) || (c >= 'A' && c <= 'F'); }

template <typename T>
std::optional<T> ParseWhole(std::string_view digits) {
  T value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || !IsDigit(digits.front())) return std::nullopt;
  return value;
}

/// A number in front of a unit, multiplied out.
template <typename T, std::size_t kUnits>
std::optional<T> ParseUnits(std::string_view text, const std::array<std::pair<std::string_view, T>, kUnits>& units) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return std::nullopt;
  const auto number = ParseWhole<T>(text.substr(0, digits));
  for (const auto& [unit, factor] : units) {
    if (!number || text.substr(digits) != unit) continue;
    if (*number > std::numeric_limits<T>::max() / factor) return std::nullopt;
    return *number * factor;
  }
  return std::nullopt;
}

/// The largest unit that divides `value`.
template <typename T, std::size_t kUnits>
std::string FormatUnits(T value, const std::array<std::pair<std::string_view, T>, kUnits>& units) {
  for (const auto& [unit, factor] : units) {
    if (value % factor == 0 && (value != 0 || factor == 1)) return std::to_string(value / factor) + std::string(unit);
  }
  return {};
}

constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kDurations = {
    {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> kSizes = {
    {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"", 1}}};

bool IsAddress(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> octets{};
  return text.find('\0') == std::string_view::npos &&
         ::inet_pton(family, std::string(text).c_str(), octets.data()) == 1;
}

bool IsPort(std::string_view text) { return !text.empty() && text.size() <= 5 && ParseWhole<std::uint16_t>(text); }

/// "host:port" or "[v6]:port" in two; the port is empty when there is none.
std::pair<std::string_view, std::string_view> SplitPort(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find(']', colon) != std::string_view::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool IsBracketed(std::string_view host) {
  return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
         IsAddress(AF_INET6, host.substr(1, host.size() - 2));
}

/// Only digits and dots: meant as an address, so it must be one.
bool LooksLikeV4(std::string_view host) { return host.find_first_not_of("0123456789.") == std::string_view::npos; }

bool IsHost(std::string_view host) {
  if (IsBracketed(host)) return true;
  return LooksLikeV4(host) ? IsAddress(AF_INET, host) : IsHostName(host);
}

bool IsCaptureName(std::string_view name) {
  return !name.empty() && !IsDigit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return IsLetter(c) || IsDigit(c) || c == '_'; });
}

bool IsPathChar(char c) {
  return IsLetter(c) || IsDigit(c) || std::string_view("-._~!$&'()+,;=:@%").find(c) != std::string_view::npos;
}

/// One segment of a path template. \param last  nothing follows it.
std::string CheckSegment(std::string_view segment, bool last, std::vector<std::string>& captures) {
  std::string name;
  if (segment == "**") {
    if (!last) return "`**` may only stand at the end";
    name = "rest";
  } else if (segment.starts_with('{') && segment.ends_with('}')) {
    auto inner = segment.substr(1, segment.size() - 2);
    const bool rest = inner.ends_with("...");
    if (rest) inner.remove_suffix(3);
    if (!IsCaptureName(inner)) return Ticked(segment) + " is no capture: want {name} or {name...}";
    if (rest && !last) return Ticked(segment) + " may only stand at the end";
    name = std::string(inner);
  } else {
    if (segment.find_first_of("{}") != std::string_view::npos) return "a capture fills its whole segment: `/{name}/`";
    if (segment.find('*') != std::string_view::npos)
      return "`*` stands for nothing here; captures are `/{name}` and, at the end, `/**`";
    if (segment == "." || segment == "..") return "`.` and `..` never match";
    if (!std::all_of(segment.begin(), segment.end(), IsPathChar)) return "other characters are written percent-encoded";
    return segment.empty() && !last ? "an empty segment (`//`) never matches" : std::string();
  }
  if (std::find(captures.begin(), captures.end(), name) != captures.end()) {
    return "capture " + Ticked(name) + " appears twice";
  }
  captures.push_back(std::move(name));
  return {};
}

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  const auto value = ParseUnits(text, kDurations);
  if (!value) return std::nullopt;
  return std::chrono::milliseconds(*value);
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  return FormatUnits<std::int64_t>(duration.count(), kDurations);
}

std::optional<std::uint64_t> ParseSize(std::string_view text) { return ParseUnits(text, kSizes); }

std::string FormatSize(std::uint64_t size_bytes) { return FormatUnits(size_bytes, kSizes); }

std::optional<std::string> ParseListenAddress(std::string_view text) {
  const auto [host, port] = SplitPort(text);
  if (!IsPort(port)) return std::nullopt;
  const auto number = std::to_string(*ParseWhole<std::uint16_t>(port));
  if (host.empty()) return "0.0.0.0:" + number;
  if (!IsHost(host)) return std::nullopt;
  return std::string(host) + ":" + number;
}

bool IsCidr(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  const bool v4 = IsAddress(AF_INET, address);
  if (!v4 && !IsAddress(AF_INET6, address)) return false;
  if (slash == std::string_view::npos) return true;
  const auto length = text.substr(slash + 1);
  const auto bits = length.empty() ? std::nullopt : ParseWhole<std::uint8_t>(length);
  return bits && *bits <= (v4 ? 32 : 128);
}

bool IsHostName(std::string_view text) {
  if (text.empty() || text.size() > 253 || text.front() == '.' || text.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLetter(c) || IsDigit(c) || c == '-' || c == '_' || c == '.'; });
}

bool IsUpstream(std::string_view text) {
  if (IsCidr(text)) return true;
  const auto [host, port] = SplitPort(text);
  return IsHost(host) && (host.size() == text.size() || IsPort(port));
}

bool IsPortRange(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = text.substr(0, dash);
  const auto last = dash == std::string_view::npos ? first : text.substr(dash + 1);
  return IsPort(first) && IsPort(last) && *ParseWhole<std::uint16_t>(first) > 0 &&
         *ParseWhole<std::uint16_t>(first) <= *ParseWhole<std::uint16_t>(last);
}

bool IsHostGlob(std::string_view lower_case) {
  if (IsBracketed(lower_case)) return true;
  std::string plain(lower_case);
  std::replace(plain.begin(), plain.end(), '*', 'a');
  return IsHostName(plain);
}

bool IsBaseUrl(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const auto rest = text.substr(scheme.size());
    const auto authority = rest.substr(0, rest.find('/'));
    const auto path = rest.substr(authority.size());
    const auto [host, port] = SplitPort(authority);
    return IsHost(host) && (host.size() == authority.size() || IsPort(port)) &&
           std::all_of(path.begin(), path.end(), [](char c) { return c == '/' || IsPathChar(c); });
  }
  return false;
}

bool IsOriginUrl(std::string_view text) {
  const auto host = text.find("://");
  return IsBaseUrl(text) && text.find('/', host + 3) == std::string_view::npos;
}

bool IsProxyUrl(std::string_view text) {
  for (const std::string_view scheme : {"socks5://", "socks5h://", "http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    auto authority = text.substr(scheme.size());
    if (authority.ends_with('/')) authority.remove_suffix(1);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
      const auto user = authority.substr(0, at);
      if (!std::all_of(user.begin(), user.end(), [](char c) { return c != '@' && IsPathChar(c); })) return false;
      authority.remove_prefix(at + 1);
    }
    const auto [host, port] = SplitPort(authority);
    return IsHost(host) && (host.size() == authority.size() || IsPort(port));
  }
  return false;
}

bool IsFieldName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsLetter(c) || IsDigit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool IsSecretKey(std::string_view text) {
  if (text.size() == 64) return std::all_of(text.begin(), text.end(), IsHex);
  if (text.size() == 44 && text.back() == '=') text.remove_suffix(1);
  return text.size() == 43 && std::all_of(text.begin(), text.end(), [](char c) {
           return IsLetter(c) || IsDigit(c) || c == '+' || c == '/' || c == '-' || c == '_';
         });
}

bool IsSha256(std::string_view text) { return text.size() == 64 && std::all_of(text.begin(), text.end(), IsLowerHex); }

std::string CheckPathTemplate(std::string_view path, std::vector<std::string>& captures) {
  if (!path.starts_with('/')) return "it starts with no `/`";
  for (auto rest = path.substr(1);;) {
    const auto slash = rest.find('/');
    const bool last = slash == std::string_view::npos;
    auto wrong = CheckSegment(rest.substr(0, slash), last, captures);
    if (!wrong.empty() || last) return wrong;
    rest.remove_prefix(slash + 1);
  }
}

std::string CheckCaptureText(std::string_view text, std::vector<std::string>& captures) {
  while (true) {
    const auto open = text.find_first_of("{}");
    if (open == std::string_view::npos) return {};
    const auto close = text.find('}', open);
    if (text[open] == '}' || close == std::string_view::npos) return "a brace without its partner";
    const auto name = text.substr(open + 1, close - open - 1);
    if (!IsCaptureName(name)) return Ticked(text.substr(open, close - open + 1)) + " is no capture: want {name}";
    captures.emplace_back(name);
    text.remove_prefix(close + 1);
  }
}

}  // namespace sluice::config

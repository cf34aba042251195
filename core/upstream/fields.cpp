// SPDX-License-Identifier: MIT
#include "core/upstream/fields.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "core/http/head_scanner.hpp"

namespace sluice::upstream {
namespace {

using http::EqualNoCase;

constexpr std::array<std::string_view, 10> kHopByHop = {
    "Connection", "Keep-Alive",        "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE",
    "Trailer",    "Transfer-Encoding", "Upgrade",          "HTTP2-Settings"};

constexpr std::array<std::string_view, 6> kForPart = {"Range",         "If-Range",          "If-Match",
                                                      "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"};

constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::optional<std::string_view> FindField(std::span<const sdk::Header> fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const sdk::Header& field) { return EqualNoCase(field.name, name); });
  if (found == fields.end()) return std::nullopt;
  return found->value;
}

void DropField(std::vector<sdk::Header>& fields, std::string_view name) {
  std::erase_if(fields, [&](const sdk::Header& field) { return EqualNoCase(field.name, name); });
}

bool IsOneOf(std::span<const std::string_view> names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view known) { return EqualNoCase(known, name); });
}

bool AsksForPart(std::string_view name) { return IsOneOf(kForPart, name); }

std::vector<std::string_view> ListElements(std::string_view value) {
  std::vector<std::string_view> elements;
  for (std::size_t start = 0; start <= value.size();) {
    const auto end = std::min(value.find(',', start), value.size());
    const auto element = http::TrimSpace(value.substr(start, end - start));
    if (!element.empty()) elements.push_back(element);
    start = end + 1;
  }
  return elements;
}

bool IsHopByHop(std::string_view name) { return IsOneOf(kHopByHop, name); }

bool IsEndToEnd(std::string_view name, std::span<const std::string_view> connection_options) {
  return !IsHopByHop(name) && !IsOneOf(connection_options, name);
}

std::optional<sdk::Seconds> ParseHttpDate(std::string_view text) {
  if (text.size() > 40) return std::nullopt;
  const std::string terminated(text);
  for (const char* format : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    std::tm parts{};
    const char* stop = ::strptime(terminated.c_str(), format, &parts);
    if (stop != nullptr && *stop == '\0') return sdk::Seconds(std::chrono::seconds(::timegm(&parts)));
  }
  return std::nullopt;
}

std::string HttpDate(sdk::Seconds time) {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                parts.tm_sec);
  return text.data();
}

}  // namespace sluice::upstream

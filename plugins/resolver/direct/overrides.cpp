// SPDX-License-Identifier: MIT
#include "overrides.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>

namespace sluice::plugins::direct {
namespace {

/// What the direct stream sends upstream at all.
constexpr std::array<std::string_view, 12> kAllowed = {
    "accept",   "accept-encoding", "accept-language",   "cache-control", "pragma",  "range",
    "if-range", "if-none-match",   "if-modified-since", "user-agent",    "referer", "origin"};

constexpr std::size_t kMaxShown = 64;

sdk::Error Refused(std::string_view name, std::string_view why) {
  std::string shown;
  for (const char c : name.substr(0, kMaxShown)) shown += c < 0x20 || c > 0x7E ? '?' : c;
  return {.code = sdk::Errc::kInvalidArgument, .message = "header override `" + shown + "` " + std::string(why)};
}

/// Takes one `name=value` into `fields`, if it is an override.
sdk::Status ReadPair(std::string_view raw_name, std::string_view raw_value, std::vector<sdk::Header>& fields) {
  const auto name = sdk::PercentDecode(raw_name);
  if (!name || !name->starts_with("h_")) return sdk::Ok();
  auto field = name->substr(2);
  std::replace(field.begin(), field.end(), '_', '-');  // clients of the proxy that this stands in for write either
  const auto* const found = std::find_if(kAllowed.begin(), kAllowed.end(), [&](std::string_view allowed) {
    return sdk::EqualsIgnoreCase(allowed, field);
  });
  if (found == kAllowed.end()) return Refused(field, "is not allowlisted");
  auto value = sdk::PercentDecode(raw_value);
  if (!value || !sdk::IsFieldValue(*value)) return Refused(*found, "has an invalid value");
  std::erase_if(fields, [&](const sdk::Header& held) { return held.name == *found; });
  fields.push_back({std::string(*found), std::move(*value)});
  return sdk::Ok();
}

}  // namespace

sdk::Result<std::vector<sdk::Header>> ReadOverrides(std::string_view query) {
  std::vector<sdk::Header> fields;
  while (true) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    const auto equals = pair.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    if (auto read = ReadPair(pair.substr(0, equals), value, fields); !read) return std::move(read).error();
    if (end == std::string_view::npos) return fields;
    query = query.substr(end + 1);
  }
}

}  // namespace sluice::plugins::direct

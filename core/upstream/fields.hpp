// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Small questions about header fields that requests, responses and files share.

#include <chrono>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/types.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::upstream {

/// First field of that name, or nothing.
std::optional<std::string_view> FindField(std::span<const sdk::Header> fields, std::string_view name);

/// Drops all fields of that name (no case). `name` is no view into them.
void DropField(std::vector<sdk::Header>& fields, std::string_view name);

/// Whether `names` has `name` (no case).
bool IsOneOf(std::span<const std::string_view> names, std::string_view name);

/// Whether a field of that name asks for a part, or for nothing if nothing changed (RFC 9110 §13.1, §14.2).
bool AsksForPart(std::string_view name);

/// The elements of a comma-separated list, trimmed, empty ones left out. Views into `value`.
std::vector<std::string_view> ListElements(std::string_view value);

/// RFC 9110 §7.6.1: belongs to one connection, whatever Connection says.
bool IsHopByHop(std::string_view name);
/// Whether a field of that name goes on beyond its connection.
/// \param connection_options  of the same message.
bool IsEndToEnd(std::string_view name, std::span<const std::string_view> connection_options);

/// What all Connection fields of a message list. \param fields  sdk::Field or sdk::Header. \returns views into them.
template <typename Fields>
std::vector<std::string_view> ConnectionOptions(const Fields& fields) {
  std::vector<std::string_view> options;
  for (const auto& field : fields) {
    if (!sdk::EqualsIgnoreCase(field.name, "Connection")) continue;
    const auto listed = ListElements(field.value);
    options.insert(options.end(), listed.begin(), listed.end());
  }
  return options;
}

/// RFC 9110 §5.6.7, all three forms. \returns nothing for anything else.
std::optional<sdk::Seconds> ParseHttpDate(std::string_view text);
std::string HttpDate(sdk::Seconds time);

}  // namespace sluice::upstream

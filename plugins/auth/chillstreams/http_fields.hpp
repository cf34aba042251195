// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Fields of an answer as the pool's protocol uses them.

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <sluice/sdk/services.hpp>
#include <string_view>
#include <system_error>

namespace sluice::plugins::chillstreams {

/// Value of the first field of that name; empty: there is none.
inline std::string_view FieldOf(const sdk::HttpResponse& response, std::string_view name) {
  for (const auto& header : response.headers) {
    if (sdk::EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return {};
}

/// \returns  nothing for what is no whole number; a large one for one that is too large.
inline std::optional<std::chrono::seconds> ToSeconds(std::string_view text) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (stop != end || text.empty() || fault == std::errc::invalid_argument) return std::nullopt;
  if (fault == std::errc::result_out_of_range) return std::chrono::hours(24);
  return std::chrono::seconds(value);
}

}  // namespace sluice::plugins::chillstreams

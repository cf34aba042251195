// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Dates as stores write them.

#include <optional>
#include <sluice/sdk/types.hpp>
#include <string_view>

#include "store/common/json.hpp"

namespace sluice::plugins::store {

/// "2026-01-02T03:04:05Z", with a fraction (which is dropped) and an offset if there are any; without an offset it is
/// UTC; a space may stand for the T. Source: RFC 3339 §5.6. \returns  nothing for what is none, or before the epoch.
std::optional<sdk::Seconds> ReadTime(std::string_view text);

/// "Fri, 02 Jan 2026 03:04:05 GMT". Source: RFC 9110 §5.6.7. \returns  nothing for what is none.
std::optional<sdk::Seconds> ReadHttpDate(std::string_view text);

/// The member of that name, in seconds since the epoch. \returns  zero for what is none, or behind the year 9999.
sdk::Seconds ReadUnixTime(const Json& object, const char* name);

}  // namespace sluice::plugins::store

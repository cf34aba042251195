// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// CheckPath: whether a request path, put behind an origin's path, stays there whatever the origin makes of it.

#include <sluice/sdk/result.hpp>
#include <string_view>

namespace sluice::plugins::resolver {

/// Servers differ in how often they decode, whether "\" divides, and what ";" ends. A path passes only if it stays put
/// under every such reading.
/// \param path  raw, as received, without query.
/// \returns  kInvalidArgument for dot segments (plain, encoded, encoded again, before ";"), backslashes, control
///           characters, "?" and "#", broken escapes, and overlong UTF-8.
/// Threads: [any]. Source: RFC 3986 §3.3, §5.2.4.
sdk::Status CheckPath(std::string_view path);

}  // namespace sluice::plugins::resolver

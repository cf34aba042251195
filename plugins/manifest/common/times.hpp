// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Durations and dates as XML Schema writes them, and ticks of media clocks.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::plugins::mpd {

using Micros = std::chrono::microseconds;
/// Wall-clock time, UTC.
using Instant = std::chrono::sys_time<Micros>;

/// "P1Y2M3DT4H5M6.7S"; a year counts as 365 days and a month as 30. \returns nothing for what is none, or does not fit.
std::optional<Micros> ReadDuration(std::string_view text);

/// "2024-01-31T12:00:00.5Z", with an offset, or without either: then it is UTC.
std::optional<Instant> ReadDateTime(std::string_view text);

/// "2024-01-31T12:00:00.500Z".
std::string FormatDateTime(Instant instant);

/// Rounded to the nearest; the largest there is for what does not fit. \param timescale  ticks a second, not 0.
Micros FromTicks(std::uint64_t ticks, std::uint64_t timescale);
/// Rounded down; 0 for what is negative.
std::uint64_t ToTicks(Micros time, std::uint64_t timescale);

}  // namespace sluice::plugins::mpd

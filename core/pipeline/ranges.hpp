// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Ranges in passing: what of a Range field is sent on, and whether the answer to it can be true (RFC 9110 §14).

#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::upstream {
struct Response;
}

namespace sluice::pipeline {

/// More ranges than these in one field are an attack: small overlapping ones multiply the octets sent.
inline constexpr std::size_t kMaxRanges = 16;

/// `range` as it may be sent on: positions beyond 63 bits become the largest that every server reads.
/// \returns  nothing when a server would have to ignore the field (another unit, bad syntax, first beyond last), or has
///           good reason to (too many ranges).
std::optional<std::string> UsableRange(std::string_view range);

/// Which part of a representation a 206 holds, positions inclusive.
struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::optional<std::uint64_t> total;  ///< Nothing: "*".
};
/// "bytes a-b/n" or "bytes a-b/*". \returns nothing for anything else, and where the numbers contradict each other.
std::optional<ContentRange> ParseContentRange(std::string_view value);

/// Mends or refuses what `response` says of parts. A Content-Range outside of 206 and 416 is dropped; a 206 that
/// nobody asked for, and that holds everything, becomes 200.
/// \param sent  the Range field that was sent; empty: none was.
/// \returns  kUpstreamFailed: a 206 that says not, or not truly, which part it is.
sdk::Status CheckParts(std::string_view sent, upstream::Response& response);

}  // namespace sluice::pipeline

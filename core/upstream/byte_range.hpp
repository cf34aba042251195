// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ByteRange: what a Range field asks of a representation of known length (RFC 9110 §14).

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::upstream {

enum class RangeAnswer {
  kWhole,          ///< 200: no range, another unit, bad syntax, or several ranges.
  kPart,           ///< 206.
  kUnsatisfiable,  ///< 416.
};

struct ByteRange {
  RangeAnswer answer = RangeAnswer::kWhole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;  ///< 0 when unsatisfiable.
};

/// One position in a range. \returns  nothing for what is not digits only; `max` for what is larger: a position past
/// every end is no fault.
std::optional<std::uint64_t> ParsePosition(std::string_view digits, std::uint64_t max);

/// Several ranges are answered with the whole: no player asks for them, and small overlapping ones amplify.
/// \param range  value of the Range field.
ByteRange ParseRange(std::string_view range, std::uint64_t size_bytes);

}  // namespace sluice::upstream

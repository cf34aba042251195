// SPDX-License-Identifier: MIT
#include "core/upstream/byte_range.hpp"

#include <algorithm>
#include <limits>

#include "core/http/head_scanner.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::upstream {
namespace {

using http::EqualNoCase;

constexpr auto kMaxPosition = std::numeric_limits<std::uint64_t>::max();

}  // namespace

std::optional<std::uint64_t> ParsePosition(std::string_view digits, std::uint64_t max) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (max - digit) / 10 ? max : value * 10 + digit;
  }
  return value;
}

ByteRange ParseRange(std::string_view range, std::uint64_t size_bytes) {
  const ByteRange whole{RangeAnswer::kWhole, 0, size_bytes};
  constexpr std::string_view kUnit = "bytes=";
  if (range.size() < kUnit.size() || !EqualNoCase(range.substr(0, kUnit.size()), kUnit)) return whole;
  const auto list = range.substr(kUnit.size());
  if (list.find(',') != std::string_view::npos) return whole;
  const auto elements = ListElements(list);
  if (elements.size() != 1) return whole;
  const auto dash = elements[0].find('-');
  if (dash == std::string_view::npos) return whole;
  const auto first_text = elements[0].substr(0, dash);
  const auto last_text = elements[0].substr(dash + 1);
  const auto first = ParsePosition(first_text, kMaxPosition);
  const auto last = ParsePosition(last_text, kMaxPosition);
  if (first_text.empty()) {
    if (!last) return whole;
    const auto length = std::min(*last, size_bytes);
    if (length == 0) return {RangeAnswer::kUnsatisfiable, 0, 0};
    return {RangeAnswer::kPart, size_bytes - length, length};
  }
  if (!first || (!last_text.empty() && !last) || (last && *last < *first)) return whole;
  if (*first >= size_bytes) return {RangeAnswer::kUnsatisfiable, 0, 0};
  const auto end = last ? std::min(*last, size_bytes - 1) : size_bytes - 1;
  return {RangeAnswer::kPart, *first, end - *first + 1};
}

}  // namespace sluice::upstream

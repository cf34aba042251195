// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What both engines refuse with the same words.

#include <cstddef>
#include <sluice/sdk/database.hpp>
#include <span>
#include <string>
#include <string_view>

namespace sluice::state {

inline constexpr std::size_t kMaxRows = 100'000;

inline sdk::Error TooManyRows() {
  return {.code = sdk::Errc::kInvalidArgument, .message = "database: more than 100,000 rows; want a LIMIT"};
}

inline sdk::Error WrongParams(std::size_t wanted, std::size_t given) {
  return {.code = sdk::Errc::kInvalidArgument,
          .message = "database: the statement has " + std::to_string(wanted) + " parameters, and got " +
                     std::to_string(given)};
}

/// Whether a parameter is a text that PostgreSQL would cut off.
inline bool HasNul(std::span<const sdk::SqlParam> params) {
  for (const auto& param : params) {
    if (param.type() == sdk::SqlType::kText && param.text().find('\0') != std::string_view::npos) return true;
  }
  return false;
}
inline sdk::Error TextWithNul() {
  return {.code = sdk::Errc::kInvalidArgument, .message = "database: a text with a NUL; want bytes"};
}

/// A transaction whose work did not stop at a statement that failed.
inline sdk::Error GoesOn() {
  return {.code = sdk::Errc::kInternal, .message = "database: a transaction went on after a statement had failed"};
}

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What both engines refuse with the same words.

#include <cstddef>
#include <sluice/sdk/result.hpp>
#include <string>

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

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The words of filter expressions.

#include <cstddef>
#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::stremio {

struct Token {
  enum class Kind : std::uint8_t { kEnd, kName, kNumber, kText, kSign };

  Kind kind = Kind::kEnd;
  std::size_t at = 0;  ///< Octet in the source.
  std::string text{};  ///< Of kText what the quotes hold, escapes undone; a name with its members, "File.Size".
  double number = 0;   ///< Of kNumber.

  bool Is(std::string_view sign) const { return kind == Kind::kSign && text == sign; }
  /// Operators that are words are signs in all but their form.
  bool IsWord(std::string_view word) const { return kind == Kind::kName && text == word; }
};

/// A fault at an octet of the source. \param wanted  "a field".
sdk::Error ExpressionFault(std::string_view source, std::size_t at, std::string_view wanted);

/// All tokens, kEnd behind them. \returns  kInvalidArgument with the place and what was wanted there.
sdk::Result<std::vector<Token>> Tokens(std::string_view source);

}  // namespace sluice::plugins::stremio

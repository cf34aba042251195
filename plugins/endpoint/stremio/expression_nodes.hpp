// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A filter expression as a tree, flat in a vector.

#include <cstddef>
#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "record.hpp"

namespace sluice::plugins::stremio {

enum class Op : std::uint8_t {
  // Literals.
  kNil,
  kTruth,
  kNumber,
  kText,
  kTexts,
  kNumbers,
  // What the record, or a list, has.
  kField,
  kElement,
  // Of truth values.
  kNot,
  kAnd,
  kOr,
  kChoice,
  // Of two values.
  kEqual,
  kUnequal,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kNotIn,
  kContains,
  kStartsWith,
  kEndsWith,
  // Functions.
  kLen,
  kLower,
  kAny,
  kAll,
  kNone,
};

struct Node {
  Op op = Op::kNil;
  std::size_t at = 0;               ///< Where it stands in the source.
  std::vector<std::size_t> args{};  ///< Nodes, all in front of this one.
  Field field = Field::kTitle;      ///< Of kField.
  Rank rank = Rank::kNone;          ///< By which its value compares.
  double number = 0;                ///< Of kNumber; of kTruth 0 or 1.
  std::string text{};
  std::vector<std::string> texts{};
  std::vector<double> numbers{};
};

/// The tree of an expression, its root last. It is as deep as its source has nesting, which is bounded.
/// \returns  kInvalidArgument with the place and what was wanted there.
sdk::Result<std::vector<Node>> ParseExpression(std::string_view source);

}  // namespace sluice::plugins::stremio

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Filter: which streams a viewer wants to see, as an expression over what is known of them.
///
/// A subset of expr-lang:
///  - literals: "text" or 'text' with the escapes \n \r \t \\ \' \", numbers, true, false, nil, and lists of texts or
///  of
///    numbers, ["4k", "1080p"];
///  - fields of FieldOf, with their letter case: Resolution, File.Size;
///  - == != < <= > >=, `in`, `not in` (a list on the right), `contains` (text in text, or a value in a list),
///    `startsWith`, `endsWith`;
///  - && || ! or `and` `or` `not`, and `condition ? this : that`. `!` belongs to the operand behind it, `not` to the
///    whole comparison;
///  - len(text or list), lower(text), any(list, condition), all(…), none(…), where "#" is the element; the condition
///    may stand in braces.
///
/// Left out: `matches`, arithmetic, ranges, maps, pipes, variables. Resolution, Quality, Size and File.Size compare by
/// rank with texts and numbers: Resolution >= "1080p", Size < "20GB". Two of them that are not known are not equal,
/// unless their texts are.

#include <cstddef>
#include <sluice/sdk/result.hpp>
#include <string_view>
#include <vector>

#include "expression_nodes.hpp"
#include "record.hpp"

namespace sluice::plugins::stremio {

class Filter {
 public:
  static constexpr std::size_t kMaxSourceBytes = 4096;

  /// \param source  empty: everything is kept. \returns  kInvalidArgument: "filter: character 7: want a field, …".
  /// Threads: [any].
  static sdk::Result<Filter> Compile(std::string_view source);

  /// Whether to list it. So it is when the expression cannot be evaluated: what is not known does not compare, types do
  /// not fit, or it takes too long. Threads: [any].
  bool Keeps(const Record& record) const;

 private:
  explicit Filter(std::vector<Node> nodes) : nodes_(std::move(nodes)) {}

  std::vector<Node> nodes_;  ///< Empty: everything is kept.
};

}  // namespace sluice::plugins::stremio

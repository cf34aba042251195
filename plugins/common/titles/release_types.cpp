// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <utility>

#include "common/titles/draft.hpp"
#include "common/titles/numbers.hpp"

namespace sluice::plugins::titles {
namespace {

struct Type {
  std::string_view stem;
  std::string_view type;
  bool counts_episodes;
  bool needs_number;
};

constexpr Type kTypes[] = {
    {"ova", "OVA", true, false},     {"oad", "OAD", true, false},        {"ona", "ONA", true, false},
    {"sp", "Special", true, true},   {"ncop", "NCOP", false, false},     {"nced", "NCED", false, false},
    {"pv", "PV", false, true},       {"cm", "CM", false, true},          {"op", "OP", false, true},
    {"ed", "ED", false, true},       {"special", "Special", true, true}, {"menu", "Menu", false, true},
    {"extra", "Extra", false, true},
};

/// "OVA", "OVA 2", "NCOP1a", "SP03".
}  // namespace

std::size_t TakeType(Draft& draft, std::size_t i) {
  const auto& words = draft.words;
  auto word = words.Lower(i);
  const auto letters = std::min(word.find_first_of("0123456789"), word.size());
  const auto* type = std::ranges::find(kTypes, word.substr(0, letters), &Type::stem);
  if (type == std::end(kTypes)) return i;
  auto end = i + 1;
  const bool glued = letters < word.size();
  const bool apart = !glued && end < words.size() && words.Near(end) && IsNumber(words.Lower(end)) &&
                     words.Lower(end).size() <= 2 &&
                     (type->counts_episodes || !type->needs_number || type->stem.size() > 2);
  if (!glued && !apart && type->needs_number) return i;
  auto digits = glued ? word.substr(letters) : apart ? words.Lower(end) : std::string_view{};
  const int number = TakeNumber(digits, 3);
  if ((glued || apart) && (number < 0 || !IsSuffix(digits))) return i;
  if (apart) ++end;
  if (number >= 0 && type->counts_episodes) AddNumber(draft.out.episodes, number);
  if (std::ranges::find(draft.out.release_types, type->type) == draft.out.release_types.end())
    draft.out.release_types.emplace_back(type->type);
  const bool certain = !type->needs_number || type->counts_episodes || words.AfterSpacedDash(i);
  const unsigned rule = certain ? unsigned{kStrong} : unsigned{kTail};
  draft.Add({.kind = MarkKind::kCode, .rule = rule, .first = i, .last = end});
  return end;
}

}  // namespace sluice::plugins::titles

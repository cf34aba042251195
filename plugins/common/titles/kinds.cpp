// SPDX-License-Identifier: MIT
#include "common/titles/kinds.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::plugins::titles {
namespace {

constexpr std::string_view kExtras[] = {"NCOP", "NCED", "PV", "CM", "OP", "ED", "Menu", "Trailer", "Sample", "Extra"};
constexpr std::string_view kSpecials[] = {"OVA", "OAD", "Special"};

template <std::size_t n>
bool HasAny(const Release& release, const std::string_view (&types)[n]) {
  return std::ranges::any_of(release.release_types,
                             [&](std::string_view type) { return std::ranges::find(types, type) != std::end(types); });
}

}  // namespace

bool IsExtra(const Release& release) { return HasAny(release, kExtras); }

bool IsSpecial(const Release& release) { return HasAny(release, kSpecials); }

}  // namespace sluice::plugins::titles

// SPDX-License-Identifier: MIT
#include "store_codes.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::plugins::stremio {
namespace {

struct Row {
  std::string_view code;
  std::string_view name;
};

constexpr Row kStores[] = {
    {"ad", "alldebrid"}, {"dl", "debridlink"}, {"dr", "debrider"}, {"ed", "easydebrid"},
    {"oc", "offcloud"},  {"pm", "premiumize"}, {"pp", "pikpak"},   {"rd", "realdebrid"},
    {"st", "stremthru"}, {"tb", "torbox"},     {"ti", "torrin"},
};

std::string_view Find(std::string_view Row::*from, std::string_view Row::*to, std::string_view wanted) {
  const auto* const found = std::ranges::find(kStores, wanted, from);
  return found == std::end(kStores) ? std::string_view() : found->*to;
}

}  // namespace

std::string_view StoreNameOf(std::string_view code) { return Find(&Row::code, &Row::name, code); }
std::string_view StoreCodeOf(std::string_view name) { return Find(&Row::name, &Row::code, name); }

}  // namespace sluice::plugins::stremio

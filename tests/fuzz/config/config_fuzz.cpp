// SPDX-License-Identifier: MIT
/// \file
/// Any text either loads or has faults; what loads also expands to text that loads to the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/config/load.hpp"

namespace {

using sluice::config::Expand;
using sluice::config::Faults;
using sluice::config::LoadText;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::optional<std::string> Variable(std::string_view name) {
  if (name == "A") return "1";
  if (name == "B") return "text ${A}";
  if (name == "C_KEY") return "planted";
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.find("${file:") != std::string_view::npos) return 0;  // what stands in files is none of this target's input
  const bool plants = text.find("planted") == std::string_view::npos;
  Faults faults;
  const auto config = LoadText(text, "fuzz.yaml", Variable, faults);
  if (plants) Require(faults.Text().find("planted") == std::string::npos);
  if (!faults.empty()) return 0;

  const auto once = Expand(config, {});
  if (plants) Require(once.find("planted") == std::string::npos);
  if (once.find("***") != std::string::npos) return 0;  // the mask need not load again
  Faults again;
  const auto loaded = LoadText(once, "once.yaml", Variable, again);
  Require(again.empty());
  Require(Expand(loaded, {}) == once);
  return 0;
}

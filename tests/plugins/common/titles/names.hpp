// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The names of names.tsv.

#include <fstream>
#include <sluice/sdk/text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::titles {

struct Named {
  int line = 0;
  std::string name;
  std::string says;  ///< As Describe has it.
};

inline std::vector<Named> ReadNames(const std::string& folder) {
  std::ifstream file(folder + "/names.tsv");
  std::vector<Named> names;
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    if (text.empty() || text.starts_with("# ")) continue;
    std::string_view rest = text;
    const auto name = sdk::TakeUpTo(rest, '\t');
    names.push_back({.line = line, .name = std::string(name), .says = std::string(rest)});
  }
  return names;
}

}  // namespace sluice::plugins::titles

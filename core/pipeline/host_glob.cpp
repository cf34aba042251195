// SPDX-License-Identifier: MIT
#include "core/pipeline/host_glob.hpp"

#include <cstddef>

namespace sluice::pipeline {

bool MatchesHost(std::string_view glob, std::string_view host) {
  // Greedy with one point of return: linear in practice, at worst the product of the lengths, never exponential.
  std::size_t g = 0;
  std::size_t h = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (h < host.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = h;
    } else if (g < glob.size() && glob[g] == host[h]) {
      ++g;
      ++h;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      h = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace sluice::pipeline

// SPDX-License-Identifier: MIT
#include "core/config/fault.hpp"

#include <algorithm>
#include <tuple>

namespace sluice::config {

Place PlaceOf(const Places& places, std::string_view pointer) {
  for (auto at = pointer;; at = at.substr(0, std::min(at.rfind('/'), at.size() - 1))) {
    const auto found = places.find(at);
    if (found != places.end()) {
      Place place = found->second;
      place.pointer = std::string(pointer);
      return place;
    }
    if (at.empty()) return {.file = {}, .line = 0, .pointer = std::string(pointer), .secret = false};
  }
}

std::string Format(const Fault& fault) {
  std::string text = fault.place.file;
  if (fault.place.line > 0) {
    if (!text.empty()) text += ':';
    text += std::to_string(fault.place.line);
  }
  if (!text.empty()) text += ": ";
  if (!fault.place.pointer.empty()) text += fault.place.pointer + ": ";
  return text + fault.message;
}

std::string Faults::Text() const {
  auto sorted = faults_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Fault& a, const Fault& b) {
    return std::tie(a.place.file, a.place.line) < std::tie(b.place.file, b.place.line);
  });
  std::string text;
  for (const auto& fault : sorted) text += Format(fault) + '\n';
  return text;
}

}  // namespace sluice::config

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HasFaultAt: for checks that would only repeat a fault that is known.

#include <algorithm>
#include <string_view>

#include "core/config/fault.hpp"

namespace sluice::config {

/// Whether one of `faults` is at `pointer` or below it. \param pointer  not that of the whole document.
inline bool HasFaultAt(const Faults& faults, std::string_view pointer) {
  return std::any_of(faults.all().begin(), faults.all().end(), [&](const Fault& fault) {
    const std::string_view found = fault.place.pointer;
    return found.starts_with(pointer) && (found.size() == pointer.size() || found[pointer.size()] == '/');
  });
}

}  // namespace sluice::config

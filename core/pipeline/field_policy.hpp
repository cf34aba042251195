// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Which header fields a configured policy lets pass.

#include <algorithm>
#include <string_view>

#include "core/config/config.hpp"
#include "core/http/head_scanner.hpp"

namespace sluice::pipeline {

/// \param names  a list of std::string or std::string_view. Compares without case.
template <typename Names>
bool Contains(const Names& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view listed) { return http::EqualNoCase(listed, name); });
}

/// \param is_default    `default` stands for it. \param by_name_only  `*` does not.
inline bool Passes(const config::FieldPolicy& policy, std::string_view name, bool is_default, bool by_name_only) {
  if (Contains(policy.deny, name)) return false;
  return std::any_of(policy.allow.begin(), policy.allow.end(), [&](std::string_view allowed) {
    if (allowed == "*") return !by_name_only;
    if (allowed == "default") return is_default;
    return http::EqualNoCase(allowed, name);
  });
}

}  // namespace sluice::pipeline

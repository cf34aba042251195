// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Overrides: header fields that a viewer sets by query parameters, `h_<name>=<value>`.

#include <sluice/sdk/types.hpp>
#include <string_view>
#include <vector>

namespace sluice::plugins::direct {

/// \returns  the fields, each name once, the last value of it; kInvalidArgument: "header override `x` is not
///           allowlisted", "header override `x` has an invalid value".
/// Threads: [any].
sdk::Result<std::vector<sdk::Header>> ReadOverrides(std::string_view query);

}  // namespace sluice::plugins::direct

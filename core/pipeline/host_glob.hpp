// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Host globs: "*.vod.example.com".

#include <string_view>

namespace sluice::pipeline {

/// Whether `host` matches `glob`; "*" stands for any run of characters, dots included.
/// \param host  lower case, without port. \param glob  lower case.
bool MatchesHost(std::string_view glob, std::string_view host);

}  // namespace sluice::pipeline

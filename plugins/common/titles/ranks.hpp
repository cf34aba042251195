// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Numbers that lists of releases are sorted and filtered by: the higher, the better.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::plugins::titles {

/// Lines of a picture: "1080p" is 1080, "4k" is 4000. 0: not known. Takes any letter case. Threads: [any].
int ResolutionRank(std::string_view resolution);

/// 100 for remuxes down to 20 for screeners. 0: not known. Takes any letter case. Threads: [any].
int QualityRank(std::string_view quality);

/// How much is said: the length of the names, joined by one character each. Threads: [any].
int HdrRank(std::span<const std::string> hdr);

/// Octets. \param text  "20 GB", "700MiB", "1.5 gb", "1048576". Prefixes count by 1024, as sites mean them.
/// \returns  nothing: that is no size, or larger than any number of octets. Threads: [any].
std::optional<std::uint64_t> SizeRank(std::string_view text);

}  // namespace sluice::plugins::titles

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The digests that stores name content by. They name; they protect nothing.

#include <string>
#include <string_view>

namespace sluice::plugins::store {

/// 40 lower-case hex digits.
std::string Sha1Hex(std::string_view octets);

/// 32 lower-case hex digits.
std::string Md5Hex(std::string_view octets);

}  // namespace sluice::plugins::store

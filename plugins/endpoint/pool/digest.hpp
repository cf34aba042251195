// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Hashes of what must not be stored, and names that nobody can guess.

#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>

#include "endpoint/common/sha256.hpp"

namespace sluice::plugins::pool {

using page::Sha256;

/// HMAC-SHA256 as 64 lower-case hex digits.
std::string HmacHex(std::string_view key, std::string_view text);

/// A UUID of version 4 (RFC 9562 §5.4).
std::string MakeUuid(const sdk::Host& host);

}  // namespace sluice::plugins::pool

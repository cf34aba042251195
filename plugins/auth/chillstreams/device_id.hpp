// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The name by which the pool counts a viewer's devices: 64 hex digits that show no address.

#include <string>
#include <string_view>

namespace sluice::plugins::chillstreams {

/// \param salt  empty: SHA-256, as the pool's other clients make it; else HMAC-SHA-256 under it, which nobody turns
///              back by trying all addresses.
/// \returns  64 lower-case hex digits; empty when the digest fails.
std::string DeviceIdOf(std::string_view description, std::string_view salt);

/// What a device is told by: "ip|user agent".
std::string DescribeDevice(std::string_view client_ip, std::string_view user_agent);

}  // namespace sluice::plugins::chillstreams

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Signed queries: who has such a URL may have the keys that it names.

#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::clearkey {

/// HMAC-SHA256 in base64url without padding.
std::string Sign(std::string_view secret, std::string_view text);

/// What a signature is over: "https://<host><path>?<the other parameters, sorted, as they were received>".
/// \param host  as the Host field says. \returns the text without "?" when there are no others.
std::string SignedText(std::string_view host, std::string_view path, std::string_view query);

/// The first parameter of that name, as received; empty: it is not there.
std::string_view RawParam(std::string_view query, std::string_view name);

}  // namespace sluice::plugins::clearkey

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The admin token: what operators show to endpoints that are theirs alone.

#include <sluice/sdk/config.hpp>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/types.hpp>
#include <span>
#include <string>
#include <string_view>

namespace sluice::plugins::admin_token {

/// \param pointer  where it stands in the configuration: "/token".
/// \returns  empty: there is none; kInvalidArgument for less than 8 characters.
sdk::Result<std::string> Read(const sdk::Config& config, std::string_view pointer);

/// Whether a request shows `token`: as "Authorization: Bearer <token>" (RFC 6750 §2.1) or as X-Sluice-Admin-Token.
/// \param token  empty: nobody can show it.
/// \returns  kUnauthenticated that says what is wanted. Threads: [any].
sdk::Status Check(const sdk::Host& host, std::string_view token, std::span<const sdk::Field> headers);

}  // namespace sluice::plugins::admin_token

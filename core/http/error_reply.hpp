// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Errors as HTTP replies: the one table from sdk::Errc to status, and the one JSON shape.

#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::http {

class ServerExchange;

/// Failures of a request's own body, and of the server to take one more. Beside the SDK's codes, because what clients
/// are told differs from what those say: 408 and "deadline_exceeded", 413 and "too_large", 503 and "overloaded"; 503
/// and "auth_unavailable" when it cannot be found out who is asking. Plugins never see them.
inline constexpr sdk::Errc kBodyTooSlow{0x1'0000};
inline constexpr sdk::Errc kBodyTooLarge{0x1'0001};
inline constexpr sdk::Errc kOverloaded{0x1'0002};
inline constexpr sdk::Errc kAuthUnavailable{0x1'0003};

/// HTTP status that clients see for `code`. 499 (kCancelled) is for logs: nobody is left to read it.
int StatusOf(sdk::Errc code);
/// Stable name in `error.code`: "not_found".
std::string_view CodeOf(sdk::Errc code);
/// Value of WWW-Authenticate in every 401.
inline constexpr std::string_view kAuthenticateChallenge = "Bearer realm=\"sluice\"";

/// `{"error":{"code":…,"message":…},"request_id":…}`. Octets that are not UTF-8 become U+FFFD.
std::string ErrorBody(std::string_view code, std::string_view message, std::string_view request_id);

/// Replies with `error`, unless the response has started (then it does nothing: the connection will be broken off).
/// Adds Retry-After from `error.retry_after`, rounded up to seconds, and WWW-Authenticate to a 401.
sdk::Status ReplyError(ServerExchange& exchange, const sdk::Error& error);
/// The same with a status of the caller's choice, for what the table cannot say: 405, 503.
/// \param code  snake_case, stable: clients compare it.
sdk::Status ReplyError(ServerExchange& exchange, int status, std::string_view code, const sdk::Error& error);

}  // namespace sluice::http

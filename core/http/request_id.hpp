// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Request ids: names of requests in logs and replies.

#include <string>
#include <string_view>

namespace sluice::http {

/// 32 lower-case hex digits, unique for all practical purposes; no secret. Threads: [any].
std::string MakeRequestId();
/// [A-Za-z0-9._-]{1,128}: what is taken over from a client's X-Request-Id.
bool IsRequestId(std::string_view text);

}  // namespace sluice::http

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Answers of other servers: how long they hold, and who no longer waits for them.

#include <chrono>
#include <optional>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/services.hpp>
#include <string_view>

namespace sluice::plugins::remote {

/// Delta-seconds (RFC 9111 §1.2.2), as Retry-After and max-age have them.
/// \returns  nothing for what is no whole number; a day for one that 32 bits do not hold.
std::optional<std::chrono::seconds> DeltaSeconds(std::string_view text);

/// For how long the server says that its answer is fresh (RFC 9111 §4.2), within bounds; nothing: it does not say.
std::optional<std::chrono::seconds> FreshFor(const sdk::HttpResponse& answer, std::chrono::seconds shortest,
                                             std::chrono::seconds longest);

/// How long a request may take: nine tenths of the call's time, so that what came of it is told while somebody is there
/// to hear it; `most` at most, a millisecond at least.
std::chrono::milliseconds TimeoutWithin(const sdk::Call& call, std::chrono::milliseconds most);

/// Why nobody waits any more: kCancelled or kDeadlineExceeded; nothing: somebody does.
/// \param awaited  "the pool"
std::optional<sdk::Error> OverBy(const sdk::Call& call, std::string_view awaited);

}  // namespace sluice::plugins::remote

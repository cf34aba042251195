// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Where a redirect leads, and what may be taken along (RFC 9110 §15.4).

#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/upstream/target.hpp"

namespace sluice::upstream {

/// One request of a chain.
struct Hop {
  std::string method;
  Target target;
  std::vector<sdk::Header> headers;
  std::string_view body;
};

/// 301, 302, 303, 307, 308.
bool IsRedirect(int status);

/// Whether a field of that name is known to hold no secret: it may go to any origin.
bool Travels(std::string_view name);

/// Turns `hop` into the request that follows. POST becomes GET on 301 and 302, everything but HEAD on 303. To another
/// origin go only fields known to hold no secret.
/// \returns  kUpstreamFailed: `location` is empty, leads to something other than http and https, or from https to http.
sdk::Status Follow(int status, std::string_view location, Hop& hop);

}  // namespace sluice::upstream

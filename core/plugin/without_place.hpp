// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What plugins say reaches viewers, who need not know where the operator's servers are; the log has it.

#include <sluice/sdk/result.hpp>
#include <string>

namespace sluice::plugin {

/// `outcome`, unless it says where a server is that is away. \param instead  what is said then: "the cache is away".
template <typename Outcome>
Outcome WithoutPlace(Outcome outcome, const char* instead) {
  if (outcome || outcome.error().code != sdk::Errc::kUpstreamFailed) return outcome;
  return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = instead};
}

}  // namespace sluice::plugin

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Moves a response body from the upstream to the viewer, on the calling thread.

#include <cstdint>
#include <memory>
#include <sluice/sdk/filter.hpp>
#include <vector>

namespace sluice::http {
class ServerExchange;
}
namespace sluice::upstream {
struct Body;
}

namespace sluice::relay {

using Transforms = std::vector<std::unique_ptr<sdk::BodyTransform>>;

/// Copies `body` to the viewer until it ends, through `transforms` in order. The response has been started; the caller
/// finishes it.
/// \returns  kUpstreamFailed or kDeadlineExceeded when the upstream broke off (do not finish: the viewer must see a
///           broken body), kCancelled when the viewer is gone, or what a transform answered.
sdk::Status Copy(upstream::Body& body, const Transforms& transforms, http::ServerExchange& viewer);

}  // namespace sluice::relay

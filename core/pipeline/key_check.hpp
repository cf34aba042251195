// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What links to keys lead to, before a player takes it for a key.

#include <sluice/sdk/result.hpp>

namespace sluice::upstream {
struct Response;
}

namespace sluice::pipeline {

struct Exchange;

/// A player decrypts with whatever octets come: a page that asks to log in, or a key in hex, shows as noise. Errors,
/// and answers to anything but a link of kind key, are not looked at.
/// \returns  kUpstreamFailed, with the upstream's name: the answer is not 16 octets long.
sdk::Status CheckKey(const Exchange& exchange, upstream::Response& response);

}  // namespace sluice::pipeline

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Undoes content codings (RFC 9110 §8.4.1) of bodies that must be read, such as manifests.

#include <cstddef>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::pipeline {

/// \param encoding   value of Content-Encoding: identity, gzip, x-gzip or deflate, in any letter case; empty: identity.
/// \param max_bytes  decoding stops soon after as many octets: compare the answer's size.
/// \returns  kUpstreamFailed for another coding, and for a body that is damaged, cut short, or followed by anything.
sdk::Result<std::string> DecodeContent(std::string body, std::string_view encoding, std::size_t max_bytes);

}  // namespace sluice::pipeline

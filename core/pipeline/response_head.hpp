// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What of an upstream's response head a viewer gets to see.

#include <sluice/sdk/types.hpp>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"

namespace sluice::pipeline {

struct Exchange;
struct Step;

/// Whether `step` lets the upstream's fields of that name pass, in the head or behind the body.
bool IsVisible(const config::Config& config, const config::FetchStep& step, std::string_view name);

/// The fields of `exchange.response` that its fetch step lets pass: by default those that describe content, caching and
/// cross-origin use. Cookies, security policies of the upstream's own site, and traces of its software stay behind.
std::vector<sdk::Header> VisibleFields(const Exchange& exchange);

/// Drops fields that no longer hold for a body that was changed: length, ranges, encoding, validators, digests.
void DropBodyFields(std::vector<sdk::Header>& fields);

/// Lets every filter of the exchange edit the head.
sdk::Status FilterHead(Exchange& exchange, std::vector<sdk::Header>& fields);

/// What `on_error` of a filter's step makes of its failure with the response.
/// \returns  Ok: it is reported, go on as if the filter were not there. Otherwise `error`, and the exchange remembers
///           whose it is.
sdk::Status FilterFailed(Exchange& exchange, const Step& step, const sdk::Error& error);

}  // namespace sluice::pipeline

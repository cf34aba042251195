// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Says that a step failed: one log line, one count, whatever `on_error` makes of the failure.

#include <sluice/sdk/result.hpp>
#include <string_view>

#include "core/config/config.hpp"

namespace sluice::pipeline {

struct Exchange;

/// "authenticate", "resolve" and so on, as in the configuration.
std::string_view NameOf(config::Step::Kind kind);

/// \param step  NameOf its kind, or "deliver".
void ReportFailure(const Exchange& exchange, std::string_view step, const sdk::Error& error);

}  // namespace sluice::pipeline

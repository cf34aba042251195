// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Log lines and counts of what went wrong, or past every pipeline.

#include <sluice/sdk/result.hpp>
#include <string_view>

#include "core/config/config.hpp"

namespace sluice::http {
class ServerExchange;
struct RefusedRequest;
}  // namespace sluice::http

namespace sluice::pipeline {

struct Exchange;
struct Snapshot;

/// "authenticate", "resolve" and so on, as in the configuration.
std::string_view NameOf(config::Step::Kind kind);

/// A step failed, whatever `on_error` makes of it. \param step  NameOf its kind, "admission" or "deliver".
void ReportFailure(const Exchange& exchange, std::string_view step, const sdk::Error& error);

/// `viewer` was answered, but by no pipeline.
void ReportUnserved(const http::ServerExchange& viewer, const Snapshot& snapshot);
/// The HTTP server refused what no pipeline saw.
void ReportRefused(const http::RefusedRequest& refused, const Snapshot& snapshot);

}  // namespace sluice::pipeline

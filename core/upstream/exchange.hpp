// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Exchange: one request and the head of its response on one connection.

#include <chrono>
#include <sluice/sdk/call.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "core/upstream/connection.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/response_head.hpp"

namespace sluice::upstream {

struct ExchangeFailure {
  Failure failure;
  /// The connection had been idle and broke before any octet of an answer: the origin may never have seen the request.
  bool stale = false;
};

struct ExchangeResult {
  ResponseHead head;
  std::string leftover;  ///< What arrived after the head.
};

struct ExchangeRequest {
  std::string_view head;
  std::string_view body;
  bool to_head = false;
  std::chrono::milliseconds read_timeout{};
  Clock::time_point deadline;
};

/// Sends the request and reads up to the head of the final response; up to 8 interim ones are skipped. An origin that
/// answers before it has read the whole body is heard. Call it once per request on an idle connection; after a failure
/// the connection is of no use.
std::variant<ExchangeResult, ExchangeFailure> RunExchange(Connection& connection, const sdk::Call& call,
                                                          const ExchangeRequest& request);

/// The failure that a read or write outcome other than kDone stands for.
/// \param wanted  what was being waited for: "a response head".
Failure FailureOf(Io io, const Origin& origin, std::string_view wanted);

}  // namespace sluice::upstream

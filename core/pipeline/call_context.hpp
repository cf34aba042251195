// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// CallContext: the sdk::Call of one step, bound to the viewer's connection if it has one.

#include <chrono>
#include <sluice/sdk/call.hpp>
#include <string>

namespace sluice::http {
class ServerExchange;
}

namespace sluice::pipeline {

/// Says how long a call may take, and whether the viewer is still there. Not movable: `call` points into it. What is
/// nobody's viewer's is a net::OwnCall.
class CallContext {
 public:
  CallContext(const http::ServerExchange& viewer, std::chrono::steady_clock::time_point deadline);
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  const sdk::Call& call() const { return call_; }

 private:
  std::string traceparent_;
  sluice_call abi_;
  sdk::Call call_;
};

}  // namespace sluice::pipeline

// SPDX-License-Identifier: MIT
#include "core/pipeline/call_context.hpp"

#include "core/http/server.hpp"

namespace sluice::pipeline {
namespace {

std::string ValueOf(const std::string* field) { return field == nullptr ? std::string() : *field; }

sluice_str Str(std::string_view text) { return {text.data(), text.size()}; }

std::uint32_t Cancelled(const sluice_call* call) {
  return static_cast<const http::ServerExchange*>(call->ctx)->ClientGone() ? 1 : 0;
}

std::int64_t Nanoseconds(std::chrono::steady_clock::time_point deadline) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
}

}  // namespace

CallContext::CallContext(const http::ServerExchange& viewer, std::chrono::steady_clock::time_point deadline)
    : traceparent_(ValueOf(viewer.FindField("traceparent"))),
      abi_{.struct_size = sizeof(sluice_call),
           .reserved = 0,
           .deadline_ns = Nanoseconds(deadline),
           .ctx = &viewer,
           .cancelled = Cancelled,
           .request_id = Str(viewer.request_id()),
           .client_ip = Str(viewer.client_ip()),
           .traceparent = Str(traceparent_)},
      call_(abi_) {}

}  // namespace sluice::pipeline

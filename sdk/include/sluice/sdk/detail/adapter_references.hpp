// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a plugin may ask of the host while one of its calls runs: functions that answer out of the call's frame.

#include <sluice/abi/manifest.h>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/http_table.hpp>
#include <sluice/sdk/detail/read.hpp>
#include <sluice/sdk/manifest.hpp>

#include <optional>

namespace sluice::sdk::detail {

/// Runs `make`, which answers a Result, in the frame of the call, and then lets `put` hand it on.
template <typename T, typename CallFrame, typename Make, typename Put>
sluice_status InCall(void* ctx, sluice_error* error, Make&& make, Put&& put) noexcept {
  std::optional<Result<T>> made;
  InFrame<CallFrame>(ctx, [&](CallFrame& frame) { made.emplace(make(frame)); });
  if (!made) return SetError(error, Errc::kInternal, "asked of a call that is over, or of a host that failed");
  if (!*made) return SetError(error, made->error());
  // Outside of the frame: this is the plugin's code, and may come back here.
  return Barrier(error, [&] {
    put(**made);
    return Ok();
  });
}

template <typename T>
Result<T> PutGarbage(Frame& frame, const Reader& reader) {
  if (frame.fault.empty()) frame.fault = "put garbage: " + reader.fault();
  return Error{.code = Errc::kInvalidArgument, .message = reader.fault()};
}

/// `fetch` of what a plugin is given. \tparam CallFrame  has `references`, not null.
template <typename CallFrame>
sluice_status FetchIn(void* ctx, const sluice_reference* reference, sluice_http_response_sink out,
                      sluice_error* error) noexcept {
  return InCall<HttpResponse, CallFrame>(
      ctx, error,
      [&](CallFrame& frame) -> Result<HttpResponse> {
        Reader reader;
        Reference read{.url = {}};
        if (reference == nullptr)
          reader.Fault("reference", "a null pointer");
        else
          Read(reader, *reference, read);
        if (!reader.ok()) return PutGarbage<HttpResponse>(frame, reader);
        const HostTime time(frame);
        return frame.references->Fetch(read);
      },
      [&](const HttpResponse& response) {
        if (out.put != nullptr) out.put(out.ctx, HttpResponseView(response).get());
      });
}

}  // namespace sluice::sdk::detail

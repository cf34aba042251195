// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The HTTP service as a C table.

#include <sluice/abi/http.h>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/services.hpp>

#include <limits>
#include <string>

namespace sluice::sdk::detail {

inline HttpRequest FromHttpRequest(const sluice_http_request& view) {
  HttpRequest request;
  request.method = View(view.method);
  request.url = View(view.url);
  for (const auto& field : Elements(view.headers, view.header_count))
    request.headers.push_back({.name = std::string(View(field.name)), .value = std::string(View(field.value))});
  const auto body = View(view.body);
  request.body.assign(reinterpret_cast<const char*>(body.data()), body.size());
  request.timeout = std::chrono::milliseconds(view.timeout_ms);
  request.max_redirects = view.max_redirects;
  constexpr std::uint64_t kMost = std::numeric_limits<std::size_t>::max();
  request.max_body_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(view.max_body_bytes, kMost));
  return request;
}

/// `response` must outlive it.
class HttpResponseView {
 public:
  explicit HttpResponseView(const HttpResponse& response) {
    headers_.Fill(response.headers, kToField);
    view_ = {.struct_size = SizeOf<sluice_http_response>(),
             .status = static_cast<std::uint32_t>(response.status),
             .url = Str(response.url),
             .headers = headers_.data(),
             .header_count = headers_.size(),
             .body = Bytes(AsBytes(response.body))};
  }
  const sluice_http_response* get() const noexcept { return &view_; }

 private:
  FieldArray headers_;
  sluice_http_response view_;
};

/// The host's end of a plugin's stream sink.
class HttpStreamSink final : public HttpSink {
 public:
  explicit HttpStreamSink(sluice_http_stream_sink sink) : sink_(sink) {}
  Status Start(const HttpResponse& head) override {
    return Stopped(sink_.start(sink_.ctx, HttpResponseView(head).get()));
  }
  Status Write(std::span<const std::byte> chunk) override { return Stopped(sink_.put(sink_.ctx, Bytes(chunk))); }

 private:
  static Status Stopped(std::uint32_t answer) {
    if (answer == 0) return Ok();
    return Error{.code = Errc::kCancelled, .message = "the receiver wants no more"};
  }
  sluice_http_stream_sink sink_;
};

inline sluice_http_service HttpTable(HttpService* service) noexcept {
  return {.struct_size = SizeOf<sluice_http_service>(),
          .reserved = 0,
          .ctx = service,
          .send = [](void* ctx, const sluice_call* call, const sluice_http_request* request,
                     sluice_http_response_sink out, sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&]() -> Status {
              auto response = static_cast<HttpService*>(ctx)->Send(Call(*call), FromHttpRequest(*request));
              if (!response) return std::move(response).error();
              out.put(out.ctx, HttpResponseView(*response).get());
              return Ok();
            });
          },
          .stream = [](void* ctx, const sluice_call* call, const sluice_http_request* request,
                       sluice_http_stream_sink out, sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&] {
              HttpStreamSink sink(out);
              return static_cast<HttpService*>(ctx)->Stream(Call(*call), FromHttpRequest(*request), sink);
            });
          }};
}

}  // namespace sluice::sdk::detail

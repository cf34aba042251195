// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HttpClient: the HTTP service as a plugin calls it.

#include <sluice/abi/http.h>
#include <sluice/sdk/detail/convert.hpp>
#include <sluice/sdk/services.hpp>

#include <optional>
#include <string>
#include <utility>

namespace sluice::sdk::detail {

inline HttpResponse FromHttpResponse(const sluice_http_response& view) {
  HttpResponse response;
  response.status = static_cast<int>(view.status);
  response.url = View(view.url);
  for (const auto& field : Elements(view.headers, view.header_count))
    response.headers.push_back({.name = std::string(View(field.name)), .value = std::string(View(field.value))});
  const auto body = View(view.body);
  response.body.assign(reinterpret_cast<const char*>(body.data()), body.size());
  return response;
}

/// `request` must outlive it.
class HttpRequestView {
 public:
  explicit HttpRequestView(const HttpRequest& request) {
    headers_.Fill(request.headers, kToField);
    view_ = {.struct_size = SizeOf<sluice_http_request>(),
             .max_redirects = request.max_redirects,
             .method = Str(request.method),
             .url = Str(request.url),
             .headers = headers_.data(),
             .header_count = headers_.size(),
             .body = Bytes(AsBytes(request.body)),
             .timeout_ms = request.timeout.count(),
             .max_body_bytes = request.max_body_bytes};
  }
  const sluice_http_request* get() const noexcept { return &view_; }

 private:
  FieldArray headers_;
  sluice_http_request view_;
};

class HttpClient final : public HttpService {
 public:
  explicit HttpClient(const sluice_http_service* service) : service_(service) {}

  Result<HttpResponse> Send(const Call& call, const HttpRequest& request) override {
    if (service_ == nullptr) return MissingService(SLUICE_HTTP_SERVICE);
    const HttpRequestView view(request);
    Answer answer;
    sluice_error error{};
    const auto status =
        service_->send(service_->ctx, &call.abi(), view.get(), {&answer, &HttpClient::PutAnswer}, &error);
    if (status != SLUICE_OK) return ToError(status, error);
    if (!answer.response) return Error{.code = Errc::kInternal, .message = "sluice.http/1: no room for the response"};
    return std::move(*answer.response);
  }

  Status Stream(const Call& call, const HttpRequest& request, HttpSink& sink) override {
    if (service_ == nullptr) return MissingService(SLUICE_HTTP_SERVICE);
    const HttpRequestView view(request);
    Receiver receiver{.sink = sink, .failure = {}};
    sluice_error error{};
    const auto status = service_->stream(service_->ctx, &call.abi(), view.get(),
                                         {&receiver, &HttpClient::Start, &HttpClient::PutChunk}, &error);
    // The sink's own error crossed the boundary as "stop"; the caller gets it back whole.
    if (receiver.failure) return std::move(*receiver.failure);
    return ToStatus(status, error);
  }

 private:
  struct Answer {
    std::optional<HttpResponse> response;
  };
  struct Receiver {
    HttpSink& sink;
    std::optional<Error> failure;
  };

  static void PutAnswer(void* ctx, const sluice_http_response* response) noexcept {
    BarrierOr(false, [&] {
      static_cast<Answer*>(ctx)->response = FromHttpResponse(*response);
      return true;
    });
  }
  /// Non-zero when the sink failed: its error, or what it threw, is kept.
  template <typename F>
  static std::uint32_t Receive(Receiver& receiver, F&& function) noexcept {
    sluice_error error{};
    const auto status = Barrier(&error, [&] {
      Status answered = function();
      if (!answered) receiver.failure = answered.error();
      return answered;
    });
    if (status == SLUICE_OK) return 0;
    if (!receiver.failure) {
      BarrierOr(false, [&] {
        receiver.failure = ToError(status, error);
        return true;
      });
    }
    return 1;
  }
  static std::uint32_t Start(void* ctx, const sluice_http_response* head) noexcept {
    auto& receiver = *static_cast<Receiver*>(ctx);
    return Receive(receiver, [&] { return receiver.sink.Start(FromHttpResponse(*head)); });
  }
  static std::uint32_t PutChunk(void* ctx, sluice_bytes chunk) noexcept {
    auto& receiver = *static_cast<Receiver*>(ctx);
    return Receive(receiver, [&] { return receiver.sink.Write(View(chunk)); });
  }

  const sluice_http_service* service_;
};

}  // namespace sluice::sdk::detail

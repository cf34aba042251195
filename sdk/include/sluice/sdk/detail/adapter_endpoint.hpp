// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Endpoint over a plugin's C table.

#include <sluice/abi/endpoint.h>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/endpoint.hpp>

namespace sluice::sdk::detail {

struct RoutesFrame : Frame {
  std::vector<Route> routes;
};

struct HandleFrame : OneFrame<Source> {
  explicit HandleFrame(ResponseWriter& writer) : OneFrame(false), sink(writer) {}
  ResponseWriter& sink;
  bool started = false;
};

class EndpointFromTable final : public Endpoint {
 public:
  EndpointFromTable(const sluice_component& component, void* self, CallObserver& observer)
      : target_(component, self, observer, "endpoint") {}

  /// Once, before anything else. \returns  why the plugin cannot say its routes.
  Status LoadRoutes() {
    RoutesFrame frame;
    Status status = target_.Run({"routes", ThreadTag::kControl}, nullptr, frame, [&](void* ctx, sluice_error* error) {
      return table().routes(target_.self(), {ctx, &PutRoute}, error);
    });
    if (status) routes_ = std::move(frame.routes);
    return status;
  }

  std::vector<Route> Routes() const override { return routes_; }

  Result<std::optional<Source>> Handle(const Call& call, std::size_t route, const RequestHead& head,
                                       std::span<const std::byte> body, ResponseWriter& response) override {
    const RequestHeadView request(head);
    HandleFrame frame(response);
    Status status = target_.Invoke("handle", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return table().handle(target_.self(), &call.abi(), route, request.get(), Bytes(body),
                            {ctx, &Start, &PutBytes<HandleFrame>}, {ctx, &PutHandedBack}, error);
    });
    if (!status) return std::move(status).error();
    return std::move(frame.value);
  }

 private:
  static constexpr std::size_t kMaxRoutes = 10'000;

  static void PutRoute(void* ctx, const sluice_route* view) noexcept {
    InFrame<RoutesFrame>(ctx, [&](RoutesFrame& frame) {
      if (frame.routes.size() == kMaxRoutes) {
        frame.fault = "put more than 10000 routes";
        return;
      }
      if (auto route = TakeValue<Route>(frame, view)) frame.routes.push_back(std::move(*route));
    });
  }
  static sluice_status Start(void* ctx, uint32_t status, const sluice_field* headers, size_t header_count,
                             sluice_error* error) noexcept {
    Status answer = Error{.code = Errc::kCancelled, .message = "the call is over"};
    InFrame<HandleFrame>(ctx, [&](HandleFrame& frame) { answer = StartIn(frame, status, headers, header_count); });
    return answer ? static_cast<sluice_status>(SLUICE_OK) : SetError(error, answer.error());
  }
  static Status StartIn(HandleFrame& frame, uint32_t status, const sluice_field* headers, size_t header_count) {
    Reader reader;
    if (status < 200 || status > 599) reader.Fault("status", std::to_string(status) + " (want 200 to 599)");
    const auto fields = reader.Headers(headers, header_count, "headers");
    if (!reader.ok()) {
      if (frame.fault.empty()) frame.fault = "put garbage: " + reader.fault();
      return Error{.code = Errc::kInvalidArgument, .message = reader.fault()};
    }
    const HostTime time(frame);
    frame.started = true;
    return frame.sink.Start(static_cast<int>(status), fields);
  }
  static void PutHandedBack(void* ctx, const sluice_source* source) noexcept {
    InFrame<HandleFrame>(ctx, [](HandleFrame& frame) {
      if (frame.started && frame.fault.empty()) frame.fault = "answered and handed back a source";
    });
    PutOne<Source, sluice_source>(ctx, source);
  }
  const sluice_endpoint_table& table() const noexcept { return target_.table<sluice_endpoint_table>(); }

  Target target_;
  std::vector<Route> routes_;
};

}  // namespace sluice::sdk::detail

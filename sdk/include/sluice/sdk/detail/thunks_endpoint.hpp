// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Endpoint as a C table.

#include <sluice/abi/endpoint.h>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/endpoint.hpp>

namespace sluice::sdk::detail {

class ResponseWriterClient final : public ResponseWriter {
 public:
  explicit ResponseWriterClient(sluice_response_writer writer) : writer_(writer) {}
  Status Start(int status, std::span<const Header> headers) override {
    if (status < 0) return Error{.code = Errc::kInvalidArgument, .message = "status: want 200 to 599"};
    FieldArray views;
    views.Fill(headers, kToField);
    sluice_error error{};
    return ToStatus(writer_.start(writer_.ctx, static_cast<std::uint32_t>(status), views.data(), views.size(), &error),
                    error);
  }
  Status Write(std::span<const std::byte> chunk) override {
    return ByteSinkClient({writer_.ctx, writer_.put}).Write(chunk);
  }

 private:
  sluice_response_writer writer_;
};

template <>
struct Kind<Endpoint> {
  static constexpr const char* id = SLUICE_ENDPOINT_KIND;

  static sluice_status Routes(void* self, sluice_route_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      for (const Route& route : Self<Endpoint>(self).Routes()) {
        const sluice_route view{.struct_size = SizeOf<sluice_route>(),
                                .reserved = 0,
                                .method = Str(route.method),
                                .path_template = Str(route.path_template),
                                .scope = Str(route.scope)};
        out.put(out.ctx, &view);
      }
      return Ok();
    });
  }
  static sluice_status Handle(void* self, const sluice_call* call, size_t route, const sluice_request_head* head,
                              sluice_bytes body, sluice_response_writer response, sluice_source_sink source,
                              sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      const RequestHeadOf request(*head);
      ResponseWriterClient writer(response);
      auto handed_back = Self<Endpoint>(self).Handle(Call(*call), route, request.get(), View(body), writer);
      if (!handed_back) return std::move(handed_back).error();
      if (*handed_back) PutSource(**handed_back, source);
      return Ok();
    });
  }

  static constexpr sluice_endpoint_table kTable{
      .struct_size = SizeOf<sluice_endpoint_table>(), .reserved = 0, .routes = &Routes, .handle = &Handle};
};

}  // namespace sluice::sdk::detail

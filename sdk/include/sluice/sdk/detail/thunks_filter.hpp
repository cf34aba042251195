// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Filter as a C table.

#include <sluice/abi/filter.h>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/thunks_manifest.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/filter.hpp>

namespace sluice::sdk::detail {

class HeadEditClient final : public HeadEdit {
 public:
  explicit HeadEditClient(sluice_head_edit edit) : edit_(edit) {}
  void Set(std::string_view name, std::string_view value) override { edit_.set(edit_.ctx, Str(name), Str(value)); }
  void Remove(std::string_view name) override { edit_.remove(edit_.ctx, Str(name)); }

 private:
  sluice_head_edit edit_;
};

/// The head as a filter's class sees it; `view` must outlive it.
class ResponseHeadOf {
 public:
  explicit ResponseHeadOf(const sluice_response_head& view) {
    headers_.Fill(Elements(view.headers, view.header_count), FromField);
    head_ = {.status = static_cast<int>(view.status), .url = View(view.url), .headers = headers_.span()};
  }
  const ResponseHead& get() const noexcept { return head_; }

 private:
  Array<Field, 32> headers_;
  ResponseHead head_;
};

template <>
struct Kind<Filter> {
  static constexpr const char* id = SLUICE_FILTER_KIND;

  static sluice_status OnRequest(void* self, const sluice_call* call, const sluice_request_head* head,
                                 sluice_head_edit edit, sluice_reply_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      const RequestHeadOf request(*head);
      HeadEditClient editor(edit);
      auto reply = Self<Filter>(self).OnRequest(Call(*call), request.get(), editor);
      if (!reply) return std::move(reply).error();
      if (!*reply) return Ok();
      if ((*reply)->status < 0) return Error{.code = Errc::kInternal, .message = "reply.status: want 200 to 599"};
      FieldArray headers;
      headers.Fill((*reply)->headers, kToField);
      const sluice_reply view{.struct_size = SizeOf<sluice_reply>(),
                              .status = static_cast<std::uint32_t>((*reply)->status),
                              .headers = headers.data(),
                              .header_count = headers.size(),
                              .body = Bytes(AsBytes((*reply)->body))};
      out.put(out.ctx, &view);
      return Ok();
    });
  }
  static sluice_status OnResponse(void* self, const sluice_call* call, const sluice_response_head* head,
                                  sluice_head_edit edit, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      const ResponseHeadOf response(*head);
      HeadEditClient editor(edit);
      return Self<Filter>(self).OnResponse(Call(*call), response.get(), editor);
    });
  }
  static sluice_status BodyOpen(void* self, const sluice_call* call, const sluice_response_head* head, void** stream,
                                sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      const ResponseHeadOf response(*head);
      auto body = Self<Filter>(self).OpenBody(Call(*call), response.get());
      if (!body) return std::move(body).error();
      *stream = body->release();
      return Ok();
    });
  }
  static sluice_status BodyOpenFor(void* self, const sluice_call* call, const sluice_response_head* head,
                                   const sluice_body_origin* origin, void** stream, sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      const ResponseHeadOf response(*head);
      const RequestHeadOf request(*origin->request);
      const sluice_manifest_host host{.struct_size = SizeOf<sluice_manifest_host>(),
                                      .reserved = 0,
                                      .ctx = origin->ctx,
                                      .link = nullptr,
                                      .fetch = origin->fetch};
      ReferenceFetcherClient references(host);
      auto body = Self<Filter>(self).OpenBodyFor(Call(*call), response.get(),
                                                 {.request = &request.get(),
                                                  .kind = FromLinkKind(origin->kind),
                                                  .url = View(origin->url),
                                                  .note = View(origin->note),
                                                  .context = View(origin->context),
                                                  .references = host.fetch == nullptr ? nullptr : &references});
      if (!body) return std::move(body).error();
      *stream = body->release();
      return Ok();
    });
  }
  static sluice_status BodyWrite(void* stream, const sluice_call*, sluice_bytes chunk, sluice_byte_sink next,
                                 sluice_error* error) noexcept {
    return Barrier(error, [&] {
      ByteSinkClient sink(next);
      return Self<BodyTransform>(stream).Write(View(chunk), sink);
    });
  }
  static sluice_status BodyFinish(void* stream, const sluice_call*, sluice_byte_sink next,
                                  sluice_error* error) noexcept {
    return Barrier(error, [&] {
      ByteSinkClient sink(next);
      return Self<BodyTransform>(stream).Finish(sink);
    });
  }
  static void BodyClose(void* stream) noexcept {
    BarrierOr(false, [&] {
      delete static_cast<BodyTransform*>(stream);
      return true;
    });
  }
  static uint32_t LengthPreserving(void* self) noexcept { return Self<Filter>(self).LengthPreserving() ? 1 : 0; }

  static constexpr sluice_filter_table kTable{.struct_size = SizeOf<sluice_filter_table>(),
                                              .reserved = 0,
                                              .on_request = &OnRequest,
                                              .on_response = &OnResponse,
                                              .body_open = &BodyOpen,
                                              .body_write = &BodyWrite,
                                              .body_finish = &BodyFinish,
                                              .body_close = &BodyClose,
                                              .length_preserving = &LengthPreserving,
                                              .body_open_for = &BodyOpenFor};
};

}  // namespace sluice::sdk::detail

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Filter over a plugin's C table.

#include <sluice/abi/filter.h>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/adapter_references.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/filter.hpp>

namespace sluice::sdk::detail {

struct EditFrame : OneFrame<Reply> {
  explicit EditFrame(HeadEdit& head_edit) : OneFrame(false), edit(head_edit) {}
  HeadEdit& edit;
};
struct OpenFrame : Frame {
  explicit OpenFrame(ReferenceFetcher* fetcher) : references(fetcher) {}
  ReferenceFetcher* references;  ///< Null: the host has none.
};
struct BodyFrame : Frame {
  explicit BodyFrame(ByteSink& next) : sink(next) {}
  ByteSink& sink;
};

/// The head as C views; `head` must outlive it.
class ResponseHeadView {
 public:
  explicit ResponseHeadView(const ResponseHead& head) {
    headers_.Fill(head.headers, kToField);
    view_ = {.struct_size = SizeOf<sluice_response_head>(),
             .status = static_cast<std::uint32_t>(head.status),
             .url = Str(head.url),
             .headers = headers_.data(),
             .header_count = headers_.size()};
  }
  const sluice_response_head* get() const noexcept { return &view_; }

 private:
  FieldArray headers_;
  sluice_response_head view_;
};

/// One open body. Must be destroyed before its filter.
class BodyFromTable final : public BodyTransform {
 public:
  BodyFromTable(const Target& target, void* stream, const Call& opened)
      : target_(target),
        open_(target.uses()),
        stream_(stream),
        request_id_(opened.request_id()),
        client_ip_(opened.client_ip()),
        traceparent_(opened.traceparent()) {
    // The call that opened the body is over by now. A body has no deadline; its sink says when the viewer is gone.
    call_ = {.struct_size = SizeOf<sluice_call>(),
             .reserved = 0,
             .deadline_ns = std::numeric_limits<std::int64_t>::max(),
             .ctx = nullptr,
             .cancelled = [](const sluice_call*) -> uint32_t { return 0; },
             .request_id = Str(request_id_),
             .client_ip = Str(client_ip_),
             .traceparent = Str(traceparent_)};
  }
  ~BodyFromTable() override {
    constexpr Function kClose{"body_close", ThreadTag::kStream};
    const UseCount::Use turn(turns_);
    AssertTurn(kClose, turn);
    target_.Observed(kClose, &call_, [this] { table().body_close(stream_); });
  }
  BodyFromTable(const BodyFromTable&) = delete;
  BodyFromTable& operator=(const BodyFromTable&) = delete;

  Status Write(std::span<const std::byte> chunk, ByteSink& next) override {
    return InTurn({"body_write", ThreadTag::kStream}, next, [&](void* ctx, sluice_error* error) {
      return table().body_write(stream_, &call_, Bytes(chunk), {ctx, &PutBytes<BodyFrame>}, error);
    });
  }
  Status Finish(ByteSink& next) override {
    return InTurn({"body_finish", ThreadTag::kStream}, next, [&](void* ctx, sluice_error* error) {
      return table().body_finish(stream_, &call_, {ctx, &PutBytes<BodyFrame>}, error);
    });
  }

 private:
  template <typename F>
  Status InTurn(const Function& method, ByteSink& next, F&& function) {
    const UseCount::Use turn(turns_);
    AssertTurn(method, turn);
    BodyFrame frame(next);
    return target_.Invoke(method, &call_, frame, std::forward<F>(function));
  }
  void AssertTurn(const Function& method, const UseCount::Use& turn) const noexcept {
    if constexpr (kAssertsTags) {
      if (!turn.alone()) TagBroken(target_.kind(), method, "another call on the same stream goes on");
    }
  }
  const sluice_filter_table& table() const noexcept { return target_.table<sluice_filter_table>(); }

  const Target& target_;
  const UseCount::Use open_;  ///< Of the filter: it must outlive this.
  UseCount turns_;
  void* const stream_;
  const std::string request_id_, client_ip_, traceparent_;
  sluice_call call_;
};

class FilterFromTable final : public Filter {
 public:
  FilterFromTable(const sluice_component& component, void* self, CallObserver& observer)
      : target_(component, self, observer, "filter") {}

  Result<std::optional<Reply>> OnRequest(const Call& call, const RequestHead& head, HeadEdit& edit) override {
    if (table().on_request == nullptr) return std::optional<Reply>();
    const RequestHeadView request(head);
    EditFrame frame(edit);
    Status status = target_.Invoke("on_request", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return table().on_request(target_.self(), &call.abi(), request.get(), {ctx, &Set, &Remove},
                                {ctx, &PutOne<Reply, sluice_reply>}, error);
    });
    if (!status) return std::move(status).error();
    return std::move(frame.value);
  }
  Status OnResponse(const Call& call, const ResponseHead& head, HeadEdit& edit) override {
    if (table().on_response == nullptr) return Ok();
    const ResponseHeadView response(head);
    EditFrame frame(edit);
    return target_.Invoke("on_response", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return table().on_response(target_.self(), &call.abi(), response.get(), {ctx, &Set, &Remove}, error);
    });
  }
  Result<std::unique_ptr<BodyTransform>> OpenBody(const Call& call, const ResponseHead& head) override {
    if (table().body_open == nullptr) return std::unique_ptr<BodyTransform>();
    const ResponseHeadView response(head);
    OpenFrame frame(nullptr);
    return Open("body_open", call, frame, [&](void*, void** stream, sluice_error* error) {
      return table().body_open(target_.self(), &call.abi(), response.get(), stream, error);
    });
  }
  Result<std::unique_ptr<BodyTransform>> OpenBodyFor(const Call& call, const ResponseHead& head,
                                                     const BodyOrigin& origin) override {
    const auto& functions = table();
    if (!SLUICE_HAS(&functions, body_open_for) || functions.body_open_for == nullptr) return OpenBody(call, head);
    const ResponseHeadView response(head);
    const RequestHeadView request(origin.request == nullptr ? RequestHead{} : *origin.request);
    sluice_body_origin view{.struct_size = SizeOf<sluice_body_origin>(),
                            .kind = ToLinkKind(origin.kind),
                            .request = request.get(),
                            .url = Str(origin.url),
                            .note = Str(origin.note),
                            .context = Str(origin.context),
                            .ctx = nullptr,
                            .fetch = origin.references == nullptr ? nullptr : &FetchIn<OpenFrame>};
    OpenFrame frame(origin.references);
    return Open("body_open_for", call, frame, [&](void* ctx, void** stream, sluice_error* error) {
      view.ctx = ctx;
      return functions.body_open_for(target_.self(), &call.abi(), response.get(), &view, stream, error);
    });
  }
  bool LengthPreserving() const noexcept override {
    if (table().length_preserving == nullptr) return false;
    bool answer = false;
    target_.Observed("length_preserving", nullptr, [&] { answer = table().length_preserving(target_.self()) != 0; });
    return answer;
  }

 private:
  /// \param open  calls the function, which may set the stream.
  template <typename F>
  Result<std::unique_ptr<BodyTransform>> Open(const char* method, const Call& call, OpenFrame& frame, F&& open) {
    void* stream = nullptr;
    bool opened = false;
    Status status = target_.Invoke(method, &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      const auto answer = open(ctx, &stream, error);
      opened = answer == SLUICE_OK && stream != nullptr;
      return answer;
    });
    std::unique_ptr<BodyTransform> body;
    if (opened) body.reset(new BodyFromTable(target_, stream, call));  // one that opened too late is closed
    if (!status) return std::move(status).error();
    return body;
  }
  static void Set(void* ctx, sluice_str name, sluice_str value) noexcept {
    InFrame<EditFrame>(ctx, [&](EditFrame& frame) {
      Reader reader;
      const auto field_name = reader.Text(name, "header");
      const auto field_value = reader.Text(value, "header");
      reader.CheckHeader(field_name, field_value, "header");
      if (reader.ok()) {
        frame.edit.Set(field_name, field_value);
      } else if (frame.fault.empty()) {
        frame.fault = "put garbage: " + reader.fault();
      }
    });
  }
  static void Remove(void* ctx, sluice_str name) noexcept {
    InFrame<EditFrame>(ctx, [&](EditFrame& frame) {
      Reader reader;
      const auto field_name = reader.Text(name, "header");
      if (reader.ok()) {
        frame.edit.Remove(field_name);
      } else if (frame.fault.empty()) {
        frame.fault = "put garbage: " + reader.fault();
      }
    });
  }
  const sluice_filter_table& table() const noexcept { return target_.table<sluice_filter_table>(); }

  Target target_;
};

}  // namespace sluice::sdk::detail

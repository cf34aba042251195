// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The shared values as C views, made by the side that sends them; and taken from C views by a plugin, which trusts its
/// host. What a host takes from a plugin goes through detail/read.hpp.

#include <sluice/abi/values.h>
#include <sluice/sdk/detail/convert.hpp>

#include <optional>
#include <string>

namespace sluice::sdk::detail {

inline sluice_seconds ToSeconds(Seconds time) noexcept { return time.time_since_epoch().count(); }
inline Seconds FromSeconds(sluice_seconds time) noexcept { return Seconds(std::chrono::seconds(time)); }

inline sluice_link_kind ToLinkKind(LinkKind kind) noexcept { return static_cast<sluice_link_kind>(kind); }
inline LinkKind FromLinkKind(sluice_link_kind kind) noexcept {
  return kind > SLUICE_LINK_DATA ? LinkKind::kData : static_cast<LinkKind>(kind);
}

/// `principal` must outlive it.
class PrincipalView {
 public:
  explicit PrincipalView(const Principal& principal) {
    scopes_.Fill(principal.scopes, [](const std::string& scope) { return Str(scope); });
    grants_.Fill(principal.grants, [](const Grant& grant) {
      return sluice_grant{Str(grant.store), Str(grant.key), Str(grant.key_id), ToSeconds(grant.expires_at)};
    });
    view_ = {.struct_size = SizeOf<sluice_principal>(),
             .reserved = 0,
             .subject = Str(principal.subject),
             .scopes = scopes_.data(),
             .scope_count = scopes_.size(),
             .expires_at = ToSeconds(principal.expires_at),
             .grants = grants_.data(),
             .grant_count = grants_.size(),
             .session = Str(principal.session)};
  }
  const sluice_principal* get() const noexcept { return &view_; }

 private:
  Array<sluice_str, 16> scopes_;
  Array<sluice_grant, 4> grants_;
  sluice_principal view_;
};

inline Principal FromPrincipal(const sluice_principal& view) {
  Principal principal{.subject = std::string(View(view.subject)),
                      .scopes = {},
                      .expires_at = FromSeconds(view.expires_at),
                      .grants = {},
                      .session = std::string(View(view.session))};
  for (const auto& scope : Elements(view.scopes, view.scope_count)) principal.scopes.emplace_back(View(scope));
  for (const auto& grant : Elements(view.grants, view.grant_count)) {
    principal.grants.push_back({.store = std::string(View(grant.store)),
                                .key = std::string(View(grant.key)),
                                .key_id = std::string(View(grant.key_id)),
                                .expires_at = FromSeconds(grant.expires_at)});
  }
  return principal;
}

inline sluice_usage ToUsage(const Usage& usage) noexcept {
  return {.struct_size = SizeOf<sluice_usage>(),
          .cached = usage.cached ? 1U : 0U,
          .backend = Str(usage.backend),
          .subject = Str(usage.subject),
          .key_id = Str(usage.key_id),
          .action = Str(usage.action),
          .hash = Str(usage.hash),
          .bytes = usage.bytes};
}
inline Usage FromUsage(const sluice_usage& view) {
  return {.backend = std::string(View(view.backend)),
          .subject = std::string(View(view.subject)),
          .key_id = std::string(View(view.key_id)),
          .action = std::string(View(view.action)),
          .hash = std::string(View(view.hash)),
          .cached = view.cached != 0,
          .bytes = view.bytes};
}

/// Puts `source` into `sink`.
inline void PutSource(const Source& source, sluice_source_sink sink) {
  sluice_usage usage{};
  if (source.usage) usage = ToUsage(*source.usage);
  FieldArray headers;
  headers.Fill(source.headers, kToField);
  const sluice_source view{.struct_size = SizeOf<sluice_source>(),
                           .ranges = source.ranges ? 1U : 0U,
                           .url = Str(source.url),
                           .headers = headers.data(),
                           .header_count = headers.size(),
                           .expires_at = ToSeconds(source.expires_at),
                           .context = Str(source.context),
                           .resumable = source.resumable ? 1U : 0U,
                           .reserved = 0,
                           .usage = source.usage ? &usage : nullptr};
  sink.put(sink.ctx, &view);
}

inline sluice_child ToChild(const Child& child) noexcept {
  return {.struct_size = SizeOf<sluice_child>(),
          .kind = ToLinkKind(child.kind),
          .url = Str(child.url),
          .context = Str(child.context)};
}
inline Child FromChild(const sluice_child& view) noexcept {
  return {.url = View(view.url), .context = View(view.context), .kind = FromLinkKind(view.kind)};
}

/// `head` must outlive it.
class RequestHeadView {
 public:
  explicit RequestHeadView(const RequestHead& head) {
    headers_.Fill(head.headers, kToField);
    params_.Fill(head.params, kToField);
    if (head.principal != nullptr) principal_.emplace(*head.principal);
    view_ = {.struct_size = SizeOf<sluice_request_head>(),
             .reserved = 0,
             .method = Str(head.method),
             .path = Str(head.path),
             .query = Str(head.query),
             .headers = headers_.data(),
             .header_count = headers_.size(),
             .params = params_.data(),
             .param_count = params_.size(),
             .principal = principal_ ? principal_->get() : nullptr};
  }
  const sluice_request_head* get() const noexcept { return &view_; }

 private:
  FieldArray headers_, params_;
  std::optional<PrincipalView> principal_;
  sluice_request_head view_;
};

/// The head as a plugin's class sees it; `view` must outlive it.
class RequestHeadOf {
 public:
  explicit RequestHeadOf(const sluice_request_head& view) {
    headers_.Fill(Elements(view.headers, view.header_count), FromField);
    params_.Fill(Elements(view.params, view.param_count), FromField);
    if (view.principal != nullptr) principal_ = FromPrincipal(*view.principal);
    head_ = {.method = View(view.method),
             .path = View(view.path),
             .query = View(view.query),
             .headers = headers_.span(),
             .params = params_.span(),
             .principal = principal_ ? &*principal_ : nullptr};
  }
  const RequestHead& get() const noexcept { return head_; }

 private:
  Array<Field, 32> headers_, params_;
  std::optional<Principal> principal_;
  RequestHead head_;
};

/// A plugin's ByteSink over the host's.
class ByteSinkClient final : public ByteSink {
 public:
  explicit ByteSinkClient(sluice_byte_sink sink) : sink_(sink) {}
  Status Write(std::span<const std::byte> chunk) override {
    if (sink_.put(sink_.ctx, Bytes(chunk)) == 0) return Ok();
    return Error{.code = Errc::kCancelled, .message = "the receiver wants no more"};
  }

 private:
  sluice_byte_sink sink_;
};

}  // namespace sluice::sdk::detail

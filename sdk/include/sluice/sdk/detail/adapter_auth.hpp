// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AuthBackend over a plugin's C table.

#include <sluice/abi/auth.h>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/views.hpp>

#include <vector>

namespace sluice::sdk::detail {

class AuthFromTable final : public AuthBackend {
 public:
  AuthFromTable(const sluice_component& component, void* self, CallObserver& observer)
      : target_(component, self, observer, "auth") {}

  Result<std::optional<Principal>> Authenticate(const Call& call, const Credentials& credentials) override {
    const sluice_credentials view{.struct_size = SizeOf<sluice_credentials>(),
                                  .reserved = 0,
                                  .scheme = Str(credentials.scheme),
                                  .user = Str(credentials.user),
                                  .secret = Str(credentials.secret),
                                  .client_ip = Str(credentials.client_ip),
                                  .user_agent = Str(credentials.user_agent),
                                  .action = Str(credentials.action),
                                  .hash = Str(credentials.hash)};
    OneFrame<Principal> frame(false);
    Status status = target_.Invoke("authenticate", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return target_.table<sluice_auth_table>().authenticate(target_.self(), &call.abi(), &view,
                                                             {ctx, &PutOne<Principal, sluice_principal>}, error);
    });
    if (!status) return std::move(status).error();
    return std::move(frame.value);
  }

  AuthInterests Interests() const noexcept override {
    const auto& functions = target_.table<sluice_auth_table>();
    if (!SLUICE_HAS(&functions, interests) || functions.interests == nullptr) return {};
    std::uint32_t bits = 0;
    target_.Observed("interests", nullptr, [&] { bits = functions.interests(target_.self()); });
    return {.usage = (bits & SLUICE_AUTH_USAGE) != 0 && SLUICE_HAS(&functions, report_usage) &&
                     functions.report_usage != nullptr,
            .revocations =
                (bits & SLUICE_AUTH_REVOCATIONS) != 0 && SLUICE_HAS(&functions, watch) && functions.watch != nullptr};
  }

  Status ReportUsage(const Call& call, std::span<const UsageRecord> records) override {
    const auto& functions = target_.table<sluice_auth_table>();
    if (!SLUICE_HAS(&functions, report_usage) || functions.report_usage == nullptr) {
      return AuthBackend::ReportUsage(call, records);
    }
    std::vector<sluice_usage_record> views;
    for (const auto& record : records) {
      views.push_back({.id = Str(record.id),
                       .subject = Str(record.subject),
                       .key_id = Str(record.key_id),
                       .action = Str(record.action),
                       .hash = Str(record.hash),
                       .cached = record.cached ? 1U : 0U,
                       .reserved = 0,
                       .bytes = record.bytes,
                       .at = ToSeconds(record.at)});
    }
    Frame frame;
    return target_.Invoke("report_usage", &call.abi(), frame, [&](void*, sluice_error* error) {
      return functions.report_usage(target_.self(), &call.abi(), views.data(), views.size(), error);
    });
  }

  Status Watch(const Call& call, RevocationSink& out) override {
    const auto& functions = target_.table<sluice_auth_table>();
    if (!SLUICE_HAS(&functions, watch) || functions.watch == nullptr) return AuthBackend::Watch(call, out);
    WatchFrame frame(out);
    return target_.Invoke("watch", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return functions.watch(target_.self(), &call.abi(), {ctx, &PutRevocation}, error);
    });
  }

 private:
  using WatchFrame = ManyFrame<RevocationSink>;

  static std::uint32_t PutRevocation(void* ctx, sluice_str subject, std::uint32_t is_revoked) noexcept {
    bool more = false;
    InFrame<WatchFrame>(ctx, [&](WatchFrame& frame) {
      Reader reader;
      const auto name = reader.Text(subject, "subject");
      if (name.empty()) reader.Fault("subject", "empty");
      if (!reader.ok()) {
        if (frame.fault.empty()) frame.fault = "put garbage: " + reader.fault();
        return;
      }
      const HostTime time(frame);
      more = frame.sink.Put(name, is_revoked != 0);
    });
    return more ? 0 : 1;
  }

  Target target_;
};

}  // namespace sluice::sdk::detail

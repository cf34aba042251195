// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AuthBackend as a C table.

#include <sluice/abi/auth.h>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/views.hpp>

#include <vector>

namespace sluice::sdk::detail {

template <>
struct Kind<AuthBackend> {
  static constexpr const char* id = SLUICE_AUTH_KIND;

  static sluice_status Authenticate(void* self, const sluice_call* call, const sluice_credentials* credentials,
                                    sluice_principal_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      Credentials given{.scheme = View(credentials->scheme),
                        .user = View(credentials->user),
                        .secret = View(credentials->secret),
                        .client_ip = View(credentials->client_ip),
                        .user_agent = View(credentials->user_agent)};
      if (SLUICE_HAS(credentials, hash)) {
        given.action = View(credentials->action);
        given.hash = View(credentials->hash);
      }
      auto principal = Self<AuthBackend>(self).Authenticate(Call(*call), given);
      if (!principal) return std::move(principal).error();
      if (*principal) out.put(out.ctx, PrincipalView(**principal).get());
      return Ok();
    });
  }

  static std::uint32_t Interests(void* self) noexcept {
    const auto interests = Self<AuthBackend>(self).Interests();
    std::uint32_t bits = 0;
    if (interests.usage) bits |= SLUICE_AUTH_USAGE;
    if (interests.revocations) bits |= SLUICE_AUTH_REVOCATIONS;
    return bits;
  }

  static sluice_status ReportUsage(void* self, const sluice_call* call, const sluice_usage_record* records,
                                   size_t record_count, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      std::vector<UsageRecord> views;
      for (const auto& record : Elements(records, record_count)) {
        views.push_back({.id = View(record.id),
                         .subject = View(record.subject),
                         .key_id = View(record.key_id),
                         .action = View(record.action),
                         .hash = View(record.hash),
                         .cached = record.cached != 0,
                         .bytes = record.bytes,
                         .at = FromSeconds(record.at)});
      }
      return Self<AuthBackend>(self).ReportUsage(Call(*call), views);
    });
  }

  class HostRevocations final : public RevocationSink {
   public:
    explicit HostRevocations(sluice_revocation_sink out) : out_(out) {}
    bool Put(std::string_view subject, bool is_revoked) override {
      return out_.put(out_.ctx, Str(subject), is_revoked ? 1 : 0) == 0;
    }

   private:
    sluice_revocation_sink out_;
  };
  static sluice_status Watch(void* self, const sluice_call* call, sluice_revocation_sink out,
                             sluice_error* error) noexcept {
    return Barrier(error, [&] {
      HostRevocations sink(out);
      return Self<AuthBackend>(self).Watch(Call(*call), sink);
    });
  }

  static constexpr sluice_auth_table kTable{.struct_size = SizeOf<sluice_auth_table>(),
                                            .reserved = 0,
                                            .authenticate = &Authenticate,
                                            .interests = &Interests,
                                            .report_usage = &ReportUsage,
                                            .watch = &Watch};
};

}  // namespace sluice::sdk::detail

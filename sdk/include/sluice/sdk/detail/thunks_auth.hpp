// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AuthBackend as a C table.

#include <sluice/abi/auth.h>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/views.hpp>

namespace sluice::sdk::detail {

template <>
struct Kind<AuthBackend> {
  static constexpr const char* id = SLUICE_AUTH_KIND;

  static sluice_status Authenticate(void* self, const sluice_call* call, const sluice_credentials* credentials,
                                    sluice_principal_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      auto principal = Self<AuthBackend>(self).Authenticate(Call(*call), {.scheme = View(credentials->scheme),
                                                                          .user = View(credentials->user),
                                                                          .secret = View(credentials->secret),
                                                                          .client_ip = View(credentials->client_ip),
                                                                          .user_agent = View(credentials->user_agent)});
      if (!principal) return std::move(principal).error();
      if (*principal) out.put(out.ctx, PrincipalView(**principal).get());
      return Ok();
    });
  }

  static constexpr sluice_auth_table kTable{
      .struct_size = SizeOf<sluice_auth_table>(), .reserved = 0, .authenticate = &Authenticate};
};

}  // namespace sluice::sdk::detail

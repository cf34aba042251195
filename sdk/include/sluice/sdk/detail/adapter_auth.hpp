// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AuthBackend over a plugin's C table.

#include <sluice/abi/auth.h>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/views.hpp>

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
                                  .user_agent = Str(credentials.user_agent)};
    OneFrame<Principal> frame(false);
    Status status = target_.Invoke("authenticate", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return target_.table<sluice_auth_table>().authenticate(target_.self(), &call.abi(), &view,
                                                             {ctx, &PutOne<Principal, sluice_principal>}, error);
    });
    if (!status) return std::move(status).error();
    return std::move(frame.value);
  }

 private:
  Target target_;
};

}  // namespace sluice::sdk::detail

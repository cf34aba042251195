// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AuthBackend: turns a credential into a principal, or refuses it.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <optional>
#include <string_view>

namespace sluice::sdk {

/// One credential as the viewer presented it. Core extracts it, so that it never travels further.
struct Credentials {
  std::string_view scheme;        ///< "bearer", "basic", "header", "query", "path" or "userdata".
  std::string_view user{};        ///< User name of "basic"; name of the header or parameter; store of "userdata".
  std::string_view secret;        ///< Never empty.
  std::string_view client_ip{};   ///< Textual, without port.
  std::string_view user_agent{};  ///< May be empty.
};

/// Implemented by plugins. Id: "sluice.auth/1".
/// Threads: [worker] on every method.
struct AuthBackend {
  virtual ~AuthBackend() = default;

  /// Who presents `credentials`. Several backends may stand in a row: the first that recognises a credential decides.
  /// \returns  the principal, its `subject` not empty: links made for it would let nobody in. One whose `expires_at`
  ///           has passed is kUnauthenticated for the viewer. An empty optional when this is not a credential of this
  ///           backend's (the next one is asked); kUnauthenticated or kPermissionDenied when it is, and is refused
  ///           (nobody else is asked); kUpstreamFailed or any other error when it cannot be decided now (the request
  ///           is refused).
  virtual Result<std::optional<Principal>> Authenticate(const Call& call, const Credentials& credentials) = 0;
};

}  // namespace sluice::sdk

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TlsContext: how a listener speaks TLS, and with which certificate.

#include <openssl/types.h>

#include <memory>
#include <vector>

#include "core/net/certificate.hpp"
#include "core/net/tls_session.hpp"

namespace sluice::http {

/// TLS 1.2 and 1.3, forward secrecy always, session tickets, no renegotiation. Immutable. Threads: [any].
class TlsContext {
 public:
  /// \returns  null, with every fault added, when the certificate cannot be used.
  static std::unique_ptr<TlsContext> Make(const net::CertificateFiles& files,
                                          std::vector<net::CertificateFault>& faults);

  /// The server's side of a session over `fd`. \returns null when out of memory.
  std::unique_ptr<net::TlsSession> Accept(int fd) const;

 private:
  struct Deleter {
    void operator()(SSL_CTX* context) const;
  };
  using Context = std::unique_ptr<SSL_CTX, Deleter>;
  explicit TlsContext(Context context) : context_(std::move(context)) {}

  const Context context_;
};

}  // namespace sluice::http

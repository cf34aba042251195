// SPDX-License-Identifier: MIT
#include "core/http/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>

#include "core/net/broken_pipes.hpp"

namespace sluice::http {

void TlsContext::Deleter::operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }

std::unique_ptr<TlsContext> TlsContext::Make(const net::CertificateFiles& files,
                                             std::vector<net::CertificateFault>& faults) {
  net::IgnoreBrokenPipes();
  Context context(::SSL_CTX_new(::TLS_server_method()));
  if (!context) throw std::bad_alloc();
  auto* const raw = context.get();
  ::SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  ::SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");  // of TLS 1.2; those of 1.3 are all good
  ::SSL_CTX_set_mode(raw,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Clients without AES in hardware, phones and boxes at the TV, still get ChaCha20 when they ask for it first.
  ::SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_PRIORITIZE_CHACHA);
  ::SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // clients keep their sessions themselves, in tickets
  ::SSL_CTX_set_read_ahead(raw, 1);                           // one receive for a record, not one for its header too
  for (auto& fault : net::UseCertificate(*raw, files)) faults.push_back(std::move(fault));
  if (!faults.empty()) return nullptr;
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(context)));
}

std::unique_ptr<net::TlsSession> TlsContext::Accept(int fd) const {
  net::Ssl ssl(::SSL_new(context_.get()));
  if (!ssl || ::SSL_set_fd(ssl.get(), fd) != 1) {
    ::ERR_clear_error();
    return nullptr;
  }
  ::SSL_set_accept_state(ssl.get());
  return std::make_unique<net::TlsSession>(std::move(ssl));
}

}  // namespace sluice::http

// SPDX-License-Identifier: MIT
#include "core/net/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

namespace sluice::net {

void SslDeleter::operator()(SSL* ssl) const { ::SSL_free(ssl); }

TlsSession::TlsSession(Ssl ssl) : ssl_(std::move(ssl)) {}

Now TlsSession::NowOf(int result) {
  switch (::SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Now::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Now::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Now::kEnd;
    default:
      broken_ = true;
      fault_ = ::ERR_reason_error_string(::ERR_peek_error());
      ::ERR_clear_error();
      return Now::kBroken;
  }
}

Now TlsSession::Handshake() {
  ::ERR_clear_error();  // what other code of this thread left there would be taken for this call's fault
  const int result = ::SSL_do_handshake(ssl_.get());
  established_ = result == 1;
  const auto now = established_ ? Now::kDone : NowOf(result);
  wants_write_ = now == Now::kWantWrite;
  return now;
}

Now TlsSession::Read(std::span<char> buffer, std::size_t& size) {
  ::ERR_clear_error();
  const int result = ::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size);
  const auto now = result == 1 ? Now::kDone : NowOf(result);
  wants_write_ = now == Now::kWantWrite;
  return now;
}

Now TlsSession::Write(std::string_view octets, std::size_t& size) {
  ::ERR_clear_error();
  const int result = ::SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &size);
  const auto now = result == 1 ? Now::kDone : NowOf(result);
  wants_write_ = now == Now::kWantWrite;
  return now == Now::kEnd ? Now::kBroken : now;
}

void TlsSession::SayGoodbye() {
  wants_write_ = false;  // whoever still waits for the peer waits for its close
  if (!sound()) return;  // OpenSSL allows it in no other state
  ::ERR_clear_error();
  ::SSL_shutdown(ssl_.get());
  ::ERR_clear_error();
}

bool TlsSession::HasPending() const { return ::SSL_has_pending(ssl_.get()) == 1; }

bool TlsSession::resumed() const { return ::SSL_session_reused(ssl_.get()) == 1; }

}  // namespace sluice::net

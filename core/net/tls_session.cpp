// SPDX-License-Identifier: MIT
#include "core/net/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

namespace sluice::net {

void SslDeleter::operator()(SSL* ssl) const { ::SSL_free(ssl); }

TlsSession::TlsSession(Ssl ssl) : ssl_(std::move(ssl)) {}

TlsNow TlsSession::Now(int result) {
  switch (::SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return TlsNow::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return TlsNow::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return TlsNow::kEnd;
    default:
      broken_ = true;
      fault_ = ::ERR_reason_error_string(::ERR_peek_error());
      ::ERR_clear_error();
      return TlsNow::kBroken;
  }
}

TlsNow TlsSession::Handshake() {
  ::ERR_clear_error();  // what other code of this thread left there would be taken for this call's fault
  const int result = ::SSL_do_handshake(ssl_.get());
  established_ = result == 1;
  const auto now = established_ ? TlsNow::kDone : Now(result);
  wants_write_ = now == TlsNow::kWantWrite;
  return now;
}

TlsNow TlsSession::Read(std::span<char> buffer, std::size_t& size) {
  ::ERR_clear_error();
  const int result = ::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size);
  const auto now = result == 1 ? TlsNow::kDone : Now(result);
  wants_write_ = now == TlsNow::kWantWrite;
  return now;
}

TlsNow TlsSession::Write(std::string_view octets, std::size_t& size) {
  ::ERR_clear_error();
  const int result = ::SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &size);
  if (result == 1) return TlsNow::kDone;
  const auto now = Now(result);
  return now == TlsNow::kEnd ? TlsNow::kBroken : now;
}

void TlsSession::SayGoodbye() {
  wants_write_ = false;                  // whoever still waits for the peer waits for its close
  if (!established_ || broken_) return;  // OpenSSL allows it in no other state
  ::ERR_clear_error();
  ::SSL_shutdown(ssl_.get());
  ::ERR_clear_error();
}

bool TlsSession::HasPending() const { return ::SSL_has_pending(ssl_.get()) == 1; }

bool TlsSession::resumed() const { return ::SSL_session_reused(ssl_.get()) == 1; }

}  // namespace sluice::net

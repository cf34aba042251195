// SPDX-License-Identifier: MIT
#include "core/upstream/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <utility>

namespace sluice::upstream {
namespace {

BIO* Carrier(int fd, SSL* below) {
  if (below == nullptr) return ::BIO_new_socket(fd, BIO_NOCLOSE);
  auto* carrier = ::BIO_new(::BIO_f_ssl());
  if (carrier != nullptr) BIO_set_ssl(carrier, below, BIO_NOCLOSE);
  return carrier;
}

}  // namespace

TlsStream::TlsStream(std::shared_ptr<Tls> tls, Origin peer, int fd, std::unique_ptr<TlsStream> below)
    : tls_(std::move(tls)), peer_(std::move(peer)), below_(std::move(below)), ssl_(tls_->Start(peer_)) {
  if (!ssl_) return;
  auto* carrier = Carrier(fd, below_ ? below_->ssl_.get() : nullptr);
  if (carrier == nullptr) {
    ssl_.reset();
    return;
  }
  ::SSL_set_bio(ssl_.get(), carrier, carrier);
}

TlsStream::~TlsStream() {
  if (!ssl_ || !established_ || broken_) return;
  ::ERR_clear_error();
  ::SSL_shutdown(ssl_.get());
  ::ERR_clear_error();
}

Now TlsStream::NowOf(int result) {
  switch (::SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Now::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Now::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Now::kEnd;
    default:
      broken_ = true;
      ::ERR_clear_error();
      return Now::kBroken;
  }
}

Now TlsStream::Handshake() {
  if (!ssl_) return Now::kBroken;
  ::ERR_clear_error();  // what other code of this thread left there would be taken for this call's fault
  const int result = ::SSL_do_handshake(ssl_.get());
  if (result == 1) {
    established_ = true;
    return Now::kData;
  }
  const auto now = NowOf(result);
  if (now == Now::kWantRead || now == Now::kWantWrite) return now;
  tls_->Forget(peer_);
  return Now::kBroken;
}

bool TlsStream::untrusted() const { return ssl_ && ::SSL_get_verify_result(ssl_.get()) != X509_V_OK; }

Now TlsStream::Read(std::span<std::byte> buffer, std::size_t& bytes) {
  if (!ssl_) return Now::kBroken;
  ::ERR_clear_error();
  const int result = ::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &bytes);
  return result == 1 ? Now::kData : NowOf(result);
}

Now TlsStream::Write(std::string_view text, std::size_t& bytes) {
  if (!ssl_) return Now::kBroken;
  ::ERR_clear_error();
  const int result = ::SSL_write_ex(ssl_.get(), text.data(), text.size(), &bytes);
  if (result == 1) return Now::kData;
  const auto now = NowOf(result);
  return now == Now::kEnd ? Now::kBroken : now;
}

bool TlsStream::HasPending() const {
  return (ssl_ && ::SSL_has_pending(ssl_.get()) == 1) || (below_ && below_->HasPending());
}

void TlsStream::Remember() {
  if (ssl_ && established_ && !broken_) tls_->Remember(peer_, *ssl_);
  if (below_) below_->Remember();
}

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include "core/upstream/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <utility>

namespace sluice::upstream {
namespace {

using net::Now;

BIO* Carrier(int fd, const net::TlsSession* below) {
  if (below == nullptr) return ::BIO_new_socket(fd, BIO_NOCLOSE);
  auto* carrier = ::BIO_new(::BIO_f_ssl());
  if (carrier != nullptr) BIO_set_ssl(carrier, &below->ssl(), BIO_NOCLOSE);
  return carrier;
}

}  // namespace

TlsStream::TlsStream(std::shared_ptr<Tls> tls, Origin peer, int fd, std::unique_ptr<TlsStream> below)
    : tls_(std::move(tls)), peer_(std::move(peer)), below_(std::move(below)) {
  auto ssl = tls_->Start(peer_);
  if (!ssl) return;
  auto* const carrier = Carrier(fd, below_ ? &*below_->session_ : nullptr);
  if (carrier == nullptr) return;
  ::SSL_set_bio(ssl.get(), carrier, carrier);
  session_.emplace(std::move(ssl));
}

TlsStream::~TlsStream() {
  if (session_) session_->SayGoodbye();
}

Now TlsStream::Handshake() {
  if (!session_) return Now::kBroken;
  const auto now = session_->Handshake();
  if (now == Now::kEnd || now == Now::kBroken) tls_->Forget(peer_);
  return now;
}

bool TlsStream::untrusted() const { return session_ && ::SSL_get_verify_result(&session_->ssl()) != X509_V_OK; }

Now TlsStream::Read(std::span<std::byte> buffer, std::size_t& bytes) {
  return session_->Read({reinterpret_cast<char*>(buffer.data()), buffer.size()}, bytes);
}

Now TlsStream::Write(std::string_view text, std::size_t& bytes) { return session_->Write(text, bytes); }

bool TlsStream::HasPending() const { return (session_ && session_->HasPending()) || (below_ && below_->HasPending()); }

void TlsStream::Remember() {
  if (session_ && session_->sound()) tls_->Remember(peer_, session_->ssl());
  if (below_) below_->Remember();
}

}  // namespace sluice::upstream

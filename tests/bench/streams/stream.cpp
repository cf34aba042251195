// SPDX-License-Identifier: MIT
#include "tests/bench/streams/stream.hpp"

#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/SocketAddress.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace sluice::bench {
namespace {

constexpr std::size_t kHeadBytes = 4096;
constexpr std::size_t kDropBytes = 1024 * 1024;
constexpr std::size_t kTlsBufferBytes = 256 * 1024;

Poco::Net::StreamSocket Connect(const Target& target) {
  const Poco::Net::SocketAddress address("127.0.0.1", target.port);
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress::IPv4);
  // Only a buffer that is set before connecting bounds the window that is offered.
  if (target.receive_buffer_bytes > 0) socket.setReceiveBufferSize(target.receive_buffer_bytes);
  socket.connect(address);
  socket.setNoDelay(true);
  return socket;
}

std::unique_ptr<net::TlsSession> ShakeHands(const Target& target, const Poco::Net::StreamSocket& socket) {
  if (!target.tls) return nullptr;
  net::Ssl ssl(SSL_new(target.tls.get()));
  if (!ssl || SSL_set1_host(ssl.get(), "localhost") != 1 || SSL_set_fd(ssl.get(), socket.impl()->sockfd()) != 1) {
    throw std::runtime_error("no memory for TLS");
  }
  SSL_set_connect_state(ssl.get());
  auto session = std::make_unique<net::TlsSession>(std::move(ssl));
  if (session->Handshake() != net::Now::kDone) {
    throw std::runtime_error("the handshake failed: " + std::string(session->fault()));
  }
  return session;
}

std::uint64_t LengthIn(const std::string& head) {
  Poco::Net::HTTPResponse response;
  std::istringstream stream(head);
  response.read(stream);
  if (response.getStatus() != Poco::Net::HTTPResponse::HTTP_OK || !response.hasContentLength()) {
    throw std::runtime_error("want 200 with Content-Length, got: " + head.substr(0, head.find('\r')));
  }
  return static_cast<std::uint64_t>(response.getContentLength64());
}

}  // namespace

TlsContext MakeTlsContext(const std::string& ca_file) {
  TlsContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context.get(), kCipherSuite) != 1) {
    throw std::runtime_error("this OpenSSL has no TLS 1.3 with " + std::string(kCipherSuite));
  }
  if (SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) != 1) {
    throw std::runtime_error(ca_file + ": want a certificate in PEM");
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // Many records for each receive: what the client does not spend is left for the servers.
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_default_read_buffer_len(context.get(), kTlsBufferBytes);
  return context;
}

Stream::Stream(const Target& target)
    : socket_(Connect(target)),
      tls_(ShakeHands(target, socket_)),
      request_("GET " + target.path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") {}

void Stream::Ask() {
  head_.clear();
  head_taken_ = false;
  left_ = 0;
  std::size_t sent = 0;
  if (!tls_) {
    sent = static_cast<std::size_t>(std::max(0, socket_.sendBytes(request_.data(), static_cast<int>(request_.size()))));
  } else if (tls_->Write(request_, sent) != net::Now::kDone) {
    sent = 0;
  }
  if (sent != request_.size()) throw std::runtime_error("the request did not fit into the socket");
}

std::optional<std::size_t> Stream::Take(std::size_t most) {
  if (!head_taken_) return TakeHead();
  // Of every stream of the thread: nobody reads it.
  static thread_local std::vector<char> dropped(kDropBytes);
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>({left_, most, dropped.size()}));
  if (wanted == 0) return 0;
  const auto taken = Receive(std::span(dropped).first(wanted), MSG_TRUNC);
  if (taken) left_ -= *taken;
  return taken;
}

std::optional<std::size_t> Stream::TakeHead() {
  std::array<char, kHeadBytes> buffer;
  const auto taken = Receive(buffer, 0);
  if (!taken) return std::nullopt;
  head_.append(buffer.data(), *taken);
  const auto end = head_.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  const auto length = LengthIn(head_);
  const auto body = head_.size() - (end + 4);
  if (body > length) throw std::runtime_error("more octets than Content-Length says");
  head_taken_ = true;
  left_ = length - body;
  return body;
}

std::optional<std::size_t> Stream::Receive(std::span<char> buffer, int flags) {
  std::size_t size = 0;
  if (tls_) {
    const auto now = tls_->Read(buffer, size);
    if (now == net::Now::kDone) return size;
    if (now == net::Now::kWantRead) return std::nullopt;
  } else {
    const auto received = socket_.receiveBytes(buffer.data(), static_cast<int>(buffer.size()), flags);
    if (received < 0) return std::nullopt;
    if (received > 0) return static_cast<std::size_t>(received);
  }
  throw std::runtime_error("the connection ended early");
}

}  // namespace sluice::bench

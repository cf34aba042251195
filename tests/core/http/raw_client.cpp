// SPDX-License-Identifier: MIT
#include "tests/core/http/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/http/chunked.hpp"
#include "core/http/head_scanner.hpp"

namespace sluice::http::testing {
namespace {

constexpr int kLimitMs = 10'000;
constexpr std::size_t kReadBytes = 64 * 1024;

sockaddr_storage AddressOf(const std::string& host, std::uint16_t port, socklen_t& size) {
  sockaddr_storage storage{};
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    size = sizeof(sockaddr_in);
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    size = sizeof(sockaddr_in6);
  }
  return storage;
}

std::vector<sdk::Field> FieldsOf(std::string_view head) {
  std::vector<sdk::Field> fields;
  HeadParts parts;
  if (SplitHead(head, parts) != Fault::kNone || ScanFields(parts.field_block, 1000, fields) != Fault::kNone)
    fields.clear();
  return fields;
}

}  // namespace

std::string RawResponse::Field(std::string_view name) const {
  const auto fields = FieldsOf(head);
  const auto* const field = FindField(fields, name);
  return field == nullptr ? std::string() : std::string(field->value);
}

RawClient::RawClient(std::uint16_t port, const std::string& source, int receive_bytes, const std::string& host) {
  socklen_t size = 0;
  const auto to = AddressOf(host, port, size);
  fd_ = ::socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return;
  if (receive_bytes > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  if (!source.empty()) {
    const auto from = AddressOf(source, 0, size);
    ::bind(fd_, reinterpret_cast<const sockaddr*>(&from), size);
  }
  if (!ConnectTo(port, host)) Close();
}

RawClient RawClient::Unconnected() {
  RawClient client;
  client.fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return client;
}

bool RawClient::ConnectTo(std::uint16_t port, const std::string& host) {
  socklen_t size = 0;
  const auto to = AddressOf(host, port, size);
  return ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), size) == 0;
}

bool RawClient::ReadableWithin(std::chrono::milliseconds limit) const {
  pollfd entry{.fd = fd_, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, static_cast<int>(limit.count())) > 0;
}

RawClient::~RawClient() { Close(); }

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      end_(other.end_),
      reset_(other.reset_),
      in_order_(other.in_order_),
      buffer_(std::move(other.buffer_)),
      pace_(std::move(other.pace_)),
      ssl_(std::move(other.ssl_)) {}

TlsClients::TlsClients(const std::string& ca, int version) : context_(::SSL_CTX_new(::TLS_client_method())) {
  ::SSL_CTX_load_verify_file(context_, ca.c_str());
  ::SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  ::SSL_CTX_set_min_proto_version(context_, version);
  ::SSL_CTX_set_max_proto_version(context_, version);
  ::SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_app_data(context_, this);
  ::SSL_CTX_sess_set_new_cb(context_, [](SSL* ssl, SSL_SESSION* session) {
    auto& clients = *static_cast<TlsClients*>(SSL_CTX_get_app_data(::SSL_get_SSL_CTX(ssl)));
    ::SSL_SESSION_free(std::exchange(clients.session_, session));
    return 1;
  });
}

TlsClients::~TlsClients() {
  ::SSL_SESSION_free(session_);
  ::SSL_CTX_free(context_);
}

bool RawClient::StartTls(TlsClients& clients, bool resume) {
  const timeval limit{.tv_sec = kLimitMs / 1000, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ssl_.reset(::SSL_new(clients.context()));
  ::SSL_set_fd(ssl_.get(), fd_);
  ::SSL_set1_host(ssl_.get(), "localhost");
  if (resume) ::SSL_set_session(ssl_.get(), clients.session());
  ::ERR_clear_error();
  return ::SSL_connect(ssl_.get()) == 1;
}

bool RawClient::Send(std::string_view octets) {
  if (ssl_) {
    ::ERR_clear_error();
    std::size_t sent = 0;
    return ::SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &sent) == 1;
  }
  while (!octets.empty()) {
    const auto sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::Fill() {
  std::array<char, 256 * 1024> octets;
  const auto most = pace_ ? std::min(pace_(), octets.size()) : kReadBytes;
  pollfd entry{.fd = fd_, .events = POLLIN, .revents = 0};
  const bool pending = ssl_ && ::SSL_pending(ssl_.get()) > 0;
  if (end_ || (!pending && ::poll(&entry, 1, kLimitMs) <= 0)) return false;
  if (ssl_) {
    ::ERR_clear_error();
    std::size_t got = 0;
    const int result = ::SSL_read_ex(ssl_.get(), octets.data(), most, &got);
    end_ = result != 1;
    in_order_ = end_ && ::SSL_get_error(ssl_.get(), result) == SSL_ERROR_ZERO_RETURN;
    reset_ = end_ && !in_order_;
    buffer_.append(octets.data(), got);
    return !end_;
  }
  const auto size = ::recv(fd_, octets.data(), most, 0);
  if (size <= 0) {
    end_ = true;
    reset_ = size < 0;
    return false;
  }
  buffer_.append(octets.data(), static_cast<std::size_t>(size));
  return true;
}

RawResponse RawClient::Read(bool to_head) {
  RawResponse response;
  std::size_t scanned = 0;
  auto end = FindHeadEnd(buffer_, scanned);
  while (end.state == HeadEnd::State::kIncomplete && Fill()) end = FindHeadEnd(buffer_, scanned);
  if (end.state != HeadEnd::State::kComplete) return response;
  response.head = buffer_.substr(0, end.size);
  buffer_.erase(0, end.size);
  StatusLine line;
  if (ScanStatusLine(response.head.substr(0, response.head.find('\r')), line) != Fault::kNone) return response;
  response.status = line.status;
  Framing framing;
  if (ScanFraming(FieldsOf(response.head), framing) != Fault::kNone) return response;
  if (to_head || line.status < 200 || line.status == 204 || line.status == 304) {
    response.complete = true;
  } else if (framing.length) {
    while (buffer_.size() < *framing.length && Fill()) continue;
    response.complete = buffer_.size() >= *framing.length;
    response.body = buffer_.substr(0, *framing.length);
    buffer_.erase(0, response.body.size());
  } else if (framing.chunked) {
    ChunkDecoder decoder;
    while (!decoder.done() && (!buffer_.empty() || Fill())) {
      const auto step = decoder.Next(buffer_);
      if (step.fault != Fault::kNone) return response;
      response.body += step.data;
      response.trailers += step.trailers;
      buffer_.erase(0, step.consumed);
    }
    response.complete = decoder.done();
  } else {
    while (Fill()) continue;
    response.body = std::exchange(buffer_, {});
    response.complete = end_;
  }
  return response;
}

RawResponse RawClient::Get(std::string_view target) {
  Send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n");
  return Read();
}

std::string RawClient::ReadSome() {
  if (buffer_.empty()) Fill();
  return std::exchange(buffer_, {});
}

std::string RawClient::ReadToEnd(bool& closed) {
  while (Fill()) continue;
  closed = end_;
  return std::exchange(buffer_, {});
}

bool RawClient::ReadsEnd() { return buffer_.empty() && !Fill() && end_; }

void RawClient::CloseSending() { ::shutdown(fd_, SHUT_WR); }

void RawClient::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace sluice::http::testing

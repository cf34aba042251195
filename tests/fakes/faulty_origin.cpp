// SPDX-License-Identifier: MIT
#include "tests/fakes/faulty_origin.hpp"

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "tests/fakes/nginx.hpp"

namespace sluice::fakes {
namespace {

constexpr timeval kMoment{.tv_sec = 0, .tv_usec = 20'000};
constexpr int kLittleBytes = 16 * 1024;

std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> ContextOf(const Certificates* tls) {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(nullptr, ::SSL_CTX_free);
  if (tls == nullptr) return context;
  context.reset(::SSL_CTX_new(::TLS_server_method()));
  if (!context || ::SSL_CTX_use_certificate_chain_file(context.get(), tls->certificate.c_str()) != 1 ||
      ::SSL_CTX_use_PrivateKey_file(context.get(), tls->key.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("no certificate for an origin");
  }
  return context;
}

/// OpenSSL writes to sockets as to files.
void BlockBrokenPipes() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

void FaultyOrigin::Peer::SslDeleter::operator()(SSL* ssl) const { ::SSL_free(ssl); }

FaultyOrigin::Peer::Peer(int fd, SSL_CTX* tls) : fd_(fd), orderly_(tls != nullptr) {
  if (tls == nullptr) return;
  ssl_.reset(::SSL_new(tls));
  ::SSL_set_fd(ssl_.get(), fd);
}

FaultyOrigin::Peer::~Peer() {
  if (orderly_) ::SSL_shutdown(ssl_.get());
  ::ERR_clear_error();
}

bool FaultyOrigin::Peer::Handshake() {
  if (!ssl_) return true;
  const bool done = ::SSL_accept(ssl_.get()) == 1;
  if (!done) orderly_ = false;
  return done;
}

bool FaultyOrigin::Peer::Fill() {
  std::array<char, 4096> chunk{};
  if (ssl_) {
    ::ERR_clear_error();
    std::size_t size = 0;
    const int result = ::SSL_read_ex(ssl_.get(), chunk.data(), chunk.size(), &size);
    if (result != 1 && ::SSL_get_error(ssl_.get(), result) != SSL_ERROR_ZERO_RETURN) orderly_ = false;
    buffer_.append(chunk.data(), size);
    return result == 1;
  }
  ssize_t got = -1;
  do {
    got = ::recv(fd_, chunk.data(), chunk.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

std::string FaultyOrigin::Peer::ReadHead() {
  for (;;) {
    if (const auto end = buffer_.find("\r\n\r\n"); end != std::string::npos) {
      auto head = buffer_.substr(0, end + 4);
      buffer_.erase(0, end + 4);
      return head;
    }
    if (!Fill()) return {};
  }
}

std::string FaultyOrigin::Peer::ReadBody(std::size_t size) {
  while (buffer_.size() < size && Fill()) continue;
  auto body = buffer_.substr(0, size);
  buffer_.erase(0, body.size());
  return body;
}

bool FaultyOrigin::Peer::Send(std::string_view octets) { return ssl_ ? SendSecurely(octets) : SendRaw(octets); }

bool FaultyOrigin::Peer::SendSecurely(std::string_view octets) {
  if (octets.empty()) return true;
  for (;;) {
    ::ERR_clear_error();
    std::size_t sent = 0;
    const int result = ::SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &sent);
    if (result == 1) return true;
    if (::SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_WRITE) {
      orderly_ = false;
      return false;
    }
    if (stalled_) stalled_();
  }
}

bool FaultyOrigin::Peer::SendRaw(std::string_view octets) {
  while (!octets.empty()) {
    const auto sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && WouldBlock() && stalled_) {
      stalled_();
      continue;
    }
    if (sent <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void FaultyOrigin::Peer::OnStall(std::function<void()> stalled) {
  stalled_ = std::move(stalled);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kMoment, sizeof kMoment);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &kLittleBytes, sizeof kLittleBytes);
}

void FaultyOrigin::Peer::WaitForHangUp() {
  while (Fill()) buffer_.clear();
}

void FaultyOrigin::Peer::Reset() {
  orderly_ = false;
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

FaultyOrigin::FaultyOrigin(Script script, const Certificates* tls) : script_(std::move(script)), tls_(ContextOf(tls)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::listen(listener_, 64) != 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no port on 127.0.0.1 for an origin");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

FaultyOrigin::Script FaultyOrigin::Say(std::string answer) {
  return [answer = std::move(answer)](Peer& peer) {
    peer.ReadHead();
    peer.Send(answer);
  };
}

FaultyOrigin::~FaultyOrigin() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

std::string FaultyOrigin::url() const {
  return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_);
}

void FaultyOrigin::Accept() {
  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { Serve(fd); });
  }
}

void FaultyOrigin::Serve(int fd) {
  if (tls_) BlockBrokenPipes();
  {
    Peer peer(fd, tls_.get());
    if (peer.Handshake()) script_(peer);
  }
  const std::lock_guard closing(mutex_);
  open_.erase(std::find(open_.begin(), open_.end(), fd));
  ::close(fd);
}

}  // namespace sluice::fakes

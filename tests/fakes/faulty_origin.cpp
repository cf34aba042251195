// SPDX-License-Identifier: MIT
#include "tests/fakes/faulty_origin.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace sluice::fakes {

bool FaultyOrigin::Peer::Fill() {
  std::array<char, 4096> chunk{};
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

bool FaultyOrigin::Peer::Send(std::string_view octets) {
  while (!octets.empty()) {
    const auto sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void FaultyOrigin::Peer::WaitForHangUp() {
  while (Fill()) buffer_.clear();
}

void FaultyOrigin::Peer::Reset() {
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

FaultyOrigin::FaultyOrigin(Script script) : script_(std::move(script)) {
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

std::string FaultyOrigin::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

void FaultyOrigin::Accept() {
  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] {
      Peer peer(fd);
      script_(peer);
      const std::lock_guard closing(mutex_);
      open_.erase(std::find(open_.begin(), open_.end(), fd));
      ::close(fd);
    });
  }
}

}  // namespace sluice::fakes

// SPDX-License-Identifier: MIT
#include "tests/fakes/full_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace sluice::fakes {

FullPort::FullPort(const std::string& address, std::uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
  socklen_t length = sizeof name;
  auto* const raw = reinterpret_cast<sockaddr*>(&name);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener_ < 0 || ::bind(listener_, raw, length) != 0 || ::listen(listener_, 0) != 0 ||
      ::getsockname(listener_, raw, &length) != 0) {
    throw std::runtime_error("no port on " + address + " to fill");
  }
  port_ = ntohs(name.sin_port);
  for (auto& fd : fillers_) {
    fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    (void)::connect(fd, raw, length);
  }
}

FullPort::~FullPort() {
  for (const int fd : fillers_) ::close(fd);
  ::close(listener_);
}

}  // namespace sluice::fakes

// SPDX-License-Identifier: MIT
#include "core/http/acceptor.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "core/http/client_address.hpp"
#include "core/http/error_reply.hpp"
#include "core/http/request_id.hpp"
#include "core/http/response_head.hpp"
#include "core/http/socket_io.hpp"

namespace sluice::http {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsPerWake = 64;  // a flood of connections must not keep a worker from requests for long
constexpr std::array<std::pair<int, int>, 3> kKeepAlive{{{TCP_KEEPIDLE, 60}, {TCP_KEEPINTVL, 15}, {TCP_KEEPCNT, 4}}};

int OpenReserve() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

std::string TextOf(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* const raw = reinterpret_cast<const sockaddr*>(&address);
  const auto* const octets = address.ss_family == AF_INET6
                                 ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(raw)->sin6_addr)
                                 : &reinterpret_cast<const sockaddr_in*>(raw)->sin_addr;
  ::inet_ntop(address.ss_family, octets, text.data(), text.size());
  return text.data();
}

/// Sockets that are accepted inherit these, which saves three calls for each.
void SetInherited(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  for (const auto& [name, value] : kKeepAlive) ::setsockopt(fd, IPPROTO_TCP, name, &value, sizeof value);
}

}  // namespace

Acceptor::Acceptor(ListenerOptions options, std::uint16_t index, std::uint64_t token, int epoll_fd, Metrics& metrics)
    : options_(std::move(options)),
      index_(index),
      token_(token),
      epoll_fd_(epoll_fd),
      metrics_(metrics.ForListener(options_.name)) {}

Acceptor::~Acceptor() {
  if (reserve_fd_ >= 0) ::close(reserve_fd_);
}

void Acceptor::ReadCertificate(std::vector<StartFault>& faults) {
  if (!options_.tls) return;
  std::vector<net::CertificateFault> found;
  tls_ = TlsContext::Make(*options_.tls, found);
  for (auto& fault : found) {
    const bool own = fault.file == net::CertificateFault::File::kCertificate;
    faults.push_back({.at = own ? StartFault::At::kCertificate : StartFault::At::kPrivateKey,
                      .listener = options_.name,
                      .message = std::move(fault.message)});
  }
}

void Acceptor::Bind(std::vector<StartFault>& faults) {
  ReadCertificate(faults);
  const auto refuse = [&](const std::string& reason) {
    faults.push_back({.at = StartFault::At::kAddress,
                      .listener = options_.name,
                      .message = "cannot listen on " + options_.address + ": " + reason});
  };
  try {
    const Poco::Net::SocketAddress address(options_.address);
    // Without SO_REUSEPORT: a second server on the same port has to fail, not to share it.
    if (address.family() == Poco::Net::SocketAddress::IPv6) {
      socket_.bind6(address, true, false, true);
    } else {
      socket_.bind(address, true, false);
    }
    SetInherited(socket_.impl()->sockfd());
    socket_.listen(kBacklog);
    socket_.setBlocking(false);
    port_ = socket_.address().port();
  } catch (const Poco::Exception& error) {
    return refuse(error.code() > 0 ? std::generic_category().message(error.code()) : error.displayText());
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
  ::fcntl(socket_.impl()->sockfd(), F_SETFD, FD_CLOEXEC);
  reserve_fd_ = OpenReserve();
  open_ = true;
}

void Acceptor::Arm() {
  const std::lock_guard lock(mutex_);
  ArmLocked(EPOLL_CTL_ADD);
}

void Acceptor::ArmLocked(int operation) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.u64 = token_;
  ::epoll_ctl(epoll_fd_, operation, socket_.impl()->sockfd(), &event);
}

void Acceptor::Accept(ConnectionTable& table, const TrustedProxies& proxies) {
  const std::lock_guard lock(mutex_);
  if (!open_) return;
  for (int i = 0; i < kAcceptsPerWake; ++i) {
    const auto taken = TakeOne(table, proxies);
    if (taken == Taken::kOne) continue;
    if (taken == Taken::kNone || RefuseWithReserve()) break;
    metrics_.accept_pauses->Increment();
    backing_off_ = true;  // not armed: a level-triggered socket would spin until somebody closes a descriptor
    return;
  }
  ArmLocked(EPOLL_CTL_MOD);
}

Acceptor::Taken Acceptor::TakeOne(ConnectionTable& table, const TrustedProxies& proxies) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  const int fd =
      ::accept4(socket_.impl()->sockfd(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return Taken::kNoDescriptors;
    // Anything else but "nothing there" concerns one connection that broke in the queue.
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EBADF || errno == EINVAL ? Taken::kNone : Taken::kOne;
  }
  if (table.open(index_) >= options_.max_connections) {
    Refuse(fd, Refusal::kConnectionLimit, FarewellReply(503, "overloaded", "too many connections", MakeRequestId()));
    return Taken::kOne;
  }
  auto connection = std::make_unique<Connection>();
  connection->fd = fd;
  connection->listener = index_;
  connection->peer_ip = TextOf(peer);
  connection->peer_trusted = proxies.Contains(connection->peer_ip);
  if (tls_ && !(connection->tls = tls_->Accept(fd))) {
    ::close(fd);  // out of memory
    return Taken::kOne;
  }
  metrics_.accepted->Increment();
  table.Add(std::move(connection));
  return Taken::kOne;
}

void Acceptor::Refuse(int fd, Refusal reason, std::string_view reply) {
  metrics_.refused[static_cast<std::size_t>(reason)]->Increment();
  if (!reply.empty() && !tls_) {  // in TLS it could only be said after a handshake
    Connection refused;
    refused.fd = fd;
    SendNow(refused, reply);
    // A request that is there already would turn the close into a reset, and the reply would be lost.
    std::array<char, 4096> dropped;
    DropNow(refused, dropped);
  }
  ::close(fd);
}

/// \returns  whether a connection could be refused; false: nothing can be done until a descriptor is free.
bool Acceptor::RefuseWithReserve() {
  if (reserve_fd_ < 0) return false;
  ::close(reserve_fd_);
  const int fd = ::accept4(socket_.impl()->sockfd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) Refuse(fd, Refusal::kDescriptors, {});
  reserve_fd_ = OpenReserve();
  return fd >= 0 && reserve_fd_ >= 0;
}

void Acceptor::Tick(const ConnectionTable& table) {
  const auto counts = table.CountsOf(index_);
  metrics_.parked->Set(static_cast<double>(counts.parked));
  metrics_.active->Set(static_cast<double>(counts.open > counts.parked ? counts.open - counts.parked : 0));
  const std::lock_guard lock(mutex_);
  if (!open_ || !backing_off_) return;
  if (reserve_fd_ < 0) reserve_fd_ = OpenReserve();
  backing_off_ = false;
  ArmLocked(EPOLL_CTL_MOD);
}

void Acceptor::Close() {
  const std::lock_guard lock(mutex_);
  if (!open_) return;
  open_ = false;
  socket_.close();
}

}  // namespace sluice::http

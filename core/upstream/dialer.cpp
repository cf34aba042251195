// SPDX-License-Identifier: MIT
#include "core/upstream/dialer.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <fcntl.h>
#include <poll.h>

#include <algorithm>

#include "core/upstream/metrics.hpp"
#include "core/upstream/tls.hpp"

namespace sluice::upstream {
namespace {

constexpr std::chrono::milliseconds kLeastShare{250};

sdk::Error Cancelled(Metrics& metrics) {
  return metrics.Fail(Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone");
}

/// A later address gets its chance even when an earlier one never answers.
Clock::time_point ShareOf(Clock::time_point deadline, std::size_t addresses_left) {
  if (addresses_left <= 1 || deadline == Clock::time_point::max()) return deadline;
  const auto now = Clock::now();
  const auto share = (deadline - now) / static_cast<Clock::rep>(addresses_left);
  return std::min(deadline, now + std::max<Clock::duration>(share, kLeastShare));
}

}  // namespace

sdk::Result<std::unique_ptr<Connection>> Dialer::Dial(const sdk::Call& call, const Origin& origin,
                                                      std::span<const net::IpAddress> checked,
                                                      Clock::time_point deadline) {
  bool timed_out = false;
  for (std::size_t i = 0; i < checked.size(); ++i) {
    Poco::Net::StreamSocket socket;
    switch (ConnectTo(call, checked[i], origin.port, ShareOf(deadline, checked.size() - i), socket)) {
      case Outcome::kCancelled:
        return Cancelled(metrics_);
      case Outcome::kTimeout:
        timed_out = true;
        continue;
      case Outcome::kFailed:
        timed_out = false;
        continue;
      case Outcome::kConnected:
        break;
    }
    if (origin.tls) {
      if (auto secured = Secure(call, origin, deadline, socket); !secured) return std::move(secured).error();
    }
    metrics_.ConnectionUsed(false);
    return std::make_unique<Connection>(std::move(socket), origin, checked[i]);
  }
  if (timed_out) {
    return metrics_.Fail(Reason::kTimeout, sdk::Errc::kDeadlineExceeded,
                         origin.Label() + ": want a connection within the connect timeout");
  }
  return metrics_.Fail(Reason::kConnect, sdk::Errc::kUpstreamFailed, origin.Label() + ": want a connection");
}

Dialer::Outcome Dialer::ConnectTo(const sdk::Call& call, const net::IpAddress& address, std::uint16_t port,
                                  Clock::time_point deadline, Poco::Net::StreamSocket& socket) {
  try {
    sockaddr_storage storage{};
    const auto length = address.ToSockaddr(port, storage);
    socket.connectNB(Poco::Net::SocketAddress(reinterpret_cast<const sockaddr*>(&storage), length));
    const int fd = socket.impl()->sockfd();
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    switch (WaitFor(fd, POLLOUT, call, deadline)) {
      case Wait::kReady:
        break;
      case Wait::kTimeout:
        return Outcome::kTimeout;
      case Wait::kCancelled:
        return Outcome::kCancelled;
    }
    if (socket.impl()->socketError() != 0) return Outcome::kFailed;
    // What was checked is what we talk to, or nothing.
    sockaddr_storage actual{};
    socklen_t actual_length = sizeof actual;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&actual), &actual_length) != 0) return Outcome::kFailed;
    if (net::IpAddress::FromSockaddr(reinterpret_cast<const sockaddr*>(&actual)) != address) return Outcome::kFailed;
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    return Outcome::kConnected;
  } catch (const Poco::Exception&) {
    return Outcome::kFailed;
  }
}

sdk::Status Dialer::Secure(const sdk::Call& call, const Origin& origin, Clock::time_point deadline,
                           Poco::Net::StreamSocket& socket) {
  if (!tls_.status()) return metrics_.Fail(Reason::kTls, tls_.status().error().code, tls_.status().error().message);
  switch (tls_.Connect(socket, origin, call, deadline)) {
    case Handshake::kDone:
      return sdk::Ok();
    case Handshake::kCancelled:
      return Cancelled(metrics_);
    case Handshake::kTimeout:
      return metrics_.Fail(Reason::kTimeout, sdk::Errc::kDeadlineExceeded,
                           origin.Label() + ": want a TLS handshake within the connect timeout");
    case Handshake::kUntrusted:
      return metrics_.Fail(Reason::kTls, sdk::Errc::kUpstreamFailed,
                           origin.Label() + ": want a certificate for this name from a trusted authority");
    case Handshake::kFailed:
      break;
  }
  return metrics_.Fail(Reason::kTls, sdk::Errc::kUpstreamFailed, origin.Label() + ": want TLS 1.2 or later");
}

}  // namespace sluice::upstream

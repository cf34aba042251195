// SPDX-License-Identifier: MIT
#include "core/upstream/connection.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace sluice::upstream {
namespace {

using Poco::Net::SecureStreamSocket;

// Answers of Receive and Send besides a count; the first two are Poco's own.
constexpr int kWantRead = SecureStreamSocket::ERR_SSL_WANT_READ;
constexpr int kWantWrite = SecureStreamSocket::ERR_SSL_WANT_WRITE;
constexpr int kFault = -3;

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

int Clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max())); }

}  // namespace

Connection::Connection(Poco::Net::StreamSocket socket, Origin origin, net::IpAddress peer)
    : socket_(std::move(socket)), origin_(std::move(origin)), peer_(peer) {}

Connection::~Connection() {
  if (!origin_.tls) return;
  try {
    // Without it OpenSSL marks the session as not resumable.
    socket_.shutdown();
  } catch (const Poco::Exception&) {
    return;  // the peer is gone already: nobody to tell
  }
}

int Connection::Receive(std::span<std::byte> buffer) {
  if (!origin_.tls) {
    ssize_t got = -1;
    do {
      got = ::recv(socket_.impl()->sockfd(), buffer.data(), buffer.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got >= 0) return static_cast<int>(got);
    return WouldBlock(errno) ? kWantRead : kFault;
  }
  ::ERR_clear_error();  // what other code of this thread left there would be taken for this call's fault
  try {
    return socket_.receiveBytes(buffer.data(), Clamp(buffer.size()));
  } catch (const Poco::Exception&) {
    return kFault;
  }
}

int Connection::Send(std::string_view text) {
  if (!origin_.tls) {
    ssize_t sent = -1;
    do {
      sent = ::send(socket_.impl()->sockfd(), text.data(), text.size(), MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) return static_cast<int>(sent);
    return WouldBlock(errno) ? kWantWrite : kFault;
  }
  ::ERR_clear_error();
  try {
    const int sent = socket_.sendBytes(text.data(), Clamp(text.size()));
    return sent == 0 ? kFault : sent;
  } catch (const Poco::Exception&) {
    return kFault;
  }
}

Now Connection::TryRead(std::span<std::byte> buffer, std::size_t& bytes) {
  const int got = Receive(buffer.first(std::min<std::size_t>(buffer.size(), std::numeric_limits<int>::max())));
  if (got == kWantRead) return Now::kWantRead;
  if (got == kWantWrite) return Now::kWantWrite;
  if (got < 0) return Now::kBroken;
  bytes = static_cast<std::size_t>(got);
  return got == 0 ? Now::kEnd : Now::kData;
}

Io Connection::Read(std::span<std::byte> buffer, const sdk::Call& call, Clock::time_point deadline,
                    std::size_t& bytes) {
  buffer = buffer.first(std::min<std::size_t>(buffer.size(), std::numeric_limits<int>::max()));
  for (;;) {
    const int got = Receive(buffer);
    if (got > 0) {
      bytes = static_cast<std::size_t>(got);
      return Io::kDone;
    }
    if (got == 0) return Io::kEnd;
    if (got != kWantRead && got != kWantWrite) return Io::kBroken;
    const auto events = static_cast<short>(got == kWantRead ? POLLIN : POLLOUT);
    switch (WaitFor(socket_.impl()->sockfd(), events, call, deadline)) {
      case Wait::kReady:
        break;
      case Wait::kTimeout:
        return Io::kTimeout;
      case Wait::kCancelled:
        return Io::kCancelled;
    }
  }
}

Io Connection::Write(std::string_view text, const sdk::Call& call, std::chrono::milliseconds progress_limit,
                     Clock::time_point deadline) {
  while (!text.empty()) {
    const int sent = Send(text);
    if (sent > 0) {
      text.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (sent != kWantRead && sent != kWantWrite) return Io::kBroken;
    const auto events = static_cast<short>(sent == kWantRead ? POLLIN : POLLOUT);
    switch (WaitFor(socket_.impl()->sockfd(), events, call, std::min(deadline, After(progress_limit)))) {
      case Wait::kReady:
        break;
      case Wait::kTimeout:
        return Io::kTimeout;
      case Wait::kCancelled:
        return Io::kCancelled;
    }
  }
  return Io::kDone;
}

bool Connection::Quiet() const {
  pollfd watched{socket_.impl()->sockfd(), POLLIN | POLLRDHUP, 0};
  return ::poll(&watched, 1, 0) == 0;
}

}  // namespace sluice::upstream

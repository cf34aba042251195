// SPDX-License-Identifier: MIT
#include "core/upstream/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/upstream/tls_stream.hpp"

namespace sluice::upstream {
namespace {

using net::Now;

Now NowOfErrno(Now blocked) { return errno == EAGAIN || errno == EWOULDBLOCK ? blocked : Now::kBroken; }

}  // namespace

Io IoOf(Wait wait) { return wait == Wait::kReady ? Io::kDone : wait == Wait::kTimeout ? Io::kTimeout : Io::kCancelled; }

Connection::Connection(Poco::Net::StreamSocket socket, Origin origin, net::IpAddress peer)
    : socket_(std::move(socket)), origin_(std::move(origin)), peer_(peer) {}

Connection::~Connection() = default;

Handshake Connection::StartTls(std::shared_ptr<Tls> tls, const Origin& peer, const sdk::Call& call,
                               Clock::time_point deadline) {
  tls_ = std::make_unique<TlsStream>(std::move(tls), peer, fd(), std::move(tls_));
  for (;;) {
    const auto now = tls_->Handshake();
    if (now == Now::kDone) return Handshake::kDone;
    if (!MustWait(now)) return tls_->untrusted() ? Handshake::kUntrusted : Handshake::kFailed;
    const auto wait = WaitFor({fd(), EventsFor(now), deadline}, call);
    if (wait == Wait::kTimeout) return Handshake::kTimeout;
    if (wait == Wait::kCancelled) return Handshake::kCancelled;
  }
}

Now Connection::TryRead(std::span<std::byte> buffer, std::size_t& bytes) {
  if (tls_) return tls_->Read(buffer, bytes);
  ssize_t got = -1;
  do {
    got = ::recv(fd(), buffer.data(), buffer.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return NowOfErrno(Now::kWantRead);
  bytes = static_cast<std::size_t>(got);
  drained_ = bytes < buffer.size();
  return got == 0 ? Now::kEnd : Now::kDone;
}

Now Connection::TryWrite(std::string_view text, std::size_t& bytes) {
  if (tls_) return tls_->Write(text, bytes);
  ssize_t sent = -1;
  do {
    sent = ::send(fd(), text.data(), text.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return NowOfErrno(Now::kWantWrite);
  bytes = static_cast<std::size_t>(sent);
  return Now::kDone;
}

Io Connection::Read(std::span<std::byte> buffer, const sdk::Call& call, Clock::time_point deadline,
                    std::size_t& bytes) {
  for (;;) {
    const auto now = TryRead(buffer, bytes);
    if (now == Now::kDone) return Io::kDone;
    if (!MustWait(now)) return now == Now::kEnd ? Io::kEnd : Io::kBroken;
    const auto io = IoOf(WaitFor({fd(), EventsFor(now), deadline}, call));
    if (io != Io::kDone) return io;
  }
}

Io Connection::Write(std::string_view text, const sdk::Call& call, std::chrono::milliseconds progress_limit,
                     Clock::time_point deadline) {
  while (!text.empty()) {
    std::size_t sent = 0;
    const auto now = TryWrite(text, sent);
    if (now == Now::kDone) {
      text.remove_prefix(sent);
      continue;
    }
    if (!MustWait(now)) return Io::kBroken;
    const auto io = IoOf(WaitFor({fd(), EventsFor(now), std::min(deadline, After(progress_limit))}, call));
    if (io != Io::kDone) return io;
  }
  return Io::kDone;
}

bool Connection::Quiet() const {
  if (tls_ && tls_->HasPending()) return false;
  pollfd watched{fd(), POLLIN | POLLRDHUP, 0};
  return ::poll(&watched, 1, 0) == 0;
}

void Connection::RememberSession() {
  if (tls_) tls_->Remember();
}

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include "core/http/socket_io.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/http/connection.hpp"
#include "core/http/error_reply.hpp"
#include "core/net/absence.hpp"

namespace sluice::http {
namespace {

sdk::Error Gone() { return {.code = sdk::Errc::kCancelled, .message = "client: connection closed"}; }

/// \returns  whether `events`, or an error that the next call will show, came within `limit`.
bool WaitFor(int fd, short events, std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + limit;
  const net::Absence absence;
  pollfd entry{.fd = fd, .events = events, .revents = 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<long>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

constexpr std::size_t kRecordBytes = 16 * 1024;  // TLS has no larger ones

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

/// Takes `sent` octets off the front. \returns what is left.
std::span<iovec> Advance(std::span<iovec> parts, std::size_t sent) {
  while (!parts.empty() && sent >= parts.front().iov_len) {
    sent -= parts.front().iov_len;
    parts = parts.subspan(1);
  }
  if (!parts.empty()) {
    parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + sent;
    parts.front().iov_len -= sent;
  }
  return parts;
}

/// Sends what the socket takes now. \param parts  what is left of them. \returns kSent when nothing is.
SendState SendSome(Connection& connection, std::span<iovec>& parts) {
  parts = Advance(parts, 0);
  while (!parts.empty()) {
    const auto sent = TrySend(connection, parts);
    if (sent.state != SendState::kSent) return sent.state;
    parts = Advance(parts, sent.size);
  }
  return SendState::kSent;
}

std::size_t SizeOf(std::span<const iovec> parts) {
  std::size_t size = 0;
  for (const auto& part : parts) size += part.iov_len;
  return size;
}

/// One record's worth off the front of `parts`: where it stands if it is long, else gathered in `room`. A head and a
/// short body shall not become two records, and two packets.
std::string_view Gather(std::span<const iovec> parts, std::array<char, kRecordBytes>& room) {
  std::size_t size = 0;
  for (const auto& part : parts) {
    if (size == 0 && part.iov_len >= kRecordBytes) return {static_cast<const char*>(part.iov_base), part.iov_len};
    const auto taken = std::min(part.iov_len, room.size() - size);
    if (taken > 0) std::memcpy(room.data() + size, part.iov_base, taken);
    size += taken;
  }
  return {room.data(), size};
}

Received ReceiveTls(net::TlsSession& tls, std::span<char> buffer) {
  std::size_t size = 0;
  switch (tls.Read(buffer, size)) {
    case net::Now::kDone:
      return {ReceiveState::kData, size};
    case net::Now::kWantRead:
    case net::Now::kWantWrite:
      return {ReceiveState::kNothingYet, 0};
    case net::Now::kEnd:
      return {ReceiveState::kEnd, 0};
    case net::Now::kBroken:
      break;
  }
  return {ReceiveState::kError, 0};
}

Sent SendTls(net::TlsSession& tls, std::span<const iovec> parts) {
  std::array<char, kRecordBytes> room;
  std::size_t size = 0;
  switch (tls.Write(Gather(parts, room), size)) {
    case net::Now::kDone:
      return {SendState::kSent, size};
    case net::Now::kWantRead:
      return {SendState::kWantRead, 0};
    case net::Now::kWantWrite:
      return {SendState::kWantWrite, 0};
    case net::Now::kEnd:
    case net::Now::kBroken:
      break;
  }
  return {SendState::kBroken, 0};
}

}  // namespace

Received DropNow(const Connection& connection, std::span<char> scratch) {
  while (true) {
    const auto size = ::recv(connection.fd, scratch.data(), scratch.size(), MSG_DONTWAIT);
    if (size > 0) return {ReceiveState::kData, static_cast<std::size_t>(size)};
    if (size == 0) return {ReceiveState::kEnd, 0};
    if (WouldBlock()) return {ReceiveState::kNothingYet, 0};
    if (errno != EINTR) return {ReceiveState::kError, 0};
  }
}

Received ReceiveNow(Connection& connection, std::span<char> buffer) {
  return connection.tls ? ReceiveTls(*connection.tls, buffer) : DropNow(connection, buffer);
}

bool HasPending(const Connection& connection) { return connection.tls && connection.tls->HasPending(); }

bool HasInput(const Connection& connection) {
  char octet = 0;
  return HasPending(connection) || ::recv(connection.fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool WaitToReceive(Connection& connection, std::chrono::milliseconds limit) {
  const bool to_write = connection.tls && connection.tls->wants_write();
  return WaitFor(connection.fd, to_write ? POLLOUT : POLLIN, limit);
}

Sent TrySend(Connection& connection, std::span<const iovec> parts) {
  if (connection.tls) return SendTls(*connection.tls, parts);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  while (true) {
    const auto sent = ::sendmsg(connection.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return {SendState::kSent, static_cast<std::size_t>(sent)};
    if (WouldBlock()) return {SendState::kWantWrite, 0};
    if (errno != EINTR) return {SendState::kBroken, 0};
  }
}

sdk::Status SendWithin(Connection& connection, std::span<iovec> parts, std::chrono::milliseconds limit,
                       const Keeping& keeping) {
  while (true) {
    auto state = FlushUnsent(connection);
    if (state == SendState::kSent) state = SendSome(connection, parts);
    if (state == SendState::kSent) return sdk::Ok();
    if (state == SendState::kBroken) return Gone();
    auto& unsent = connection.unsent;
    if (const auto size = SizeOf(parts); size <= keeping.most && unsent.size() <= keeping.most - size) {
      if (!unsent.Reserve(size, keeping.total)) {
        return sdk::Error{.code = kOverloaded, .message = "client: too many responses wait to be read"};
      }
      for (const auto& part : parts) unsent.Append({static_cast<const char*>(part.iov_base), part.iov_len});
      return sdk::Ok();
    }
    if (!WaitFor(connection.fd, state == SendState::kWantRead ? POLLIN : POLLOUT, limit)) {
      return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "client: response was read too slowly"};
    }
  }
}

SendState FlushUnsent(Connection& connection) {
  auto& unsent = connection.unsent;
  if (unsent.empty()) return SendState::kSent;
  std::array parts{PartOf(unsent.view())};
  std::span<iovec> left = parts;
  const auto state = SendSome(connection, left);
  unsent.Consume(unsent.size() - SizeOf(left));
  return state;
}

void SendNow(Connection& connection, std::string_view text) {
  // A client that cannot take a few hundred octets at once goes without them.
  const auto part = PartOf(text);
  [[maybe_unused]] const auto sent = TrySend(connection, {&part, 1});
}

void EndSending(Connection& connection) {
  if (connection.tls) connection.tls->SayGoodbye();
  ::shutdown(connection.fd, SHUT_WR);
}

iovec PartOf(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

void InputBuffer::Assign(std::string_view text) {
  begin_ = 0;
  end_ = text.size();
  if (!text.empty()) std::memcpy(data_.get(), text.data(), text.size());
}

std::span<char> InputBuffer::Space() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (begin_ > 0 && capacity_ - end_ < capacity_ / 2) {
    std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return {data_.get() + end_, capacity_ - end_};
}

}  // namespace sluice::http

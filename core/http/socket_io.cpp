// SPDX-License-Identifier: MIT
#include "core/http/socket_io.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sluice::http {
namespace {

sdk::Error Gone() { return {.code = sdk::Errc::kCancelled, .message = "client: connection closed"}; }

/// \returns  whether `events`, or an error that the next call will show, came within `limit`.
bool WaitFor(int fd, short events, std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + limit;
  pollfd entry{.fd = fd, .events = events, .revents = 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<long>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

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

}  // namespace

Received ReceiveNow(int fd, std::span<char> buffer) {
  while (true) {
    const auto size = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) return {ReceiveState::kData, static_cast<std::size_t>(size)};
    if (size == 0) return {ReceiveState::kEnd, 0};
    if (WouldBlock()) return {ReceiveState::kNothingYet, 0};
    if (errno != EINTR) return {ReceiveState::kError, 0};
  }
}

sdk::Result<std::size_t> ReceiveWithin(int fd, std::span<char> buffer, std::chrono::milliseconds limit) {
  while (true) {
    const auto received = ReceiveNow(fd, buffer);
    if (received.state == ReceiveState::kError) return Gone();
    if (received.state != ReceiveState::kNothingYet) return received.size;
    if (!WaitFor(fd, POLLIN, limit)) {
      return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "client: request body came too slowly"};
    }
  }
}

Sent TrySend(int fd, std::span<const iovec> parts) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  while (true) {
    const auto sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return {SendState::kSent, static_cast<std::size_t>(sent)};
    if (WouldBlock()) return {SendState::kWantWrite, 0};
    if (errno != EINTR) return {SendState::kBroken, 0};
  }
}

sdk::Status SendWithin(int fd, std::span<iovec> parts, std::chrono::milliseconds limit) {
  parts = Advance(parts, 0);
  while (!parts.empty()) {
    const auto sent = TrySend(fd, parts);
    if (sent.state == SendState::kBroken) return Gone();
    if (sent.state == SendState::kSent) {
      parts = Advance(parts, sent.size);
    } else if (!WaitFor(fd, sent.state == SendState::kWantRead ? POLLIN : POLLOUT, limit)) {
      return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "client: response was read too slowly"};
    }
  }
  return sdk::Ok();
}

void SendNow(int fd, std::string_view text) {
  // A client that cannot take a few hundred octets at once goes without them.
  [[maybe_unused]] const auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
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

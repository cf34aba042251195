// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Octets in and out of a non-blocking socket, with time limits. The one place that knows of TLS.

#include <sys/uio.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <sluice/sdk/result.hpp>
#include <span>
#include <string_view>

namespace sluice::http {

struct Connection;

enum class ReceiveState : std::uint8_t { kData, kNothingYet, kEnd, kError };
struct Received {
  ReceiveState state = ReceiveState::kError;
  std::size_t size = 0;
};
/// What is there now. Before you wait for the socket, receive until there is nothing: under TLS octets may have been
/// taken from it already. kEnd: the client's end; under TLS a cut is kError, only a close_notify is an end.
Received ReceiveNow(Connection& connection, std::span<char> buffer);
/// Whether octets were taken from the socket that nobody has received. Epoll does not know of them.
bool HasPending(const Connection& connection);
/// Whether there is anything to receive.
bool HasInput(const Connection& connection);
/// What is there now, under TLS still encrypted: for octets that nobody wants.
Received DropNow(const Connection& connection, std::span<char> scratch);
/// After ReceiveNow had nothing. \returns whether it may have something now, within `limit`.
bool WaitToReceive(Connection& connection, std::chrono::milliseconds limit);

enum class SendState : std::uint8_t { kSent, kWantWrite, kWantRead, kBroken };
struct Sent {
  SendState state = SendState::kBroken;
  std::size_t size = 0;  ///< kSent: octets taken, more than none; fewer than given when the socket is full.
};
/// What the socket takes now. \param parts  not all empty. After kWant…, the same octets, or those and more, must come
/// again.
Sent TrySend(Connection& connection, std::span<const iovec> parts);

/// What of a response may be left for a client that reads slowly.
struct Keeping {
  std::size_t most = 0;
  std::atomic<std::size_t>& total;  ///< Of all connections.
};

/// Sends what was kept before and then `parts`. Waits while more than `keeping.most` octets are left; those that are
/// left then are kept in `Connection::unsent`, for FlushUnsent. \param parts  used up. \param limit  between two writes
/// that made progress.
/// \returns  kDeadlineExceeded, kCancelled (client gone), kOverloaded (too much is kept for others).
sdk::Status SendWithin(Connection& connection, std::span<iovec> parts, std::chrono::milliseconds limit,
                       const Keeping& keeping);
/// Sends of `unsent` what the socket takes now. \returns kSent when nothing is left.
SendState FlushUnsent(Connection& connection);
/// Sends what the socket takes at once, for farewells.
void SendNow(Connection& connection, std::string_view text);
/// Tells the client that nothing more comes.
void EndSending(Connection& connection);
iovec PartOf(std::string_view text);

/// Received octets that are not used yet. One belongs to each worker; what is left over moves to the connection.
class InputBuffer {
 public:
  explicit InputBuffer(std::size_t capacity) : data_(new char[capacity]), capacity_(capacity) {}

  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void Consume(std::size_t size) { begin_ += size; }
  /// Empties the buffer and puts `text` into it. \param text  shorter than the capacity.
  void Assign(std::string_view text);
  /// Room behind the octets; moves them to the front when there is little.
  std::span<char> Space();
  void Grow(std::size_t size) { end_ += size; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sluice::http

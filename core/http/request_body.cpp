// SPDX-License-Identifier: MIT
#include "core/http/request_body.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/http/error_reply.hpp"

namespace sluice::http {
namespace {

struct Taken {
  std::string_view data;
  Fault fault = Fault::kNone;
};

/// Takes at most `max` body octets out of `input`, and the framing before them. The view is valid until `input`
/// changes.
Taken TakeBuffered(BodyState& body, InputBuffer& input, std::size_t max) {
  if (body.kind == BodyState::Kind::kLength) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>({body.left, input.view().size(), max}));
    const auto data = input.view().substr(0, size);
    input.Consume(size);
    body.left -= size;
    return {data, Fault::kNone};
  }
  // The decoder gives no more data than it is given octets.
  const auto step = body.chunks.Next(input.view().substr(0, max));
  input.Consume(step.consumed);
  return {step.data, step.fault};
}

sdk::Error Bad(Connection& connection, Fault fault) {
  connection.body_faulty = true;
  return {.code = sdk::Errc::kInvalidArgument, .message = "request body: " + std::string(MessageOf(fault))};
}

}  // namespace

sdk::Result<std::size_t> ReadBody(Connection& connection, InputBuffer& input, std::span<std::byte> buffer,
                                  std::chrono::milliseconds limit) {
  auto& body = connection.body;
  while (!body.done() && !buffer.empty()) {
    if (!input.empty()) {
      const auto taken = TakeBuffered(body, input, buffer.size());
      if (taken.fault != Fault::kNone) return Bad(connection, taken.fault);
      if (taken.data.empty()) continue;
      std::memcpy(buffer.data(), taken.data.data(), taken.data.size());
      return taken.data.size();
    }
    // A body of known length needs no decoding: it goes past the input buffer.
    const bool direct = body.kind == BodyState::Kind::kLength;
    const auto room = direct ? std::span(reinterpret_cast<char*>(buffer.data()),
                                         static_cast<std::size_t>(std::min<std::uint64_t>(body.left, buffer.size())))
                             : input.Space();
    auto received = ReceiveWithin(connection, room, limit);
    if (!received) {
      connection.body_faulty = true;
      if (received.error().code != sdk::Errc::kDeadlineExceeded) return std::move(received).error();
      return sdk::Error{.code = kBodyTooSlow, .message = "the request body came too slowly"};
    }
    if (*received == 0) {
      connection.body_faulty = true;
      return sdk::Error{.code = sdk::Errc::kCancelled, .message = "client: closed within the request body"};
    }
    if (direct) {
      body.left -= *received;
      return *received;
    }
    input.Grow(*received);
  }
  return std::size_t{0};
}

Discarded DiscardBody(Connection& connection, InputBuffer& input) {
  auto& body = connection.body;
  while (!body.done()) {
    if (connection.body_faulty) return Discarded::kBroken;
    if (input.empty()) {
      const auto received = ReceiveNow(connection, input.Space());
      if (received.state == ReceiveState::kNothingYet) return Discarded::kWaiting;
      if (received.state != ReceiveState::kData) return Discarded::kBroken;
      input.Grow(received.size);
    }
    if (connection.discard_left == 0) return Discarded::kTooMuch;
    const auto before = input.view().size();
    connection.body_faulty = TakeBuffered(body, input, connection.discard_left).fault != Fault::kNone;
    connection.discard_left -= static_cast<std::uint32_t>(before - input.view().size());
  }
  return Discarded::kAll;
}

}  // namespace sluice::http

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

sdk::Error BodyTooSlow(Connection& connection) {
  connection.body_faulty = true;
  return {.code = kBodyTooSlow, .message = "the request body came too slowly"};
}

sdk::Result<std::optional<std::size_t>> ReadBodyNow(Connection& connection, InputBuffer& input,
                                                    std::span<std::byte> buffer) {
  auto& body = connection.body;
  while (!body.done() && !buffer.empty()) {
    if (!input.empty()) {
      const auto taken = TakeBuffered(body, input, buffer.size());
      if (taken.fault != Fault::kNone) return Bad(connection, taken.fault);
      if (taken.data.empty()) continue;
      std::memcpy(buffer.data(), taken.data.data(), taken.data.size());
      return std::optional(taken.data.size());
    }
    // A body of known length needs no decoding: it goes past the input buffer.
    const bool direct = body.kind == BodyState::Kind::kLength;
    const auto room = direct ? std::span(reinterpret_cast<char*>(buffer.data()),
                                         static_cast<std::size_t>(std::min<std::uint64_t>(body.left, buffer.size())))
                             : input.Space();
    const auto received = ReceiveNow(connection, room);
    if (received.state == ReceiveState::kNothingYet) return std::optional<std::size_t>();
    if (received.state != ReceiveState::kData) {
      connection.body_faulty = true;
      return sdk::Error{.code = sdk::Errc::kCancelled, .message = "client: closed within the request body"};
    }
    if (direct) {
      body.left -= received.size;
      return std::optional(received.size);
    }
    input.Grow(received.size);
  }
  return std::optional(std::size_t{0});
}

sdk::Result<std::size_t> ReadBody(Connection& connection, InputBuffer& input, std::span<std::byte> buffer,
                                  std::chrono::milliseconds limit) {
  while (true) {
    const auto read = ReadBodyNow(connection, input, buffer);
    if (!read) return read.error();
    if (*read) return **read;
    if (!WaitToReceive(connection, limit)) return BodyTooSlow(connection);
  }
}

BodyAhead LookAhead(const BodyState& body, std::string_view input) {
  auto ahead = body;
  if (ahead.kind == BodyState::Kind::kLength) return {.whole = ahead.left <= input.size()};
  while (!ahead.done() && !input.empty()) {
    const auto step = ahead.chunks.Next(input);
    if (step.fault != Fault::kNone) return {.fault = step.fault};
    input.remove_prefix(step.consumed);
  }
  return {.whole = ahead.done()};
}

void DropBuffered(BodyState& body, InputBuffer& input) {
  auto fault = Fault::kNone;
  while (!body.done() && !input.empty() && fault == Fault::kNone) {
    fault = TakeBuffered(body, input, input.view().size()).fault;
  }
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

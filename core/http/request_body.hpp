// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Request bodies: read by a handler that waits, collected or dropped without waiting.

#include <chrono>
#include <cstddef>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <span>
#include <string_view>

#include "core/http/connection.hpp"
#include "core/http/socket_io.hpp"

namespace sluice::http {

/// The next octets of the connection's present body, from `input` first.
/// \param limit  between two reads that made progress.
/// \returns  0 at the end; kInvalidArgument (bad chunk; `connection.body_faulty` is set), kBodyTooSlow, kCancelled.
sdk::Result<std::size_t> ReadBody(Connection& connection, InputBuffer& input, std::span<std::byte> buffer,
                                  std::chrono::milliseconds limit);

/// The same without waiting. \returns  nothing: nothing has come, and `input` is empty.
sdk::Result<std::optional<std::size_t>> ReadBodyNow(Connection& connection, InputBuffer& input,
                                                    std::span<std::byte> buffer);

/// What a body that came too slowly ends with.
sdk::Error BodyTooSlow(Connection& connection);

/// How the part of a body that `input` holds looks; nothing of it is taken.
struct BodyAhead {
  bool whole = false;  ///< `input` holds its end.
  Fault fault = Fault::kNone;
};
BodyAhead LookAhead(const BodyState& body, std::string_view input);

/// Drops what `input` holds of the body, as far as its framing is right.
void DropBuffered(BodyState& body, InputBuffer& input);

enum class Discarded : std::uint8_t { kAll, kWaiting, kTooMuch, kBroken };
/// Drops what is there of the body, at most `connection.discard_left` octets.
Discarded DiscardBody(Connection& connection, InputBuffer& input);

}  // namespace sluice::http

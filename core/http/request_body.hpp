// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Request bodies: read by a handler that waits, or dropped without waiting.

#include <chrono>
#include <cstddef>
#include <sluice/sdk/result.hpp>
#include <span>

#include "core/http/connection.hpp"
#include "core/http/socket_io.hpp"

namespace sluice::http {

/// The next octets of the connection's present body, from `input` first.
/// \param limit  between two reads that made progress.
/// \returns  0 at the end; kInvalidArgument (bad chunk; `connection.body_faulty` is set), kBodyTooSlow, kCancelled.
sdk::Result<std::size_t> ReadBody(Connection& connection, InputBuffer& input, std::span<std::byte> buffer,
                                  std::chrono::milliseconds limit);

enum class Discarded : std::uint8_t { kAll, kWaiting, kTooMuch, kBroken };
/// Drops what is there of the body, at most `connection.discard_left` octets.
Discarded DiscardBody(Connection& connection, InputBuffer& input);

}  // namespace sluice::http

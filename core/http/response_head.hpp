// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Response heads as octets. What a handler sets cannot change the framing or start a second response.

#include <cstdint>
#include <functional>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/types.hpp>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// How the end of a response body is known.
enum class BodyMode : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

struct ResponseHead {
  BodyMode mode = BodyMode::kNone;
  std::optional<std::uint64_t> length;  ///< Announced; with kNone it is what a GET would have got.
  bool keep_alive = true;
  int request_minor = 1;  ///< HTTP/1.0 has to be told when the connection stays.
  std::string_view request_id;
};

/// What Content-Length says. \returns kInternal when there are several or one is no number.
sdk::Result<std::optional<std::uint64_t>> AnnouncedLength(std::span<const sdk::Header> fields);

/// Appends status line and fields: those given without hop-by-hop fields, Server, Content-Length and X-Request-Id, then
/// framing, Date (unless set), X-Request-Id.
/// \returns  kInternal for a field name that is no token, a value with a control character, or a status outside 200 to
///           999; nothing is appended then.
sdk::Status AppendHead(int status, std::span<const sdk::Header> fields, const ResponseHead& head, std::string& out);

/// Which fields a client may see, by name.
using FieldFilter = std::function<bool(std::string_view name)>;

/// Appends those field lines of a trailer section that may go on: not what has to be known before the body is (RFC 9110
/// §6.5.1: framing, credentials, controls, the content's format), and none that AppendHead would drop.
/// \param section  with the empty line at its end; anything else has no field lines.
void AppendTrailers(std::string_view section, const FieldFilter& visible, std::string& out);

/// A whole error reply that closes the connection, for requests that never become an exchange.
std::string FarewellReply(int status, std::string_view code, std::string_view message, std::string_view request_id);

}  // namespace sluice::http

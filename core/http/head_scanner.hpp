// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Strict syntax of HTTP/1 heads (RFC 9112): pure functions over octets, for requests and for responses. What they
/// accept has one meaning only; nothing is repaired. Threads: [any].

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sluice/sdk/types.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "core/http/fault.hpp"

namespace sluice::http {

/// Looks for the empty line that ends a head. Call it again with the same, longer buffer until it is not kIncomplete.
struct HeadEnd {
  enum class State : std::uint8_t { kIncomplete, kComplete, kFault };
  State state = State::kIncomplete;
  Fault fault = Fault::kNone;
  std::size_t size = 0;  ///< kComplete: octets of the head, the empty line included.
};
/// \param scanned  octets of `buffer` already looked at; 0 at first, kept by the caller between calls.
HeadEnd FindHeadEnd(std::string_view buffer, std::size_t& scanned);

/// Views into the scanned buffer.
struct RequestLine {
  std::string_view method;
  std::string_view target;
  int minor = 1;  ///< HTTP/1.minor
};
/// \param line  without CRLF. \returns kStartLine, kVersion (not HTTP/1.x), kMethod, kTarget.
Fault ScanRequestLine(std::string_view line, RequestLine& out);

struct StatusLine {
  int minor = 1;
  int status = 0;           ///< 100 to 999.
  std::string_view reason;  ///< May be empty.
};
/// \param line  without CRLF. \returns kStartLine, kVersion.
Fault ScanStatusLine(std::string_view line, StatusLine& out);

/// Field lines up to and including the empty line.
/// \param block   what follows the start line, as long as FindHeadEnd says.
/// \param fields  filled with views into `block`, values without white space around them, in order; names as sent.
/// \returns  kFieldName, kSpaceBeforeColon, kFieldValue, kObsoleteFold, kTooManyFields, kBareLineFeed,
///           kBareCarriageReturn.
Fault ScanFields(std::string_view block, std::size_t max_fields, std::vector<sdk::Field>& fields);

/// A head cut into its start line and its field block. \returns kBareLineFeed when there is no CRLF.
struct HeadParts {
  std::string_view start_line;
  std::string_view field_block;
};
Fault SplitHead(std::string_view head, HeadParts& out);

/// How long the body is, as the fields say. Neither: none (request), or until the connection closes (response).
struct Framing {
  bool chunked = false;
  std::optional<std::uint64_t> length;
};
/// \returns  kContentLength, kLengthWithCoding, kTransferEncoding, kUnknownCoding.
Fault ScanFraming(std::span<const sdk::Field> fields, Framing& out);

/// Digits only, at most 2^63 - 1.
std::optional<std::uint64_t> ParseLength(std::string_view text);
/// ASCII only.
bool EqualNoCaseOfOneLength(const char* a, const char* b, std::size_t length);
inline bool EqualNoCase(std::string_view a, std::string_view b) {
  // Most names differ in their length or first letter.
  if (a.size() != b.size() || a.empty()) return a.size() == b.size();
  return ((a[0] ^ b[0]) & ~0x20) == 0 && EqualNoCaseOfOneLength(a.data(), b.data(), a.size());
}
bool IsToken(std::string_view text);
/// HTAB, SP, visible ASCII and obs-text: what a field value may have.
bool IsFieldValue(std::string_view text);
std::string_view TrimSpace(std::string_view text);
/// First field of that name (no case), or null.
const sdk::Field* FindField(std::span<const sdk::Field> fields, std::string_view name);
/// Whether a comma-separated list has `token` (no case), as in Connection.
bool ListHas(std::string_view list, std::string_view token);

}  // namespace sluice::http

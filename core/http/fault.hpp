// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Fault: why a message is refused. Shared by the head scanner, the chunk decoder and the request checks.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

enum class Fault : std::uint8_t {
  kNone,
  kBareLineFeed,        ///< LF without CR before it.
  kBareCarriageReturn,  ///< CR without LF after it.
  kStartLine,           ///< Not "method SP target SP version", or not "version SP status …".
  kVersion,             ///< Not HTTP/1.x.
  kFieldName,           ///< Empty, no token, or no colon.
  kSpaceBeforeColon,
  kFieldValue,    ///< A control character.
  kObsoleteFold,  ///< A line that starts with white space.
  kTooManyFields,
  kHeadTooLarge,
  kLineTooLong,       ///< Request line.
  kContentLength,     ///< More than one, no number, or too large.
  kLengthWithCoding,  ///< Content-Length beside Transfer-Encoding.
  kTransferEncoding,  ///< Chunked is not last or not alone, or HTTP/1.0.
  kUnknownCoding,
  kHostMissing,
  kHost,          ///< More than one, or no host name.
  kHostMismatch,  ///< Absolute-form target for another authority than Host.
  kTarget,        ///< Form, escapes, or octets that a target may not have.
  kMethod,        ///< CONNECT, or no token.
  kExpectation,
  kChunkSize,
  kChunkExtension,  ///< Too long, or a control character.
  kChunkEnd,        ///< No CRLF after the data of a chunk.
  kTrailer,         ///< Too long, or no field line.
};

inline constexpr std::size_t kFaultCount = static_cast<std::size_t>(Fault::kTrailer) + 1;

/// Stable snake_case, for metrics: "bare_line_feed".
std::string_view ReasonOf(Fault fault);
/// One sentence for the reply; never shows what was sent.
std::string_view MessageOf(Fault fault);

}  // namespace sluice::http

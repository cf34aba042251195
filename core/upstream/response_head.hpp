// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ResponseHead: what an origin's head says, read strictly (RFC 9112), and how its body is framed.

#include <cstdint>
#include <optional>
#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/fault.hpp"

namespace sluice::upstream {

enum class BodyKind : std::uint8_t { kNone, kLength, kChunked, kClose };

struct BodyFraming {
  BodyKind kind = BodyKind::kNone;
  std::uint64_t length = 0;  ///< kLength: octets that are still to come.
};

struct ResponseHead {
  int status = 0;
  std::string reason;
  std::vector<sdk::Header> headers;  ///< End-to-end fields.
  std::optional<std::uint64_t> announced_length;
  BodyFraming framing;
  bool keep_alive = false;  ///< As far as the head goes; kClose never is.
};

inline constexpr std::size_t kMaxHeadBytes = 64 * 1024;
inline constexpr std::size_t kMaxFields = 200;

/// \param head     with the empty line at its end.
/// \param to_head  the request was HEAD: no body follows, whatever is announced.
/// \returns  kStartLine, kVersion, a fault of the fields, or a fault of the framing: two different lengths, length
///           beside a coding, a coding other than chunked, a coding in HTTP/1.0.
http::Fault ParseResponseHead(std::string_view head, bool to_head, ResponseHead& out);

}  // namespace sluice::upstream

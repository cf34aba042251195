// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a request means, once its syntax is known: framing, authority, target, persistence. Pure. Threads: [any].

#include <cstddef>
#include <cstdint>
#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/fault.hpp"
#include "core/http/head_scanner.hpp"

namespace sluice::http {

struct HeadLimits {
  std::size_t max_line_bytes = 16 * 1024;
  std::size_t max_head_bytes = 32 * 1024;  ///< Request line and fields, the empty line included.
  std::size_t max_fields = 100;
};

/// A request head that has one meaning. Views point into the scanned octets.
struct CheckedRequest {
  std::string_view method;
  std::string_view path;   ///< Starts with "/", or "*" of OPTIONS. An absolute-form target is cut down to its path.
  std::string_view query;  ///< Without "?".
  std::string host;        ///< Lower case, without port; IPv6 in brackets. Empty: HTTP/1.0 without Host.
  int minor = 1;
  bool keep_alive = true;
  bool expects_continue = false;
  Framing framing;
  std::vector<sdk::Field> fields;
};

/// Reads and checks one head (RFC 9112, design 7.8).
/// \param head  as long as FindHeadEnd says. \param out  may be used again; it is emptied first.
Fault CheckRequest(std::string_view head, const HeadLimits& limits, CheckedRequest& out);

/// "name", "name:port", "1.2.3.4", "[::1]:8080". \param port  -1 when there is none.
bool ParseAuthority(std::string_view text, std::string_view& host, int& port);

/// HTTP status that says `fault` to a client: 400, 414, 417, 431, 501 or 505.
int StatusOf(Fault fault);

}  // namespace sluice::http

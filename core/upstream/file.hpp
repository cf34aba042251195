// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// `file:` sources: a local file answered as an HTTP origin would (Range, If-Range, validators, types).

#include "core/upstream/client.hpp"

namespace sluice::upstream {

/// \param request  method GET or HEAD, url "file:///…" (percent-encoded, RFC 8089); Range, If-Range, If-None-Match and
///                 If-Modified-Since are honoured (RFC 9110 §13, §14).
/// \returns  a response with status 200, 206, 304 or 416; kNotFound, kPermissionDenied (no regular file, or not
///           readable), kInvalidArgument.
sdk::Result<Response> FetchFile(const Request& request);

/// Media type by extension, or "application/octet-stream".
std::string_view ContentTypeOf(std::string_view path);

}  // namespace sluice::upstream

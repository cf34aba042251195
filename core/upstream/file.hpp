// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// `file:` sources: a local file answered as an HTTP origin would (Range, If-Range, validators, types).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/net/file_descriptor.hpp"
#include "core/upstream/client.hpp"

namespace sluice::upstream {

/// \param request  method GET or HEAD, url "file:///…" (percent-encoded, RFC 8089); Range, If-Range, If-None-Match and
///                 If-Modified-Since are honoured (RFC 9110 §13, §14).
/// \returns  a response with status 200, 206, 304 or 416; kNotFound, kPermissionDenied (no regular file, or not
///           readable), kInvalidArgument.
sdk::Result<Response> FetchFile(const Request& request);

/// The part of a file that a response's body is.
struct FilePart {
  net::FileDescriptor file;
  std::uint64_t first = 0;
  std::uint64_t length = 0;

  /// The next octets, which are taken off the part.
  /// \returns  how many, 0 at the end; nothing: they cannot be read, or the file has become shorter.
  std::optional<std::size_t> Read(std::span<std::byte> buffer);
};

/// Takes the file of a response that is not read to its end. Its body is empty then.
/// \returns  nothing for a body that comes over a connection, and for none.
std::optional<FilePart> ReleaseFile(Response& response);

/// Media type by extension, or "application/octet-stream".
std::string_view ContentTypeOf(std::string_view path);

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// DetachedResponse: the client's end of a response whose head is made and whose body somebody else sends.

#include <sys/uio.h>

#include <chrono>
#include <span>
#include <string_view>

#include "core/http/response_head.hpp"
#include "core/http/socket_io.hpp"

namespace sluice::http {

/// Holds the connection. Destroying it without Complete breaks the connection off, so that the client never takes a
/// part for the whole. The server's Stop waits for every one of them. Threads: one at a time, any.
class DetachedResponse {
 public:
  virtual ~DetachedResponse() = default;

  /// For epoll, and for splice unless `secure`. Non-blocking.
  virtual int fd() const = 0;
  /// TLS: octets go through Send only, and Send may have to wait for the socket to become readable.
  virtual bool secure() const = 0;
  /// kLength, kChunked or kUntilClose: how whoever sends the body has to frame it.
  virtual BodyMode mode() const = 0;
  /// mode() is kChunked, and the client said that it reads fields behind the last chunk (`TE: trailers`).
  virtual bool takes_trailers() const = 0;
  /// Not sent yet; goes before the body.
  virtual std::string_view head() const = 0;
  /// Longest wait for the client to take anything.
  virtual std::chrono::milliseconds write_timeout() const = 0;

  /// What the socket takes now; under TLS one record at most.
  /// \param parts  not all empty. After kWant…, the same octets, or those and more, must come again, wherever they
  ///               stand by then: TLS has made a record of them.
  virtual Sent Send(std::span<const iovec> parts) = 0;
  /// Head and body were sent whole. The connection goes on to its next request, or is closed in order.
  virtual void Complete() = 0;
};

}  // namespace sluice::http

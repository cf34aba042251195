// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Bodies of responses that come over a connection, and the way to take that connection over.

#include <chrono>
#include <memory>
#include <optional>
#include <sluice/sdk/call.hpp>
#include <string>

#include "core/http/chunked.hpp"
#include "core/upstream/client.hpp"
#include "core/upstream/connection.hpp"
#include "core/upstream/response_head.hpp"

namespace sluice::upstream {

class Metrics;
class Pool;
struct Failure;

/// What bodies need of the client; it outlives them.
struct Shared {
  Pool& pool;
  Metrics& metrics;
};

/// A response body as it stands on the wire, for whoever moves octets without Read.
struct RawBody {
  std::unique_ptr<Connection> connection;
  std::string buffered;        ///< Already read from the connection; comes before what is still on it.
  BodyFraming framing;         ///< Of `buffered` and what follows; length: octets left of both.
  http::ChunkDecoder decoder;  ///< kChunked: where in the coding `buffered` starts.
  bool keep_alive = false;     ///< Once the body is read to its end, the connection may go to ReturnConnection.
  std::optional<Shared> shared = std::nullopt;  ///< Of the client that made the connection; set by ReleaseRaw.
};

struct BodyLimits {
  std::chrono::milliseconds read_timeout{};
  Clock::time_point deadline = Clock::time_point::max();
};

/// Made with the connection of an exchange; gives it back to the pool at the end of the body.
class NetworkBody final : public Body {
 public:
  NetworkBody(RawBody raw, const sdk::Call& call, BodyLimits limits, Shared shared);

  sdk::Result<std::size_t> Read(std::span<std::byte> buffer) override;
  std::optional<sdk::Result<std::size_t>> ReadNow(std::span<std::byte> buffer) override;
  Awaited awaited() const override { return {raw_.connection->fd(), events_, until_}; }
  std::uint64_t ready_bytes() const override;
  /// Gives up the connection; Read then fails. \returns nothing at the end of the body or after a failure.
  std::optional<RawBody> Release();

 private:
  using Now = std::optional<sdk::Result<std::size_t>>;

  Now ReadRaw(std::span<std::byte> buffer, bool end_is_fault);
  Now ReadChunked(std::span<std::byte> buffer);
  sdk::Error Break(Failure failure);
  void Finish();

  RawBody raw_;
  const sdk::Call& call_;
  const BodyLimits limits_;
  Shared shared_;
  std::optional<sdk::Error> failure_;
  // Of the wait that goes on.
  bool waits_ = false;
  short events_ = 0;
  Clock::time_point until_{};
};

/// Takes the connection of a response that is not read to its end. Reading the response's body then fails.
/// \returns  nothing for a body without a connection: a file, none, or one that is done.
std::optional<RawBody> ReleaseRaw(Response& response);

/// To the pool, if it may be used again. \param connection  at the end of a body, nothing read past it.
void ReturnConnection(std::unique_ptr<Connection> connection, bool keep_alive, const Shared& shared);

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The HTTP server: listeners, parked connections, workers. Requests come to one Handler on a worker thread.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/types.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/net/certificate.hpp"
#include "core/net/file_descriptor.hpp"

namespace prometheus {
class Registry;
}

namespace sluice::http {

class DetachedResponse;

struct ListenerOptions {
  std::string name;
  std::string address;  ///< "127.0.0.1:8080", "[::]:8080"; port 0 takes a free one.
  std::uint32_t max_connections = 20000;
  std::optional<net::CertificateFiles> tls = {};  ///< Nothing: plain.
};

/// A request that no handler has seen, because something was wrong with it. Views live for the call.
struct RefusedRequest {
  std::string_view request_id;
  std::string_view listener;
  std::string_view client_ip;  ///< The peer's: no field of the request was believed.
  int status = 0;              ///< As sent.
  std::string_view reason;     ///< Stable snake_case: ReasonOf its fault, or "head_timeout".
};

struct ServerOptions {
  std::vector<ListenerOptions> listeners;
  std::uint32_t workers = 64;
  std::uint32_t max_head_bytes = 32 * 1024;
  std::uint32_t max_headers = 100;
  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds write_timeout{60'000};
  std::function<void(const RefusedRequest&)> on_refused = {};  ///< [any]. May be empty.
  std::vector<std::string> trusted_proxies;  ///< CIDRs; X-Forwarded-For is believed from these peers only.
};

/// Why a server does not start.
struct StartFault {
  enum class At : std::uint8_t { kServer, kAddress, kCertificate, kPrivateKey };
  At at = At::kServer;
  std::string listener;  ///< Whose address or file it is. Of the server: empty.
  std::string message;   ///< "cannot listen on 127.0.0.1:80: Permission denied"
};

/// What a handler says of its response.
struct ReplyHead {
  int status = 200;
  std::span<const sdk::Header> fields = {};
  std::optional<std::uint64_t> length = {};  ///< Of the body. Nothing: what a Content-Length of `fields` says, if any.
};

/// After how long somebody looks whether the client of a suspended request is still there.
inline constexpr std::chrono::milliseconds kLookAround{250};
/// The next look comes no later, ticks included.
inline constexpr std::chrono::milliseconds kNextLook = 2 * kLookAround;

/// What goes on with a request that was suspended. Threads: one at a time, any.
class Continuation {
 public:
  virtual ~Continuation() = default;
  /// As the handler did: answers, or suspends the request again. Called once.
  /// \param self  this.
  virtual void Resume(std::unique_ptr<Continuation> self) = 0;
};

/// One request in service. Lives until the handler returns, or the last continuation of it. Threads: one at a time,
/// except ClientGone.
class ServerExchange {
 public:
  virtual ~ServerExchange() = default;

  // The request, already checked (design 7.8).
  virtual const std::string& method() const = 0;
  virtual int minor() const = 0;  ///< HTTP/1.minor.
  virtual const std::vector<sdk::Header>& fields() const = 0;
  virtual std::string_view path() const = 0;   ///< Raw, starts with "/"; without the query. Of "OPTIONS *": "*".
  virtual std::string_view query() const = 0;  ///< Raw, without "?".
  virtual std::string_view host() const = 0;   ///< Lower case, without port; empty in HTTP/1.0 without Host.
  virtual std::string_view listener() const = 0;
  virtual std::string_view client_ip() const = 0;   ///< The viewer's, trusted proxies seen through.
  virtual bool secure() const = 0;                  ///< TLS all the way from the viewer, as far as can be known.
  virtual std::string_view request_id() const = 0;  ///< Taken from X-Request-Id when well-formed, else made.
  virtual std::chrono::steady_clock::time_point received_at() const = 0;  ///< When the head was complete.

  /// The next octets of the request body. Sends "100 Continue" first when it was asked for.
  /// \returns  0 at the end; kInvalidArgument (bad chunk), kBodyTooSlow, kCancelled (client gone).
  virtual sdk::Result<std::size_t> ReadBody(std::span<std::byte> buffer) = 0;
  /// The whole body. \returns  kBodyTooLarge with the limit when it is longer; otherwise as ReadBody.
  virtual sdk::Result<std::string> ReadBody(std::size_t max_bytes) = 0;
  /// Takes in what has come of the body, without waiting. Afterwards the body is read whole, or not at all.
  /// \returns  true: ReadBody(max_bytes) answers at once, or has to wait because the request cannot be suspended.
  ///           false: SuspendForBody may be called.
  virtual bool CollectBody(std::size_t max_bytes) = 0;
  /// After CollectBody had false: lets the worker go. The handler returns without an answer, and a worker calls `then`
  /// when the body is whole, too long or broken off, or when it comes too slowly: nothing for `body_timeout`, or less
  /// than 1 KiB/s on the whole once it has taken that long.
  virtual void SuspendForBody(std::size_t max_bytes, std::unique_ptr<Continuation> then) = 0;

  /// Makes the response head, once; it leaves with the first octets of the body, with Finish, or with an empty Write.
  /// When the request's body has neither been read nor come, the connection ends with the response.
  /// Adds Date, X-Request-Id and the framing: Content-Length as the response says it; otherwise chunks (HTTP/1.1) or
  /// close (1.0). HEAD, 204 and 304 get no body: Write then drops what it is given. Hop-by-hop fields and Server are
  /// dropped.
  /// \returns  kInternal for a field with a control character, several lengths, or a status below 200: nothing is sent,
  ///           and another head may be started.
  virtual sdk::Status Start(const ReplyHead& head) = 0;
  /// Blocks while the client is slow and more than 64 KiB wait for it. \returns kCancelled when it is gone,
  /// kDeadlineExceeded past write_timeout, kInternal past the announced length.
  virtual sdk::Status Write(std::span<const std::byte> chunk) = 0;
  /// Ends the body. A handler that returns without Finish, or short of the announced length, breaks the connection, so
  /// that the client never takes a part for the whole.
  virtual sdk::Status Finish() = 0;
  /// From here on Write does not wait for the client: what that does not take is kept, however much it is. For bodies
  /// that are in memory anyway.
  virtual void KeepAll() = 0;
  /// Start, Write, Finish in one send, with KeepAll; Content-Length is set.
  virtual sdk::Status Reply(const ReplyHead& head, std::string_view body) = 0;

  /// Whether Detach may be called: the response has started, has a body and nothing of it was sent.
  /// What has not come of the request's body is dropped then, and the connection closed after the response.
  virtual bool CanDetach() const = 0;
  /// Takes the rest of the response to another thread. Afterwards nothing else of this exchange may be called, and the
  /// handler returns.
  virtual std::unique_ptr<DetachedResponse> Detach() = 0;

  /// Whether Suspend may be called: the response has not started, the server goes on.
  virtual bool CanSuspend() const = 0;
  /// Lets the worker go. The handler returns without an answer, and a worker calls `then` when `fd` can be read or has
  /// failed, when the client has gone, at most kNextLook before `until`, or for no reason at all. It is late where
  /// less time than that is left: wait for that instead.
  /// \param fd  open until then; nobody else waits for it in the meantime.
  virtual void Suspend(int fd, std::chrono::steady_clock::time_point until, std::unique_ptr<Continuation> then) = 0;

  virtual bool started() const = 0;
  virtual int status() const = 0;  ///< As sent; 0: nothing yet.
  virtual std::uint64_t body_bytes_sent() const = 0;
  /// When the response head was sent; the epoch: not yet.
  virtual std::chrono::steady_clock::time_point head_sent_at() const = 0;
  /// The connection is not used again after this exchange.
  virtual void CloseAfter() = 0;
  /// Whether the client closed its end. [any]
  virtual bool ClientGone() const = 0;
  /// Another descriptor of the client's connection: shutdown(2) on it ends that, whoever is using it. None when there
  /// is no descriptor left.
  virtual net::FileDescriptor Cutter() const = 0;

  /// First request field of that name (no case), or null.
  const std::string* FindField(std::string_view name) const;
};

using Handler = std::function<void(ServerExchange&)>;

/// Threads: Start, Drain, Stop by one thread; the rest [any].
class Server {
 public:
  /// \param handler  called by many workers at once; what it throws becomes 500 and a log line.
  Server(ServerOptions options, Handler handler, prometheus::Registry& registry);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds every listener, or none. \returns  why not, for each listener that cannot be; empty: the server runs.
  [[nodiscard]] std::vector<StartFault> Start();
  /// Port that `listener` is bound to; 0 when there is none of that name.
  std::uint16_t Port(std::string_view listener) const;
  /// Refuses new connections, closes parked ones, waits for requests in flight.
  /// \returns  whether all were done within `grace`.
  bool Drain(std::chrono::milliseconds grace);
  /// Cuts what is left and joins the workers.
  void Stop();

  std::size_t connections() const;
  std::size_t parked() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http

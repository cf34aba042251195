// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The one way out of the process: every HTTP request that the server or a plugin makes.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/upstream/wait.hpp"

namespace prometheus {
class Registry;
}

namespace sluice::upstream {

class Fetching;
class Pacer;
class Profile;
class Resolver;

struct ClientOptions {
  /// Hosts, host:port or CIDRs (with or without port) exempt from the address guard.
  std::vector<std::string> trusted = {};
  /// The same, never connected to, trusted or not.
  std::vector<std::string> denied = {};
  /// "443", "8000-8999": ports of upstreams that are not trusted. Empty: any.
  std::vector<std::string> ports = {};
  std::string ca_file = {};  ///< PEM; empty: the system's.
  std::uint32_t max_idle_per_origin = 32;
  std::chrono::milliseconds idle_timeout{30'000};
  /// For requests without a profile of their own, and plugins' API calls. Null: direct, `ca_file`, one attempt.
  std::shared_ptr<const Profile> profile = {};
};

struct Request {
  std::string method = "GET";
  std::string url = {};                   ///< http, https; sent as it is written: no escape is added or removed.
  std::vector<sdk::Header> headers = {};  ///< Host, framing and hop-by-hop fields are ours. Credentials are dropped on
                                          ///< redirects to another origin.
  std::string_view body = {};
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds read_timeout{30'000};  ///< Between two reads that made progress.
  std::uint32_t max_redirects = 0;  ///< 0: a redirect is an answer like any other. More than that: kUpstreamFailed.
  /// For the whole exchange, body included. The call's deadline ends with the head.
  std::chrono::steady_clock::time_point body_deadline = std::chrono::steady_clock::time_point::max();
  /// How it leaves; must outlive the response. Null: the client's default.
  const Profile* profile = nullptr;
  /// Whom the profile's TLS options speak of, as OriginOf says it; empty: the URL's origin. Redirects and links may
  /// lead to others.
  std::string home = {};
  /// Asked before each redirect is followed, with where it leads: fields to send there, in place of those of the same
  /// name, or why not to go. Empty: what is found on the way is followed.
  std::function<sdk::Result<std::vector<sdk::Header>>(std::string_view url)> on_redirect = {};
};

/// The body of a response while it arrives. Threads: one at a time.
struct Body {
  virtual ~Body() = default;
  /// \returns  0 at the end; kUpstreamFailed when it broke off, kDeadlineExceeded past read_timeout, kCancelled.
  virtual sdk::Result<std::size_t> Read(std::span<std::byte> buffer) = 0;
  /// As Read, without waiting for an origin. \returns  nothing: there is nothing yet; wait for what is awaited().
  virtual std::optional<sdk::Result<std::size_t>> ReadNow(std::span<std::byte> buffer) { return Read(buffer); }
  /// \pre  the last ReadNow returned nothing.
  virtual Awaited awaited() const { return {}; }
  /// All that Read would still give, where it lies in memory as one piece. Good for as long as the body.
  virtual std::optional<std::string_view> at_hand() const { return std::nullopt; }
  /// How many octets Read gives without waiting for anybody, at the least.
  virtual std::uint64_t ready_bytes() const { return 0; }
};

struct Response {
  int status = 0;
  std::string reason = {};
  std::string url = {};                   ///< Where it was finally retrieved from; without fragment.
  std::vector<sdk::Header> headers = {};  ///< End-to-end fields only; Content-Length is one of them.
  /// Of the body that follows; none when not known beforehand. After HEAD and in a 304: of the body of a GET.
  std::optional<std::uint64_t> content_length = {};
  std::unique_ptr<Body> body = {};  ///< Never null. Destroying it early closes the connection.

  /// First field of that name (no case), or empty.
  std::string_view Header(std::string_view name) const;
};

/// What a client is made of, for tests. Null: the real ones.
struct ClientParts {
  std::unique_ptr<Resolver> resolver;  ///< Asked for every name that is not remembered.
  std::unique_ptr<Pacer> pacer;
  std::chrono::milliseconds names_live{10'000};  ///< How long answers of the resolver are remembered.

  ClientParts();
  ClientParts(ClientParts&&) noexcept;
  ~ClientParts();
};

/// Threads: [any]. Lives longer than every Response it made.
class Client {
 public:
  /// Options that Validate refuses fail closed: nothing is trusted, no TLS is spoken.
  Client(ClientOptions options, prometheus::Registry& registry);
  Client(ClientOptions options, prometheus::Registry& registry, ClientParts parts);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// \returns  kInvalidArgument for the first entry of `trusted` that cannot be read, or for `ca_file`.
  static sdk::Status Validate(const ClientOptions& options);

  /// Sends a request and waits for the response head, until the call's deadline; the body may take longer.
  /// `call` (its cancelled(), not its deadline) is used again by the body's reads: it must outlive the response.
  /// \returns  kInvalidArgument (URL), kPermissionDenied (address guard), kUpstreamFailed, kDeadlineExceeded,
  ///           kCancelled. The message names host and port, never query, credentials or resolved address.
  sdk::Result<Response> Fetch(const sdk::Call& call, const Request& request);
  /// The same without waiting for an origin to begin its answer. \param request  outlives what is returned.
  std::unique_ptr<Fetching> Begin(const sdk::Call& call, const Request& request);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the host offers to plugins. Core and the SDK's fake host implement these; plugins get them from `Host`.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk {

enum class LogLevel : std::uint32_t { kTrace, kDebug, kInfo, kWarning, kError };

/// "sluice.log/1": structured log. The host adds time, plugin, component and request id, and redacts known secrets.
/// Threads: [any].
struct LogService {
  virtual bool Enabled(LogLevel level) const noexcept = 0;
  /// \param message  one constant sentence; what varies goes into `fields`.
  virtual void Write(LogLevel level, std::string_view message, std::span<const Field> fields) noexcept = 0;

 protected:
  ~LogService() = default;
};

enum class MetricKind : std::uint32_t { kCounter, kGauge, kHistogram };

/// "sluice.metrics/1": Prometheus metrics named `sluice_plugin_<type>_<name>`, labelled with the component's name.
/// Threads: Declare [control]; Record [any].
struct MetricsService {
  using Id = std::uint32_t;
  /// \param name    [a-z][a-z0-9_]*, with its unit: "fetch_seconds"; a counter ends in "_total".
  /// \param labels  names of at most 4 labels. The host keeps at most 100 label sets a metric; further ones are counted
  ///                under the value "other".
  /// \returns  kInvalidArgument for a bad name, or one declared before with another kind or labels.
  virtual Result<Id> Declare(MetricKind kind, std::string_view name, std::string_view help,
                             std::span<const std::string_view> labels) = 0;
  /// Adds `value` to a counter, sets a gauge, observes it in a histogram. `values` in the order of the labels.
  virtual void Record(Id metric, double value, std::span<const std::string_view> values) noexcept = 0;

 protected:
  ~MetricsService() = default;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url{};  ///< Absolute, http or https.
  std::vector<Header> headers{};
  std::string body{};
  std::chrono::milliseconds timeout{10'000};     ///< For the whole exchange; the call's deadline holds as well.
  std::uint32_t max_redirects = 0;               ///< 0: a redirect is an answer like any other.
  std::size_t max_body_bytes = 8 * 1024 * 1024;  ///< A longer body is kUpstreamFailed. Streams ignore it.
};

struct HttpResponse {
  int status = 0;
  std::string url{};  ///< Where it was finally retrieved from.
  std::vector<Header> headers{};
  std::string body{};
};

/// Receives a response while it arrives.
struct HttpSink : ByteSink {
  /// Once, before the first Write. An error ends the exchange.
  virtual Status Start(const HttpResponse& head) = 0;

 protected:
  ~HttpSink() = default;
};

/// "sluice.http/1": the one way out of the process: pooled, guarded against private addresses, with TLS verified.
/// An HTTP status is never an error here: only a missing or broken answer is.
/// \returns  kInvalidArgument (URL), kPermissionDenied (address guard), kUpstreamFailed, kDeadlineExceeded, kCancelled.
/// Threads: [any].
struct HttpService {
  virtual Result<HttpResponse> Send(const Call& call, const HttpRequest& request) = 0;
  virtual Status Stream(const Call& call, const HttpRequest& request, HttpSink& sink) = 0;

 protected:
  ~HttpService() = default;
};

/// "sluice.kv/1": small values with a time to live, in a name space of the component's own. Shared by all instances of
/// the server when the cache is. Keys 1 to 512 bytes, values up to 1 MiB.
/// \returns  kInvalidArgument (too long), kUpstreamFailed (cache server away).
/// Threads: [any].
struct KvService {
  virtual Result<std::optional<std::string>> Get(const Call& call, std::string_view key) = 0;
  /// \param ttl  0: until it is erased, or dropped for want of room.
  virtual Status Put(const Call& call, std::string_view key, std::string_view value, std::chrono::seconds ttl) = 0;
  /// Stores only if the present value equals `expected` (nothing: only if there is none). \returns whether it did.
  virtual Result<bool> PutIf(const Call& call, std::string_view key, std::optional<std::string_view> expected,
                             std::string_view value, std::chrono::seconds ttl) = 0;
  virtual Status Erase(const Call& call, std::string_view key) = 0;

 protected:
  ~KvService() = default;
};

/// "sluice.clock/1": the time, so that tests can set it. Threads: [any].
struct ClockService {
  virtual std::chrono::system_clock::time_point Now() const noexcept = 0;
  virtual std::chrono::steady_clock::time_point Steady() const noexcept = 0;

 protected:
  ~ClockService() = default;
};

/// "sluice.secrets/1": cryptography with the server's key, separated by component. Threads: [any].
struct SecretsService {
  /// Encrypts with AES-256-GCM. \param context  bound to the result; Open must name the same.
  virtual Result<std::string> Seal(std::string_view plaintext, std::string_view context) = 0;
  /// \returns  kInvalidArgument when `sealed` was not made by Seal with this context, or was changed.
  virtual Result<std::string> Open(std::string_view sealed, std::string_view context) = 0;
  /// Whether two secrets are equal, in time that depends on neither's content.
  virtual bool Equal(std::string_view a, std::string_view b) const noexcept = 0;
  /// A keyed hash (HMAC-SHA256) as 32 lower-case hex digits: names a secret without showing it.
  virtual std::string Fingerprint(std::string_view secret) = 0;
  /// Cryptographically random octets. \param size  1 to 4096.
  virtual std::string Random(std::size_t size) = 0;
  /// Encrypts with AES-256-SIV (RFC 5297): equal plaintexts give equal results, so that URLs made of them stay the
  /// same. \param plaintext  at least one octet.
  virtual Result<std::string> SealDeterministic(std::string_view plaintext) = 0;
  /// \returns  kInvalidArgument when `sealed` was not made by SealDeterministic, or was changed.
  virtual Result<std::string> OpenDeterministic(std::string_view sealed) = 0;
  /// Keeps a secret, encrypted, where every component finds it, as one endpoint is given what others need.
  /// \param name  1 to 256 octets, not secret: "clearkey:<key id>". \param secret  at most 64 KiB.
  /// \param ttl   0: until it is forgotten, or dropped for want of room.
  virtual Status Keep(const Call& call, std::string_view name, std::string_view secret, std::chrono::seconds ttl) = 0;
  /// \returns  nothing when none of that name is kept; kUpstreamFailed (cache server away).
  virtual Result<std::optional<std::string>> Recall(const Call& call, std::string_view name) = 0;
  virtual Status Forget(const Call& call, std::string_view name) = 0;

 protected:
  ~SecretsService() = default;
};

/// "sluice.links/1": URLs under which the gateway serves something else, authentic, encrypted and expiring.
/// Threads: [any].
struct LinksService {
  /// \param pipeline  which pipeline fetches the link: its resolver is asked by ResolveChild.
  /// \param subject   whom the link lets in, as `Principal::subject`.
  /// \returns  a path that starts with "/"; the same for the same arguments within one expiry bucket (an hour).
  ///           kNotFound for an unknown pipeline, kInvalidArgument for a URL that cannot be fetched.
  virtual Result<std::string> Mint(std::string_view pipeline, std::string_view url, LinkKind kind,
                                   std::string_view context, std::string_view subject, std::chrono::seconds ttl) = 0;

 protected:
  ~LinksService() = default;
};

/// "sluice.admin/1": what the server knows of itself. Answers are JSON documents described in docs/operating.md.
/// Threads: [any].
struct AdminService {
  /// \param topic  "plugins", "pipelines", "principals", "config" (secrets masked) or "reload" (the last reload and its
  ///               faults).
  /// \returns  kNotFound for another topic.
  virtual Result<std::string> Query(std::string_view topic) = 0;
  /// Reads the configuration again and swaps it in. \returns kInvalidArgument with the first fault: what ran, runs on.
  virtual Status Reload() = 0;

 protected:
  ~AdminService() = default;
};

}  // namespace sluice::sdk

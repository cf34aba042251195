// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the host offers to plugins. Core and the SDK's fake host implement these; plugins get them from `Host`, which
/// says what stands in for a service that the host does not have.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk {

/// How much a line matters, the least first. A value from a newer SDK reads as kInfo.
enum class LogLevel : std::uint32_t { kTrace, kDebug, kInfo, kWarning, kError };

/// "sluice.log/1": structured log. The host adds time, plugin, component and request id, and redacts known secrets.
/// Threads: [any].
struct LogService {
  /// Whether lines of this level are kept. Ask first where making the fields costs something. A reload may change it.
  virtual bool Enabled(LogLevel level) const noexcept = 0;
  /// Writes one line; drops it when its level is not enabled.
  /// \param message  one constant sentence; what varies goes into `fields`.
  /// \param fields   at most 32; further ones are left out.
  virtual void Write(LogLevel level, std::string_view message, std::span<const Field> fields) noexcept = 0;

 protected:
  ~LogService() = default;
};

/// What a metric does with the numbers that it is given.
enum class MetricKind : std::uint32_t { kCounter, kGauge, kHistogram };

/// "sluice.metrics/1": Prometheus metrics named `sluice_plugin_<type>_<name>`, labelled with the component's name.
/// Threads: Declare [control]; Record [any].
struct MetricsService {
  /// Of this instance's metrics alone; good for as long as the instance lives.
  using Id = std::uint32_t;
  /// Makes a metric known; the same again answers the same id. At most 64 an instance.
  /// \param name    [a-z][a-z0-9_]*, at most 100 characters, with its unit: "fetch_seconds"; a counter ends in
  ///                "_total".
  /// \param help    one line for people.
  /// \param labels  distinct names of at most 4 labels, [a-z][a-z0-9_]*, not "component" or "le". The host keeps at
  ///                most 100 label sets a metric; further ones are counted under the value "other".
  /// \returns  kInvalidArgument for a bad name or label, one metric too many, or a name declared before with another
  ///           kind or labels; kUnsupported for a kind that the host does not know.
  virtual Result<Id> Declare(MetricKind kind, std::string_view name, std::string_view help,
                             std::span<const std::string_view> labels) = 0;
  /// Adds `value` to a counter, sets a gauge, observes it in a histogram. What does not fit is dropped without a word:
  /// an unknown id, a value that is not finite, a negative one for a counter, too many or too few label values.
  /// \param values  in the order of the labels, never what viewers send: each set is a series. One that is no UTF-8, or
  ///                longer than 128 bytes, counts as "other".
  virtual void Record(Id metric, double value, std::span<const std::string_view> values) noexcept = 0;

 protected:
  ~MetricsService() = default;
};

/// What to ask of an upstream.
struct HttpRequest {
  std::string method = "GET";  ///< Any but CONNECT.
  std::string url{};           ///< Absolute, http or https, without user name and password.
  /// Host, Content-Length, Expect and hop-by-hop fields are the host's own and left out. Without an Accept-Encoding the
  /// upstream is told "identity".
  std::vector<Header> headers{};
  std::string body{};
  std::chrono::milliseconds timeout{10'000};     ///< For the whole exchange; the call's deadline holds as well.
  std::uint32_t max_redirects = 0;               ///< 0: a redirect is an answer like any other. Credentials do not go
                                                 ///< to another origin.
  std::size_t max_body_bytes = 8 * 1024 * 1024;  ///< A longer body is kUpstreamFailed. Streams ignore it.
};

/// What it answered.
struct HttpResponse {
  int status = 0;
  std::string url{};  ///< Where it was finally retrieved from.
  std::vector<Header> headers{};
  std::string body{};
};

/// Receives a response while it arrives.
struct HttpSink : ByteSink {
  /// Once, before the first Write. An error ends the exchange, and Stream answers it.
  /// \param head  without the body.
  virtual Status Start(const HttpResponse& head) = 0;

 protected:
  ~HttpSink() = default;
};

/// "sluice.http/1": the one way out of the process: pooled, guarded against private addresses, with TLS verified.
/// An HTTP status is never an error here: only a missing or broken answer is.
/// \returns  kInvalidArgument (URL, method or header field), kPermissionDenied (address guard), kUpstreamFailed (no
///           answer, or a broken one; more redirects than `max_redirects`), kDeadlineExceeded (the call's, or
///           `timeout`), kCancelled (the viewer is gone), kInternal.
/// Threads: [any].
struct HttpService {
  /// Sends the request and waits for the whole answer.
  /// \returns  kUpstreamFailed also for a body longer than `max_body_bytes`; kDeadlineExceeded also for one that takes
  ///           more than a minute to come; otherwise as said above.
  virtual Result<HttpResponse> Send(const Call& call, const HttpRequest& request) = 0;
  /// Hands the answer on while it arrives: `sink.Start` once, then `sink.Write`, in pieces of up to 64 KiB. Time that
  /// the sink takes counts against `timeout`.
  /// \returns  OK once the body has ended; what the sink answered, if that was an error; otherwise as said above, also
  ///           after `sink` was given a part.
  virtual Status Stream(const Call& call, const HttpRequest& request, HttpSink& sink) = 0;

 protected:
  ~HttpService() = default;
};

/// "sluice.kv/1": small values with a time to live, in a name space of the component's own. Shared by all instances of
/// the server when the cache is. Keys 1 to 512 bytes, values up to 1 MiB.
/// \returns  kInvalidArgument (an empty key, or key or value too long), kUpstreamFailed (cache server away).
/// Threads: [any].
struct KvService {
  /// \returns  the value's octets; nothing when there is none, or no longer.
  virtual Result<std::optional<std::string>> Get(const Call& call, std::string_view key) = 0;
  /// Stores a value in place of what was there.
  /// \param ttl  0: until it is erased. Any value may be dropped before its time for want of room, the least recently
  ///             used first. Negative: kInvalidArgument.
  virtual Status Put(const Call& call, std::string_view key, std::string_view value, std::chrono::seconds ttl) = 0;
  /// Stores only if the present value equals `expected` (nothing: only if there is none), in one step for all who ask.
  /// \param ttl  as for Put. \returns  whether it did.
  virtual Result<bool> PutIf(const Call& call, std::string_view key, std::optional<std::string_view> expected,
                             std::string_view value, std::chrono::seconds ttl) = 0;
  /// \returns  OK also when there was none.
  virtual Status Erase(const Call& call, std::string_view key) = 0;
  /// Adds `by` to the value, which is a decimal number such as "-12", or stores `by` when there is none, in one step
  /// for all who ask: counts within windows of time. \param ttl  from when the value is stored: what is added later
  /// does not prolong it. Otherwise as for Put.
  /// \returns  the sum; kInvalidArgument also when the value is no such number, or the sum does not fit; kUnsupported
  ///           from a server that does not know this yet.
  virtual Result<std::int64_t> Increment(const Call& call, std::string_view key, std::int64_t by,
                                         std::chrono::seconds ttl) = 0;

 protected:
  ~KvService() = default;
};

/// "sluice.clock/1": the time, so that tests can set it. Threads: [any].
struct ClockService {
  /// Wall-clock time, UTC. May go back when the machine's clock is set: for dates and expiries, not for durations.
  virtual std::chrono::system_clock::time_point Now() const noexcept = 0;
  /// Never goes back; comparable with `Call::deadline()`. Means nothing outside of this process.
  virtual std::chrono::steady_clock::time_point Steady() const noexcept = 0;

 protected:
  ~ClockService() = default;
};

/// "sluice.secrets/1": cryptography with the server's key, separated by component: what one has sealed no other opens.
/// Sealed values are octets; encode them for URLs. Threads: [any].
struct SecretsService {
  /// Encrypts with AES-256-GCM: 28 octets more than `plaintext`, and other ones each time.
  /// \param context  any text, not secret, bound to the result; Open must name the same.
  /// \returns  kInternal when the cipher fails.
  virtual Result<std::string> Seal(std::string_view plaintext, std::string_view context) = 0;
  /// \returns  kInvalidArgument when `sealed` was not made by Seal with this context, or was changed.
  virtual Result<std::string> Open(std::string_view sealed, std::string_view context) = 0;
  /// Whether two secrets are equal, in time that depends on neither's content. Their lengths may show.
  virtual bool Equal(std::string_view a, std::string_view b) const noexcept = 0;
  /// A keyed hash (HMAC-SHA256, its first half) as 32 lower-case hex digits: names a secret without showing it. Another
  /// component, or a server with another key, gives it another name.
  virtual std::string Fingerprint(std::string_view secret) = 0;
  /// Cryptographically random octets. \param size  1 to 4096; another ends the call with kInternal.
  virtual std::string Random(std::size_t size) = 0;
  /// Encrypts with AES-256-SIV (RFC 5297): equal plaintexts give equal results, so that URLs made of them stay the
  /// same, 16 octets more than `plaintext`. \param plaintext  at least one octet.
  /// \returns  kInvalidArgument for an empty `plaintext`; kInternal when the cipher fails.
  virtual Result<std::string> SealDeterministic(std::string_view plaintext) = 0;
  /// \returns  kInvalidArgument when `sealed` was not made by SealDeterministic, or was changed.
  virtual Result<std::string> OpenDeterministic(std::string_view sealed) = 0;
  /// Keeps a secret, encrypted, where every component finds it, as one endpoint is given what others need.
  /// \param name  1 to 256 octets, not secret: "clearkey:<key id>". \param secret  at most 64 KiB.
  /// \param ttl   0: until it is forgotten, or dropped for want of room.
  /// \returns  kInvalidArgument (name, size, negative `ttl`), kUpstreamFailed (cache server away), kUnsupported (this
  ///           server keeps no secrets; also from Recall and Forget).
  virtual Status Keep(const Call& call, std::string_view name, std::string_view secret, std::chrono::seconds ttl) = 0;
  /// The secret that Keep was last given under `name`, by whichever component.
  /// \returns  nothing when none of that name is kept, or no longer, or it was kept under another key of the server's;
  ///           kInvalidArgument (name), kUpstreamFailed (cache server away).
  virtual Result<std::optional<std::string>> Recall(const Call& call, std::string_view name) = 0;
  /// Drops what is kept under `name`, for every component.
  /// \returns  OK also when there was none; kInvalidArgument (name), kUpstreamFailed (cache server away).
  virtual Status Forget(const Call& call, std::string_view name) = 0;
  /// Name of the server's key that Seal uses now, 16 lower-case hex digits: what stands beside a sealed value in the
  /// database, so that the server finds what to seal anew after its key was changed (`ComponentInfo::sealed_columns`).
  /// \returns  empty: this server does not say.
  virtual std::string KeyId() = 0;

 protected:
  ~SecretsService() = default;
};

/// "sluice.links/1": URLs under which the gateway serves something else, authentic, encrypted and expiring.
/// Threads: [any].
struct LinksService {
  /// A link for one viewer. It carries no scopes, no grants and no session: the principal that it lets in has a name,
  /// and nothing else, and `ttl` alone ends it.
  /// Not from `Create`: pipelines are those of the configuration that runs by then, and at start there is none.
  /// \param pipeline  name of the pipeline that fetches the link: its resolver is asked by ResolveChild.
  /// \param url       absolute, "http://…" or "https://…" in lower case; sent as it is.
  /// \param context   comes back as `Child::context`; 0 to 256 bytes, encrypted in the link. Not checked here: a
  ///                  resolver that hands on a longer one as `Source::context` fails when the link is followed.
  /// \param subject   whom the link lets in, as `Principal::subject`. Empty: a pipeline with an authenticate step
  ///                  refuses the link.
  /// \param ttl       how long the link works at the least; its end is rounded up to the full hour. 0 to 100 years, not
  ///                  checked: a negative one may give a link that has expired.
  /// \returns  `server.base_url` and a path, or without a base URL the path alone, which starts with "/"; the same for
  ///           the same arguments as long as the same full hour ends it. kNotFound for an unknown pipeline,
  ///           kInvalidArgument for another URL, kInternal when the cipher fails.
  virtual Result<std::string> Mint(std::string_view pipeline, std::string_view url, LinkKind kind,
                                   std::string_view context, std::string_view subject, std::chrono::seconds ttl) = 0;

 protected:
  ~LinksService() = default;
};

/// "sluice.usage/1": what viewers were served, written down so that it is not lost, and reported to the auth backend
/// that let them in. For endpoints that answer by themselves, such as with a redirect; what core fetches it counts.
/// Threads: [any].
struct UsageService {
  /// \param usage  `backend` and `subject` are not empty.
  /// \returns  OK when it is on the disk, or its backend wants no reports. kInvalidArgument: an unknown backend,
  ///           or more than 256 octets of text. kUpstreamFailed, kDeadlineExceeded: it could not be written within the
  ///           call's time; it is kept in memory, and written later.
  virtual Status Record(const Call& call, const Usage& usage) = 0;

 protected:
  ~UsageService() = default;
};

/// "sluice.admin/1": what the server knows of itself, for endpoints; components of other kinds are not offered it.
/// Answers are JSON documents described in docs/operating.md. Threads: [any].
struct AdminService {
  /// One of the documents, as things stand now.
  /// \param topic  "plugins", "pipelines", "principals", "config" (secrets masked) or "reload" (the last reload and its
  ///               faults).
  /// \returns  kNotFound for another topic.
  virtual Result<std::string> Query(std::string_view topic) = 0;
  /// Reads the configuration again and swaps it in; waits for a reload that is under way. Not from `Create` or a
  /// destructor: a reload makes and destroys components, and would wait for itself.
  /// \returns  kInvalidArgument with the first fault: what ran, runs on.
  virtual Status Reload() = 0;

 protected:
  ~AdminService() = default;
};

/// "sluice.tasks/1": work on threads of the host, beside the call that started it. Threads: [any].
struct TasksService {
  /// Runs `task` soon, once, on a thread of the host. Its call is made for whom `call` is made, ends after `timeout` (1
  /// ms to 10 min), and is cancelled when the instance is to be destroyed; the host waits for the task before it does
  /// that. It does not end with `call`. An exception ends the task alone. What it needs, it owns.
  /// \returns  kRateLimited: no thread is free, and the task will not run; kInvalidArgument: a bad timeout.
  virtual Status Start(const Call& call, std::chrono::milliseconds timeout, std::function<void(const Call&)> task) = 0;

 protected:
  ~TasksService() = default;
};

/// One session: who it lets in, and what its opener keeps in it.
struct Session {
  std::string id{};                   ///< Names it in logs and for people; opens nothing.
  std::string owner{};                ///< Name of the component that opened it.
  std::string subject{};              ///< As Principal::subject, 1 to 256 octets.
  std::vector<std::string> scopes{};  ///< As Principal::scopes, at most 64 of 1 to 64 octets.
  std::string data{};                 ///< The opener's own, at most 64 KiB. Secret: encrypted where it is kept.
  Seconds created_at{};
  Seconds expires_at{};                 ///< Not used beyond. Required.
  std::chrono::seconds idle_timeout{};  ///< Not used again after so long without use, or an eighth less. 0: no limit.
  Seconds used_at{};
};

/// What Open answers.
struct OpenedSession {
  std::string id{};
  std::string token{};  ///< Secret: whoever shows it has the session. 43 characters of base64url. Not kept.
};

/// What Change changes; nothing: stays as it is.
struct SessionChange {
  std::optional<std::string> data{};
  std::optional<Seconds> expires_at{};
};

struct SessionSink {
  /// Takes one session. \returns false when the caller wants no more.
  virtual bool Put(const Session& session) = 0;

 protected:
  ~SessionSink() = default;
};

/// "sluice.sessions/1": sessions that last over restarts, shared by all instances of the server. A component sees its
/// own, and those of components that its configuration names where its schema says `"component"`.
/// \returns  kInvalidArgument (a value out of bounds), kUpstreamFailed (the database is away), kDeadlineExceeded.
/// Threads: [any]. Not from `Create`.
struct SessionsService {
  /// \param session  `id`, `owner`, `created_at` and `used_at` do not count.
  virtual Result<OpenedSession> Open(const Call& call, const Session& session) = 0;
  /// The session whose token this is, and notes that it is used. \returns  nothing: there is none, or not any more.
  virtual Result<std::optional<Session>> Find(const Call& call, std::string_view token) = 0;
  /// By its id, without using it. \returns  as Find.
  virtual Result<std::optional<Session>> Get(const Call& call, std::string_view id) = 0;
  /// Of this component's own. \returns  kNotFound.
  virtual Status Change(const Call& call, std::string_view id, const SessionChange& change) = 0;
  /// As Change; the token opens nothing any more: with other instances of the server within some seconds.
  virtual Status Close(const Call& call, std::string_view id) = 0;
  /// Of this component's own, the newest first. \param subject  of it alone; empty: of everybody. \param limit  1 to
  /// 500.
  virtual Status List(const Call& call, std::string_view subject, std::uint32_t offset, std::uint32_t limit,
                      SessionSink& sink) = 0;

 protected:
  ~SessionsService() = default;
};

struct AuthBackend;
struct Store;
struct Indexer;

/// "sluice.components/1": other components. Plugins call FindAuth, FindStore and FindIndexer of
/// <sluice/sdk/components.hpp>. Threads: [any].
struct ComponentsService {
  /// \returns  good for as long as the asking instance lives; otherwise as FindStore.
  virtual Result<AuthBackend*> FindAuth(std::string_view name) = 0;
  virtual Result<Store*> FindStore(std::string_view name) = 0;
  virtual Result<Indexer*> FindIndexer(std::string_view name) = 0;

 protected:
  ~ComponentsService() = default;
};

}  // namespace sluice::sdk

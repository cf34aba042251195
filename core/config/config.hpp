// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The configuration as typed values: what the rest of the server reads. Made by config::Load.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/config/fault.hpp"
#include "core/config/json_value.hpp"
#include "core/config/redis_url.hpp"

namespace sluice::config {

using std::chrono::milliseconds;

/// PEM files, read when the server starts.
struct ListenerTls {
  std::string certificate;  ///< Path: the server's own certificate first, then its chain.
  std::string private_key;  ///< Path; without passphrase.
};

struct Listener {
  std::string name;
  std::string address;  ///< "127.0.0.1:8080", "[::]:8080"; port 0 takes a free one.
  std::uint32_t max_connections = 20000;
  std::optional<ListenerTls> tls;  ///< Nothing: plain.
  Place place;
};

/// `server:` — one for all listeners.
struct Server {
  std::uint32_t workers = 64;                ///< Threads that run handlers, 1 to 4096.
  std::uint32_t relay_threads = 2;           ///< Threads that move bodies, 1 to 64.
  std::uint32_t max_head_bytes = 32 * 1024;  ///< Request line and header fields.
  std::uint32_t max_headers = 100;
  std::uint64_t max_body_bytes = 1024 * 1024;  ///< Default of a pipeline's `max_body`.
  milliseconds head_timeout{10'000};           ///< From the first octet of a head to its last.
  milliseconds idle_timeout{75'000};           ///< A kept-alive connection without a request.
  milliseconds body_timeout{30'000};           ///< Between two reads of a request body.
  milliseconds write_timeout{60'000};          ///< Between two writes that made progress.
  milliseconds grace{30'000};                  ///< After SIGTERM, for requests in flight.
  std::vector<std::string> trusted_proxies;    ///< CIDRs whose X-Forwarded-For is believed.
  std::string base_url;                        ///< Public URL in front of minted links; empty: links start with "/".
};

/// `upstream:` — every connection out of the process.
struct Upstream {
  std::vector<std::string> trusted;  ///< Hosts, host:port or CIDRs that may be private.
  std::vector<std::string> denied;   ///< The same, never connected to.
  std::vector<std::string> ports;    ///< "443", "8000-8999", of upstreams that are not trusted; empty: any.
  std::string ca_file;               ///< PEM; empty: the system's.
  std::string proxy;                 ///< URL, for the fetch steps that name none of their own; empty: none.
  std::uint32_t max_idle_per_origin = 32;
  milliseconds idle_timeout{30'000};
  std::uint64_t cache_bytes = 64 * 1024 * 1024;  ///< Of all small responses that are kept.
};

struct State {
  std::string database = "sqlite:var/sluice.db";  ///< The secret key is kept beside it.
  std::string cache = "memory";
  std::optional<RedisUrl> redis = {};             ///< What `cache` names; nothing: memory.
  std::string secret_key;                         ///< 32 octets in hex or base64; empty: made and kept.
  std::vector<std::string> previous_secret_keys;  ///< Likewise; they open what they sealed.
  milliseconds link_ttl{24 * 3600 * 1000};        ///< How long links in manifests work.
};

struct Log {
  std::string level = "info";  ///< trace, debug, info, warning, error
  bool access = true;          ///< One line per request.
};

/// `cors:` — which pages of other sites may read responses. Each list: empty is any.
struct Cors {
  std::vector<std::string> allow_origins;  ///< "https://app.example"; "*": any.
  std::vector<std::string> allow_methods;  ///< Upper case.
  std::vector<std::string> allow_headers;
};

/// `telemetry:` — /health, /ready, /metrics.
struct Telemetry {
  std::vector<std::string> listeners;  ///< Which listeners answer them. Empty: all.
};

struct PluginPin {
  std::string id;
  std::string sha256;  ///< 64 lower-case hex digits; empty: any.
};

struct Plugins {
  std::string directory;                  ///< Empty: beside the executable, ../lib/sluice/plugins.
  std::vector<std::string> files;         ///< Loaded as well.
  std::vector<PluginPin> allow;           ///< Empty: everything in the directory.
  std::uint32_t quarantine_after = 5;     ///< Overruns in a row.
  milliseconds quarantine_probe{30'000};  ///< How long until one call is let through again.
};

struct Component {
  std::string name;
  std::string kind;  ///< "auth", "store", "indexer", "manifest", "media", "resolver", "endpoint", "filter"
  std::string type;
  JsonValue config;  ///< A map; checked against the type's schema when components are made.
  /// Where `config` stands in the document: what Schema::Check takes, and what secret pointers start with. Differs from
  /// "/components/<name>/config" for a component that a step defines in place.
  std::string config_pointer;
  Place place;
};

enum class OnError { kFail, kSkip, kNext };

/// How `authenticate` finds the credential. What is taken is removed from the request before anybody else sees it.
struct AuthenticateStep {
  std::vector<std::string> components;         ///< Asked in order.
  bool authorization = true;                   ///< Authorization: Bearer and Basic.
  std::vector<std::string> headers;            ///< Header fields whose value is the credential.
  std::vector<std::string> query = {"token"};  ///< Query parameters whose value is the credential.
  std::string action;                          ///< What viewers are about to do, for backends that ask.
};
struct ResolveStep {
  std::string component;  ///< A resolver, media backend or store.
  std::string item;       ///< Media: item id; store: item id. A path-template capture: "{item}".
  std::string file;       ///< Store: file index, as `item`.
};

/// `retry` of a fetch step. Bounds are those of upstream::RetryOptions.
struct Retry {
  std::uint32_t attempts = 3;  ///< In all.
  bool on_status = false;      ///< Also after 429, 502, 503 and 504.
  bool referer = false;        ///< Also with a Referer, a GET without one that was refused.
  milliseconds initial_delay{100};
  milliseconds max_delay{5'000};
  double multiplier = 2.0;
  double jitter = 0.2;
  milliseconds budget_ttl{10'000};
  std::uint32_t budget_min_per_second = 10;
  double budget_ratio = 0.2;
};

/// `proxy` of a fetch step: through whom its requests leave.
struct Proxy {
  std::string url;  ///< Empty: as `upstream` says. "direct": through nobody.
  std::string username;
  std::string password;   ///< Secret.
  bool resolves = false;  ///< The proxy may look up names.
};

/// `tls` of a fetch step.
struct UpstreamTls {
  std::string server_name;  ///< Empty: the URL's host.
  std::string ca_file;      ///< Empty: as `upstream` says.
  std::string certificate;  ///< With private_key, or not at all.
  std::string private_key;
  bool insecure_skip_verify = false;
};

/// When one of several `origins` is left alone.
struct OriginHealth {
  std::uint32_t failures = 3;        ///< In a row.
  milliseconds ejected_for{10'000};  ///< At first; doubled each time it fails again.
  milliseconds max_ejected_for{300'000};
};

/// Which header fields pass. Names in any case; "default" stands for the step's own list, "*" for every field.
struct FieldPolicy {
  std::vector<std::string> allow = {"default"};
  std::vector<std::string> deny;  ///< Wins.
};

/// `cache` of a fetch step: small responses that are kept, where a step rewrites.
struct FetchCache {
  bool keep = false;
  std::uint64_t max_size = 2 * 1024 * 1024;  ///< A longer body is not kept.
  milliseconds max_age{60'000};              ///< Whatever the upstream allows.
};

enum class ForwardedFor { kOmit, kAppend, kReplace };

/// What is said to the upstream about the viewer and this gateway.
struct Forwarding {
  ForwardedFor x_forwarded_for = ForwardedFor::kOmit;
  bool x_forwarded_host = false;
  bool x_forwarded_proto = false;
  bool forwarded = false;  ///< RFC 7239.
  bool via = false;
};

struct FetchStep {
  milliseconds connect_timeout{5'000};
  milliseconds read_timeout{30'000};  ///< Between two reads that made progress.
  std::uint32_t max_redirects = 5;
  bool ranges = true;
  bool add_accept_ranges = false;                  ///< Where the upstream does not say it.
  std::uint32_t max_concurrent = 0;                ///< Responses at once; 0: any number.
  std::uint32_t max_concurrent_per_principal = 0;  ///< The same, of each principal.
  std::uint64_t max_rate = 0;  ///< Body octets a second of one response; 0: as fast as both sides go.
  FetchCache cache;
  Retry retry;
  Proxy proxy;
  UpstreamTls tls;
  std::vector<std::string> origins;  ///< Serve the same paths, in order of preference.
  OriginHealth health;
  FieldPolicy request_headers;
  FieldPolicy response_headers;
  Forwarding forwarding;
};
struct RewriteStep {
  std::vector<std::string> components;  ///< The first that accepts the response rewrites it.
  std::uint64_t max_size = 8 * 1024 * 1024;
  std::uint64_t cache_bytes = 8 * 1024 * 1024;  ///< For what was rewritten; 0: nothing is kept.
  std::string base_url;  ///< In front of minted links, in place of the server's. Empty: the server's.
};
struct ServeStep {
  std::string component;
};
struct FilterStep {
  std::string component;
};

struct Step {
  enum class Kind { kAuthenticate, kResolve, kFetch, kRewrite, kServe, kFilter };
  Kind kind{};
  milliseconds deadline{10'000};  ///< For each plugin call of this step. Fetch: until the response head.
  OnError on_error = OnError::kFail;
  AuthenticateStep authenticate;
  ResolveStep resolve;
  FetchStep fetch;
  RewriteStep rewrite;
  ServeStep serve;
  FilterStep filter;
  Place place;
};

struct Match {
  std::vector<std::string> listeners;  ///< Empty: any.
  std::vector<std::string> protocols;  ///< "http", "https". Empty: any.
  std::vector<std::string> hosts;      ///< Globs, lower case: "*.vod.example.com". Empty: any.
  std::string path = "/**";            ///< "/a/b", "/a/{id}", "/a/{rest...}", "/a/**" (as {rest...}, and "/a" too).
  std::vector<std::string> methods;    ///< Upper case. Empty: any. GET answers HEAD too.
  bool exclusive = false;              ///< Requests by other methods go to no later pipeline.
};

struct Pipeline {
  std::string name;
  Match match;
  std::optional<std::uint64_t> max_body_bytes;
  std::vector<Step> steps;
  Place place;
};

struct Config {
  std::vector<Listener> listeners;
  Server server;
  Upstream upstream;
  State state;
  Log log;
  std::optional<Cors> cors;  ///< Nothing: no word about it in any response.
  Telemetry telemetry;
  Plugins plugins;
  std::vector<Component> components;  ///< In file order; names are unique.
  std::vector<Pipeline> pipelines;    ///< In file order; the first that matches serves.
  /// Where each value of `document` stands, by JSON pointer; used for faults that are found after loading.
  std::shared_ptr<const Places> places;
  JsonValue document;              ///< As read, interpolated, defaults not filled in. Holds secrets.
  std::vector<std::string> files;  ///< What was read.
};

}  // namespace sluice::config

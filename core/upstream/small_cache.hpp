// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SmallCache: small things read whole (playlists, keys, init segments), once for all who ask at one time, and kept for
/// a moment where the origin allows it.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <sluice/sdk/call.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/upstream/client.hpp"
#include "core/upstream/wait.hpp"

namespace sluice::upstream {

/// A whole response. Shared by several viewers: never changed.
struct SmallResponse {
  int status = 0;
  std::string reason = {};
  std::string url = {};  ///< Where it was finally retrieved from.
  std::vector<sdk::Header> headers = {};
  std::string body = {};
  Clock::time_point received{};
  std::chrono::seconds age{};         ///< When it was received.
  std::vector<std::string> way = {};  ///< Where redirects led, one after another.

  std::string_view Header(std::string_view name) const;
  /// Value of the Age field that whoever hands it on must send in place of that in `headers` (RFC 9111 §5.1).
  std::chrono::seconds AgeAt(Clock::time_point now) const;
};

/// One of `small` and `passed`.
struct SmallResult {
  std::shared_ptr<const SmallResponse> small = {};
  std::optional<std::chrono::seconds> age = {};  ///< Of `small` that was kept: what its Age field must say.
  std::string first = {};                        ///< Octets of the body of `passed` that were read already.
  std::optional<Response> passed = {};           ///< For one alone: too long, or of a request that nobody can share.
};

struct SmallOptions {
  /// Whose requests may see each other's responses: "pipeline vod".
  std::string_view scope = {};
  std::size_t max_body_bytes = 8U << 20U;     ///< A longer body passes.
  bool keep = true;                           ///< False: share what is under way, and keep nothing.
  std::size_t max_kept_bytes = 2U << 20U;     ///< A longer body is not kept.
  std::chrono::milliseconds longest{60'000};  ///< Kept, whatever the origin allows.
};

class SmallFetching;

/// Requests are taken for the same when scope, profile, URL and all fields are. A response is kept as a shared cache
/// may (RFC 9111), for requests that differ at most in fields that negotiate; credentials of whatever name, and unknown
/// fields, are part of the key. Never kept: parts, what sets a cookie, what would need revalidation, anything without
/// explicit freshness. Never shared: what sets a cookie, `private`, `Vary: *`, and what redirects led to with fields
/// that Request::on_redirect gave for one viewer; every other viewer's on_redirect is asked about the same redirects.
/// Threads: [any].
class SmallCache {
 public:
  /// \param client  outlives this. \param max_bytes  of all that is kept; 0: nothing is.
  SmallCache(Client& client, prometheus::Registry& registry, std::size_t max_bytes);
  SmallCache(Client& client, prometheus::Registry& registry, std::size_t max_bytes, std::unique_ptr<Pacer> pacer);
  ~SmallCache();
  SmallCache(const SmallCache&) = delete;
  SmallCache& operator=(const SmallCache&) = delete;

  /// As Client::Begin, then the body to its end if it is short enough. Anything but a GET without Range and conditions
  /// passes. The call's deadline ends with the response head, whoever asked for it. Who waits for somebody else's
  /// request leaves when its own viewer does; when the one who fetches leaves, another goes on.
  /// \param call, request  outlive what is returned, as do `options.scope` and this.
  std::unique_ptr<SmallFetching> Begin(const sdk::Call& call, const Request& request, const SmallOptions& options);

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SmallCache: small things read whole (playlists, keys, init segments), once for all who ask at one time, and kept for
/// a moment where the origin allows it.

#include <chrono>
#include <cstddef>
#include <memory>
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
  std::chrono::seconds age{};  ///< When it was received.

  std::string_view Header(std::string_view name) const;
  /// Value of the Age field that whoever hands it on must send in place of that in `headers` (RFC 9111 §5.1).
  std::chrono::seconds AgeAt(Clock::time_point now) const;
};

struct SmallOptions {
  /// Whose requests may see each other's responses: "pipeline vod". Request::on_redirect is asked for one of them only,
  /// so it must judge alike within a scope.
  std::string_view scope = {};
  std::size_t max_body_bytes = 8U << 20U;  ///< Of the body; a longer one is a failure.
  bool keep = true;                        ///< False: share what is under way, and keep nothing.
};

struct SmallCacheLimits {
  std::size_t max_bytes = 64U << 20U;        ///< Of all that is kept; 0: nothing is.
  std::size_t max_object_bytes = 2U << 20U;  ///< A longer body is not kept.
  std::chrono::seconds longest{60};          ///< Whatever the origin allows.
};

/// Requests are taken for the same when scope, profile, URL and all fields are. A response is kept as a shared cache
/// may (RFC 9111), for requests that differ at most in fields that negotiate; credentials of whatever name, and unknown
/// fields, are part of the key. Never kept: parts, what sets a cookie, what would need revalidation, anything without
/// explicit freshness. Threads: [any].
class SmallCache {
 public:
  /// \param client  outlives this.
  SmallCache(Client& client, prometheus::Registry& registry, SmallCacheLimits limits = {},
             std::unique_ptr<Pacer> pacer = nullptr);
  ~SmallCache();
  SmallCache(const SmallCache&) = delete;
  SmallCache& operator=(const SmallCache&) = delete;

  /// As Client::Fetch, then the body to its end. Anything but a GET without Range and conditions goes straight through.
  /// Who waits for somebody else's request leaves when its own viewer does; when the one who fetches leaves, another
  /// goes on.
  /// \returns  never null; errors as Client::Fetch and Body::Read, kUpstreamFailed for a body that is too long.
  sdk::Result<std::shared_ptr<const SmallResponse>> FetchSmall(const sdk::Call& call, const Request& request,
                                                               const SmallOptions& options);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::upstream

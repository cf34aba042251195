// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Feed: the pool's news of who must not go on, of who may again, and of keys that are no longer good.

#include <condition_variable>
#include <mutex>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/host.hpp>
#include <string>

#include "event_stream.hpp"
#include "grant_cache.hpp"
#include "pool_client.hpp"

namespace sluice::plugins::chillstreams {

/// Threads: one at a time, but for the constructor: [control].
class Feed {
 public:
  /// \param pool, grants  outlive it.
  Feed(sdk::Host host, const PoolClient& pool, GrantCache& grants);

  /// Follows the feed until it ends, the call is cancelled or `out` wants no more; the next call goes on behind the
  /// last event of this one. A pool without a feed is waited for, five minutes. \returns  kUpstreamFailed: there is no
  /// feed, and there should be one; kCancelled.
  sdk::Status Watch(const sdk::Call& call, sdk::RevocationSink& out);

 private:
  class Sink;

  bool Handle(const StreamEvent& event, sdk::RevocationSink& out);
  bool Revoke(const StreamEvent& event, sdk::RevocationSink& out);
  sdk::Status EndOf(const sdk::Call& call, const Sink& sink, const sdk::Status& streamed);
  sdk::Status WaitForAFeed(const sdk::Call& call);
  void Count(std::string_view event) const;

  const sdk::Host host_;
  const PoolClient& pool_;
  GrantCache& grants_;
  const sdk::Result<sdk::MetricsService::Id> events_;
  std::string last_event_id_;
  std::mutex mutex_;
  std::condition_variable never_;  ///< Waited for in slices: whether a call is cancelled can only be polled.
};

}  // namespace sluice::plugins::chillstreams

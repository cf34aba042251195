// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Asker: requests to indexes, which are left alone while they say so, and whose failures show no key.

#include <chrono>
#include <mutex>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::plugins::indexer {

/// Keys stand in the URLs of requests: no URL is logged, and no message of the HTTP client, which may quote one.
/// Threads: [any], but for the constructor: [control].
class Asker {
 public:
  /// \param timeout  for each exchange; nine tenths of the call's time, if that is less.
  Asker(sdk::Host host, std::chrono::milliseconds timeout);

  /// \param what  "caps", "search", "indexers" or "torrent": for the metric and the log.
  /// \param who   names the index and the key; may hold secrets.
  /// \returns  an answer of any status but 401, 403 and 429; kUnauthenticated; kRateLimited, also without a request
  ///           while an earlier answer's Retry-After lasts; kPermissionDenied: the address guard; kUpstreamFailed;
  ///           kCancelled and kDeadlineExceeded of the call.
  sdk::Result<sdk::HttpResponse> Send(const sdk::Call& call, std::string_view what, const std::string& who,
                                      sdk::HttpRequest request);

  /// For an answer that says its failure in the body: counts it, and heeds `retry_after` from now on. \returns `error`.
  sdk::Error Note(std::string_view what, const std::string& who, sdk::Error error);

  const sdk::Host& host() const { return host_; }

 private:
  std::optional<sdk::Error> Paused(const std::string& who);
  sdk::Error Missing(const sdk::Call& call, std::string_view what, bool in_haste, const sdk::Error& error) const;
  void Count(std::string_view what, std::string_view outcome) const;

  const sdk::Host host_;
  const std::chrono::milliseconds timeout_;
  const sdk::Result<sdk::MetricsService::Id> requests_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> paused_until_;
};

/// For how long the index wants to be left alone, an hour at most. Zero: it does not say.
std::chrono::milliseconds PauseOf(const sdk::HttpResponse& answer, const sdk::Host& host);

/// For an answer with a status that was not wanted. \param wanted  "an RSS feed"
sdk::Error Unwanted(const sdk::HttpResponse& answer, std::string_view wanted, const sdk::Host& host);

}  // namespace sluice::plugins::indexer

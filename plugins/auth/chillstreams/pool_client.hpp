// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PoolClient: what is said to the pool's API, and what its answers come to.

#include <chrono>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"

namespace sluice::plugins::chillstreams {

/// For whom a key is asked, and what for.
struct KeyQuery {
  std::string_view user_id;
  std::string_view device_id;
  std::string_view action;  ///< Empty: "stream".
  std::string_view hash;    ///< May be empty.
};

/// A key of the pool's, lent to one viewer.
struct Lease {
  std::string key;  ///< Secret.
  std::string key_id;
  std::chrono::seconds life{};
};

/// What became of a usage record.
enum class Delivery { kTaken, kNeverWanted };

/// Nothing that the pool answers is shown to viewers or the log, but for the message of a refusal, made harmless.
/// Threads: [any].
class PoolClient {
 public:
  /// \param options  outlives it.
  PoolClient(sdk::Host host, const Options& options) : host_(std::move(host)), options_(options) {}

  /// \returns  kPermissionDenied: the pool refuses; kRateLimited, with `retry_after` if it says; kUpstreamFailed: it
  ///           cannot be reached, or answers nonsense; kCancelled and kDeadlineExceeded of the call.
  sdk::Result<Lease> GetKey(const sdk::Call& call, const KeyQuery& query) const;
  /// \returns  any error: it may be taken another time.
  sdk::Result<Delivery> LogUsage(const sdk::Call& call, const sdk::UsageRecord& record) const;
  /// Of news: to be streamed.
  sdk::HttpRequest EventsRequest(const std::string& last_event_id) const;
  /// What an answer other than the one that is wanted comes to. \param what  names the request: "get-key".
  sdk::Error Unwanted(std::string_view what, const sdk::HttpResponse& answer) const;
  /// What a missing or broken answer comes to.
  sdk::Error Missing(const sdk::Call& call, std::string_view what, const sdk::Error& error) const;

 private:
  sdk::Result<sdk::HttpResponse> Post(const sdk::Call& call, std::string_view what, std::string body,
                                      std::vector<sdk::Header> headers) const;
  sdk::Result<Lease> ReadLease(const KeyQuery& query, const sdk::HttpResponse& answer) const;
  sdk::Error Refusal(const KeyQuery& query, std::string_view message) const;
  sdk::Error Nonsense(const char* what, const char* wanted) const;
  sdk::Header Authorization() const { return {"Authorization", "Bearer " + options_.key}; }

  const sdk::Host host_;
  const Options& options_;
};

}  // namespace sluice::plugins::chillstreams

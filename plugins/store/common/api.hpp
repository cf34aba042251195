// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Api: the one way in which a store's component asks the store.

#include <cstddef>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "store/common/breaker.hpp"
#include "store/common/codes.hpp"
#include "store/common/json.hpp"
#include "store/common/options.hpp"
#include "store/common/rate_budget.hpp"

namespace sluice::plugins::store {

/// How one store speaks. Constant data.
struct Dialect {
  std::string_view store;  ///< Component type: "torbox". Stands in front of every message.
  /// What an answer complains of; nothing: of nothing. Asked of every answer that is JSON (or, where the request allows
  /// that, of an empty one: null), with any status; what complains of nothing with 400 or more is judged by its status.
  std::optional<Complaint> (*complaint)(int status, const Json& body);
};

/// One operation of a store's API. Constant data.
struct Endpoint {
  std::string_view name;           ///< Shows in messages and as a metric's label: "torrents/mylist".
  const Budget* budget = nullptr;  ///< What the store counts it under; null: it is not counted.
};

/// What to ask.
struct ApiRequest {
  const Endpoint& endpoint;
  std::string method = "GET";
  std::string path{};   ///< Starts with "/"; without the base URL.
  std::string query{};  ///< Encoded, without "?". May hold the key.
  std::vector<sdk::Header> headers{};
  std::string body{};
  std::string content_type{};  ///< Of `body`.
  bool may_be_empty = false;   ///< An answer without a body is one.
  bool bearer = true;          ///< Whether the key goes as `Authorization: Bearer`.
  std::size_t max_body_bytes = 16 * 1024 * 1024;
};

/// A good answer.
struct Reply {
  int status = 0;
  Json body{};  ///< null: it had none.
  std::vector<sdk::Header> headers{};
};

/// Keeps the store's limits and pauses, leaves a store alone that is off, and reads answers with suspicion. No octet of
/// a request or an answer stands in what it says, logs or counts, because keys are in the one and may be in the other.
/// Metric `requests_total{endpoint,outcome}`: ok, refused (the store complains), limited (too often), held (not asked:
/// too often, or the store is off), failed. Threads: [any]; the constructor: [control].
class Api {
 public:
  Api(sdk::Host host, const Dialect& dialect, ApiOptions options);

  /// Asks, on behalf of the account of `token`.
  /// \returns  what the store complains of, by MeaningOf, with its status; kUnauthenticated without a usable key;
  ///           kRateLimited with `retry_after`; kUpstreamFailed: it cannot be reached, or answers what is no JSON (with
  ///           kServerDown: it was not asked, because it is off); kCancelled and kDeadlineExceeded of the call.
  sdk::Result<Reply> Send(const sdk::Call& call, std::string_view token, const ApiRequest& request);

  /// Names the account of a key without showing it: for caches.
  std::string AccountOf(std::string_view token) const { return host_.secrets().Fingerprint(token); }
  /// For what the store counts besides the endpoint's own budget.
  RateBudgets& budgets() { return budgets_; }

  /// "<store>: <what>: want <wanted>", kUpstreamFailed: an answer that cannot be used, which is logged.
  sdk::Error Unusable(std::string_view what, std::string_view wanted) const;
  /// "<store>: <operation>: answered <name>", and what that means: also for what is complained of within a good answer.
  sdk::Error ErrorOf(const Endpoint& endpoint, const Complaint& complaint) const;
  /// "<store>: <what>", of that code.
  sdk::Error Fault(sdk::Errc code, std::string_view what) const;

 private:
  sdk::Result<Reply> Exchange(const sdk::Call& call, std::string_view token, const ApiRequest& request,
                              const std::string& account);
  sdk::HttpRequest RequestOf(const sdk::Call& call, std::string_view token, const ApiRequest& request) const;
  sdk::Error Missing(const sdk::Call& call, const ApiRequest& request, const sdk::HttpRequest& sent,
                     const sdk::Error& error, Breaker::Pass& pass) const;
  sdk::Result<Reply> Read(const ApiRequest& request, sdk::HttpResponse answer, Breaker::Pass& pass) const;
  sdk::Error Refused(const ApiRequest& request, const sdk::HttpResponse& answer, const Complaint& complaint) const;
  void Count(const Endpoint& endpoint, std::string_view outcome) const;

  const sdk::Host host_;
  const Dialect dialect_;
  const ApiOptions options_;
  const sdk::Result<sdk::MetricsService::Id> requests_;
  RateBudgets budgets_;
  Breaker breaker_;
};

}  // namespace sluice::plugins::store

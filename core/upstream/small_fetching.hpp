// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SmallFetching: one viewer's request for a small thing, on its own or along with others'.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/upstream/fetching.hpp"
#include "core/upstream/flights.hpp"
#include "core/upstream/freshness.hpp"
#include "core/upstream/pacer.hpp"
#include "core/upstream/small_cache.hpp"
#include "core/upstream/small_store.hpp"

namespace prometheus {
class Counter;
class Gauge;
}  // namespace prometheus

namespace sluice::upstream {

/// What fetchings have in common. Threads: [any].
struct SmallTools {
  Client& client;
  Pacer& pacer;
  Flights& flights;
  SmallStore& store;
  prometheus::Counter& hits;
  prometheus::Counter& misses;
  prometheus::Counter& coalesced;
  prometheus::Counter& bypassed;
  prometheus::Counter& evictions;
  prometheus::Gauge& bytes;  ///< Of what is kept.
};

/// A request under way, made by SmallCache::Begin. Threads: one at a time.
class SmallFetching {
 public:
  SmallFetching(const SmallTools& tools, const sdk::Call& call, const Request& request, const SmallOptions& options);
  SmallFetching(const SmallFetching&) = delete;
  SmallFetching& operator=(const SmallFetching&) = delete;

  /// As Fetching::Advance, but waits for no body either.
  /// \returns  errors as Client::Fetch and Body::Read.
  std::optional<sdk::Result<SmallResult>> Advance(Wait wait = Wait::kReady);
  /// \pre  the last Advance returned nothing.
  Awaited awaited() const;

 private:
  using Answer = std::optional<sdk::Result<SmallResult>>;

  /// What came of asking the origin.
  struct Fetched {
    sdk::Result<SmallResult> result;
    bool alone = false;                ///< Nobody but the one who asked may see it.
    std::optional<Freshness> fresh{};  ///< Nothing: not to be kept.
  };

  Answer Start();
  Answer Follow();
  void Ask();
  /// Somebody else's response, if the viewer may have it; otherwise it asks for itself.
  Answer HandOn(SmallResult shared, prometheus::Counter& as);
  std::shared_ptr<const SmallResponse> FindKept() const;
  Answer HandOnKept(std::shared_ptr<const SmallResponse> kept);
  void Keep(const std::shared_ptr<const SmallResponse>& response, const Freshness& fresh) const;
  std::optional<Fetched> AdvanceOwn(Wait wait);
  std::optional<Fetched> AdvanceOrThrow(Wait wait);
  Fetched Whole();
  /// Tells the others. The end of one viewer is its own.
  sdk::Result<SmallResult> Land(Fetched fetched, Wait wait);
  /// on_redirect of the request, remembering what it said.
  sdk::Result<std::vector<sdk::Header>> Redirected(std::string_view url);

  const SmallTools& tools_;
  const sdk::Call& call_;
  const Request& request_;
  const SmallOptions options_;
  const bool straight_;  ///< Not to be shared.
  std::string kept_as_;
  std::unique_ptr<Flights::Ticket> ticket_;
  // While it asks the origin.
  Request own_;  ///< In place of `request_`, where others may get the answer.
  std::unique_ptr<Fetching> fetching_;
  Clock::time_point asked_{};
  std::chrono::seconds taken_{};  ///< From asking to the head of the response.
  std::vector<std::string> way_;  ///< Where redirects led.
  bool own_way_ = false;          ///< on_redirect gave fields, or refused: another viewer's may say otherwise.
  std::optional<Response> response_;
  std::string body_;
  Clock::time_point body_until_{};
};

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include "core/upstream/small_cache.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <optional>

#include "core/net/absence.hpp"
#include "core/upstream/digest.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/freshness.hpp"
#include "core/upstream/pacer.hpp"
#include "core/upstream/profile.hpp"
#include "core/upstream/small_store.hpp"
#include "core/upstream/whole_body.hpp"

namespace sluice::upstream {
namespace {

using Outcome = sdk::Result<std::shared_ptr<const SmallResponse>>;
using std::chrono::seconds;

/// What a response may depend on without its being somebody's own. Vary says whether it does.
constexpr std::array<std::string_view, 6> kNegotiates = {"Accept",     "Accept-Encoding", "Accept-Language",
                                                         "User-Agent", "Cache-Control",   "Pragma"};

bool GoesStraight(const Request& request) {
  return request.method != "GET" || !request.body.empty() ||
         std::any_of(request.headers.begin(), request.headers.end(),
                     [](const sdk::Header& field) { return AsksForPart(field.name); });
}

/// \param negotiated  with the fields of kNegotiates.
std::string KeyOf(const Request& request, const SmallOptions& options, bool negotiated) {
  std::vector<std::string> parts = {std::string(options.scope), request.url,
                                    request.profile != nullptr ? request.profile->identity() : std::string(),
                                    std::to_string(request.max_redirects), std::to_string(options.max_body_bytes)};
  for (const auto& field : request.headers) {
    if (!negotiated && IsOneOf(kNegotiates, field.name)) continue;
    parts.push_back(field.name);
    parts.push_back(field.value);
  }
  return Digest(parts);
}

/// How old a kept response may be for this request; nothing: none will do.
std::optional<std::chrono::seconds> OldestFor(const Request& request) {
  const auto control = CacheControl::Of(request.headers);
  if (control.no_cache || control.no_store) return std::nullopt;
  if (FindField(request.headers, "Pragma") && !FindField(request.headers, "Cache-Control")) return std::nullopt;
  return control.max_age.value_or(std::chrono::seconds::max());
}

/// One request that several wait for.
struct Flight {
  enum class State : std::uint8_t {
    kFlying,
    kLeft,   ///< Who fetched has left: one of those who wait goes on.
    kAlone,  ///< The answer was for one alone: each fetches for itself.
    kDone,
  };
  std::condition_variable changed;
  State state = State::kFlying;
  bool reading = false;           ///< The head has come: no deadline counts any more.
  std::optional<Outcome> result;  ///< With kDone.
  std::size_t waiting = 0;
};

/// What came of asking the origin.
struct Fetched {
  sdk::Result<SmallResult> result;
  bool alone = false;                ///< Nobody but the one who asked may see it.
  std::optional<Freshness> fresh{};  ///< Nothing: not to be kept.
};

/// What on_redirect said on the way to a response.
struct Way {
  std::vector<std::string> urls = {};
  bool own = false;  ///< It gave fields, or refused: another viewer's may say otherwise.

  Request Recorded(Request request) {
    request.on_redirect =
        [this, ask = std::move(request.on_redirect)](std::string_view url) -> sdk::Result<std::vector<sdk::Header>> {
      urls.emplace_back(url);
      if (!ask) return std::vector<sdk::Header>();
      auto fields = ask(url);
      own = own || !fields || !fields->empty();
      return fields;
    };
    return request;
  }
};

/// Whether the request would have been led the same way, with nothing of its own. \returns  what its on_redirect
/// refuses.
sdk::Result<bool> GoesTheSameWay(const Request& request, const SmallResponse& response) {
  if (!request.on_redirect) return true;
  for (const auto& url : response.way) {
    const auto fields = request.on_redirect(url);
    if (!fields) return fields.error();
    if (!fields->empty()) return false;
  }
  return true;
}

bool IsForOne(const SmallResponse& response) {
  return FindField(response.headers, "Set-Cookie") || CacheControl::Of(response.headers).is_private ||
         !VaryOf(response.headers);
}

}  // namespace

class SmallCache::Impl {
 public:
  Impl(Client& client, prometheus::Registry& registry, std::size_t max_bytes, std::unique_ptr<Pacer> pacer)
      : client_(client), pacer_(pacer ? std::move(pacer) : std::make_unique<Pacer>()), store_(max_bytes) {
    auto& requests = prometheus::BuildCounter()
                         .Name("sluice_upstream_small_requests_total")
                         .Help("Requests for small things, by where the answer came from")
                         .Register(registry);
    hits_ = &requests.Add({{"result", "hit"}});
    misses_ = &requests.Add({{"result", "miss"}});
    coalesced_ = &requests.Add({{"result", "coalesced"}});
    bypassed_ = &requests.Add({{"result", "bypass"}});
    bytes_ = &prometheus::BuildGauge()
                  .Name("sluice_upstream_small_cache_bytes")
                  .Help("Octets of small responses that are kept")
                  .Register(registry)
                  .Add({});
    waiting_ = &prometheus::BuildGauge()
                    .Name("sluice_upstream_small_waiting")
                    .Help("Requests for small things that wait for the answer to somebody else's")
                    .Register(registry)
                    .Add({});
    evictions_ = &prometheus::BuildCounter()
                      .Name("sluice_upstream_small_cache_evictions_total")
                      .Help("Small responses that left to make room for others")
                      .Register(registry)
                      .Add({});
  }

  sdk::Result<SmallResult> Fetch(const sdk::Call& call, const Request& request, const SmallOptions& options) {
    if (GoesStraight(request)) {
      bypassed_->Increment();
      auto response = client_.Fetch(call, request);
      if (!response) return std::move(response).error();
      return SmallResult{.passed = std::move(*response)};
    }
    const auto kept_as = KeyOf(request, options, false);
    const auto flies_as = KeyOf(request, options, true);
    std::unique_lock lock(mutex_);
    if (auto kept = FindKept(kept_as, request, options)) {
      lock.unlock();
      const auto age = kept->AgeAt(pacer_->Now());
      return HandOn({.small = std::move(kept), .age = age}, *hits_, call, request, options);
    }
    auto& entry = flights_[flies_as];
    const bool first = !entry;
    if (first) entry = std::make_shared<Flight>();
    const auto flight = entry;
    if (!first) {
      if (auto shared = WaitFor(*flight, flies_as, call, lock)) {
        lock.unlock();
        if (!*shared) return shared->error();
        return HandOn({.small = **shared}, *coalesced_, call, request, options);
      }
    }
    misses_->Increment();
    if (flight->state == Flight::State::kFlying) return Lead(flies_as, kept_as, *flight, call, request, options, lock);
    lock.unlock();
    return FetchOne(call, request, options, nullptr).result;
  }

 private:
  std::shared_ptr<const SmallResponse> FindKept(const std::string& key, const Request& request,
                                                const SmallOptions& options) {
    const auto oldest = OldestFor(request);
    if (!options.keep || !oldest) return nullptr;
    auto kept = store_.Find(key, request.headers, pacer_->Now(), *oldest);
    bytes_->Set(static_cast<double>(store_.bytes()));
    return kept;
  }

  /// Somebody else's response, if the viewer may have it; else its own.
  sdk::Result<SmallResult> HandOn(SmallResult shared, prometheus::Counter& as, const sdk::Call& call,
                                  const Request& request, const SmallOptions& options) {
    const auto same = GoesTheSameWay(request, *shared.small);
    if (!same) return same.error();
    if (*same) {
      as.Increment();
      return shared;
    }
    misses_->Increment();
    return FetchOne(call, request, options, nullptr).result;
  }

  /// \returns  the result, the caller's own end, or nothing when the caller is to fetch: for all if the flight is
  ///           kFlying then, else for itself.
  std::optional<Outcome> WaitFor(Flight& flight, const std::string& flies_as, const sdk::Call& call,
                                 std::unique_lock<std::mutex>& lock) {
    using State = Flight::State;
    ++flight.waiting;
    waiting_->Increment();
    const net::Absence absence;
    std::optional<Outcome> outcome;
    while (!outcome && flight.state != State::kAlone) {
      if (flight.state == State::kDone) {
        outcome = flight.result;
      } else if (call.cancelled()) {
        outcome = sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
      } else if (call.expired() && !flight.reading) {
        outcome = sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "upstream: want an answer in time"};
      } else if (flight.state == State::kLeft) {
        flight.state = State::kFlying;
        break;
      } else {
        const auto later = Clock::now() + kLookAround;
        flight.changed.wait_until(lock, flight.reading ? later : std::min(call.deadline(), later));
      }
    }
    waiting_->Decrement();
    if (--flight.waiting == 0 && flight.state == State::kLeft) flights_.erase(flies_as);
    return outcome;
  }

  sdk::Result<SmallResult> Lead(const std::string& flies_as, const std::string& kept_as, Flight& flight,
                                const sdk::Call& call, const Request& request, const SmallOptions& options,
                                std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    auto fetched = FetchOne(call, request, options, &flight);
    lock.lock();
    try {
      Land(flies_as, flight, fetched, call);
    } catch (...) {
      LandAlone(flies_as, flight);
      throw;
    }
    if (fetched.fresh) Keep(kept_as, request, options, fetched.result->small, *fetched.fresh);
    return std::move(fetched.result);
  }

  /// Nobody who waits gets anything of this flight.
  void LandAlone(const std::string& flies_as, Flight& flight) {
    flight.state = Flight::State::kAlone;
    flight.reading = false;
    flights_.erase(flies_as);
    flight.changed.notify_all();
  }

  /// Tells the others. The end of one viewer is its own.
  void Land(const std::string& flies_as, Flight& flight, const Fetched& fetched, const sdk::Call& call) {
    using State = Flight::State;
    const bool left = !fetched.result && (call.cancelled() || call.expired());
    if (fetched.alone) return LandAlone(flies_as, flight);
    if (!left) flight.result = fetched.result ? Outcome(fetched.result->small) : Outcome(fetched.result.error());
    flight.state = left ? State::kLeft : State::kDone;
    flight.reading = false;
    if (flight.state != State::kLeft || flight.waiting == 0) flights_.erase(flies_as);
    flight.changed.notify_all();
  }

  void Keep(const std::string& key, const Request& request, const SmallOptions& options,
            const std::shared_ptr<const SmallResponse>& response, const Freshness& fresh) {
    const auto until = response->received + std::min<Clock::duration>(fresh.left, options.longest);
    const auto gone = store_.Keep(key, request.headers, *VaryOf(response->headers), response, until);
    evictions_->Increment(static_cast<double>(gone));
    bytes_->Set(static_cast<double>(store_.bytes()));
  }

  /// \param flight  of those who wait for it; null: nobody does.
  Fetched FetchOne(const sdk::Call& call, const Request& request, const SmallOptions& options, Flight* flight) {
    try {
      Way way;
      const auto asked = pacer_->Now();
      auto response = client_.Fetch(call, way.Recorded(request));
      if (!response) return {.result = std::move(response).error(), .alone = way.own};
      const auto taken = std::chrono::ceil<seconds>(pacer_->Now() - asked);
      if (response->content_length && *response->content_length > options.max_body_bytes) {
        return {.result = SmallResult{.passed = std::move(*response)}, .alone = true};
      }
      if (flight != nullptr) {
        const std::lock_guard lock(mutex_);
        flight->reading = true;
      }
      std::string body;
      if (auto read = ReadUpTo(*response->body, options.max_body_bytes + 1, body); !read) {
        return {.result = std::move(read).error(), .alone = way.own};
      }
      if (body.size() > options.max_body_bytes) {
        return {.result = SmallResult{.first = std::move(body), .passed = std::move(*response)}, .alone = true};
      }
      return Whole(std::move(*response), std::move(body), std::move(way), taken, request, options);
    } catch (const std::bad_alloc&) {
      // Others wait for an answer, whatever it is.
      return {.result = sdk::Error{.code = sdk::Errc::kInternal, .message = "no memory for a response"}};
    } catch (...) {
      // What threw may be one viewer's alone; its text may quote what must not be shown.
      return {.result = sdk::Error{.code = sdk::Errc::kInternal, .message = "the upstream client failed"},
              .alone = true};
    }
  }

  Fetched Whole(Response response, std::string body, Way way, seconds taken, const Request& request,
                const SmallOptions& options) {
    const auto age = AgeOf(response.headers);  // before they are moved away
    auto small = std::make_shared<SmallResponse>(SmallResponse{.status = response.status,
                                                               .reason = std::move(response.reason),
                                                               .url = std::move(response.url),
                                                               .headers = std::move(response.headers),
                                                               .body = std::move(body),
                                                               .received = pacer_->Now(),
                                                               .age = age,
                                                               .way = std::move(way.urls)});
    const bool alone = way.own || IsForOne(*small);
    std::optional<Freshness> fresh;
    if (options.keep && !alone && small->body.size() <= options.max_kept_bytes) {
      fresh = FreshnessOf(request.headers, small->status, small->headers, pacer_->WallTime(), taken);
    }
    if (fresh) small->age = fresh->age;
    return {.result = SmallResult{.small = std::move(small)}, .alone = alone, .fresh = fresh};
  }

  Client& client_;
  const std::unique_ptr<Pacer> pacer_;
  std::mutex mutex_;
  SmallStore store_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
  prometheus::Counter* hits_ = nullptr;
  prometheus::Counter* misses_ = nullptr;
  prometheus::Counter* coalesced_ = nullptr;
  prometheus::Counter* bypassed_ = nullptr;
  prometheus::Counter* evictions_ = nullptr;
  prometheus::Gauge* bytes_ = nullptr;
  prometheus::Gauge* waiting_ = nullptr;
};

std::string_view SmallResponse::Header(std::string_view name) const { return FindField(headers, name).value_or(""); }

std::chrono::seconds SmallResponse::AgeAt(Clock::time_point now) const {
  return age + std::chrono::floor<std::chrono::seconds>(std::max(now - received, Clock::duration::zero()));
}

SmallCache::SmallCache(Client& client, prometheus::Registry& registry, std::size_t max_bytes)
    : SmallCache(client, registry, max_bytes, nullptr) {}

SmallCache::SmallCache(Client& client, prometheus::Registry& registry, std::size_t max_bytes,
                       std::unique_ptr<Pacer> pacer)
    : impl_(std::make_unique<Impl>(client, registry, max_bytes, std::move(pacer))) {}

SmallCache::~SmallCache() = default;

sdk::Result<SmallResult> SmallCache::FetchSmall(const sdk::Call& call, const Request& request,
                                                const SmallOptions& options) {
  return impl_->Fetch(call, request, options);
}

}  // namespace sluice::upstream

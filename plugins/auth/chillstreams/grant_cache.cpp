// SPDX-License-Identifier: MIT
#include "grant_cache.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "common/remote/answers.hpp"

namespace sluice::plugins::chillstreams {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr auto kLook = 20ms;  // whether a call is cancelled can only be polled
constexpr seconds kLongestRateLimit = 1min;

std::optional<sdk::Error> OverBy(const sdk::Call& call) { return remote::OverBy(call, "the pool"); }

std::string_view OutcomeOf(const sdk::Result<Lease>& answer) {
  if (answer) return "granted";
  if (answer.error().code == sdk::Errc::kPermissionDenied) return "refused";
  return answer.error().code == sdk::Errc::kRateLimited ? "rate_limited" : "failed";
}

}  // namespace

GrantCache::GrantCache(sdk::Host host, seconds refusal_life, std::size_t max_entries)
    : host_(std::move(host)),
      refusal_life_(refusal_life),
      max_entries_(max_entries),
      lookups_(host_.metrics().Declare(
          sdk::MetricKind::kCounter, "lookups_total",
          "Viewers looked up: known, waited for another's question, or what the pool answered: granted, refused, "
          "rate_limited, failed, broken_off by a viewer who left, outdated by news",
          std::array{std::string_view("outcome")})) {}

GrantCache::Answer GrantCache::Find(const sdk::Call& call, const std::string& user_id, const std::string& device_id,
                                    const Ask& ask) {
  const auto id = user_id + " " + device_id;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (auto known = Present(id)) {
      Count("known");
      return *std::move(known);
    }
    if (auto over = OverBy(call)) return *std::move(over);
    auto& slot = flights_[id];
    const bool is_first = slot == nullptr;
    if (is_first) slot = std::make_shared<Flight>(Flight{.user_id = user_id});
    const auto flight = slot;
    if (is_first) {
      Fly(lock, call, id, *flight, ask);
    } else {
      landed_.wait_until(lock, std::min(call.deadline(), Clock::now() + kLook), [&] { return flight->is_landed; });
    }
    if (!flight->answer) continue;
    if (!is_first) Count("waited");
    return *flight->answer;
  }
}

std::optional<GrantCache::Answer> GrantCache::Present(const std::string& id) {
  auto& by_id = entries_.get<ById>();
  const auto found = by_id.find(id);
  if (found == by_id.end()) return std::nullopt;
  const auto left = found->until - host_.clock().Steady();
  if (left <= Clock::duration::zero()) {
    by_id.erase(found);
    return std::nullopt;
  }
  auto& by_use = entries_.get<ByUse>();
  by_use.relocate(by_use.begin(), entries_.project<ByUse>(found));
  if (found->answer || found->answer.error().code != sdk::Errc::kRateLimited) return found->answer;
  auto error = found->answer.error();
  error.retry_after = std::chrono::ceil<std::chrono::milliseconds>(left);
  return Answer(std::move(error));
}

void GrantCache::Fly(std::unique_lock<std::mutex>& lock, const sdk::Call& call, const std::string& id, Flight& flight,
                     const Ask& ask) {
  /// However the question ends, by an exception too, whoever waits is told.
  struct Turn {
    GrantCache& cache;
    std::unique_lock<std::mutex>& lock;
    const std::string& id;
    Flight& flight;
    Turn(GrantCache& of, std::unique_lock<std::mutex>& held, const std::string& for_id, Flight& own)
        : cache(of), lock(held), id(for_id), flight(own) {
      lock.unlock();
    }
    ~Turn() {
      if (!lock.owns_lock()) lock.lock();
      flight.is_landed = true;
      cache.flights_.erase(id);
      cache.landed_.notify_all();
    }
  };
  const Turn turn(*this, lock, id, flight);
  auto answer = ask();
  const bool broken_off = !answer && OverBy(call).has_value();
  lock.lock();
  Land(id, flight, std::move(answer), broken_off);
}

void GrantCache::Land(const std::string& id, Flight& flight, sdk::Result<Lease> answer, bool broken_off) {
  // A viewer who leaves says nothing about the others.
  if (broken_off) return Count("broken_off");
  if (flight.is_stale) return Count("outdated");
  Count(OutcomeOf(answer));
  if (answer) {
    const auto end = std::chrono::floor<seconds>(host_.clock().Now()) + answer->life;
    flight.answer = KeptLease{.key = answer->key, .key_id = answer->key_id, .expires_at = end};
    return Keep(id, flight, answer->life);
  }
  flight.answer = answer.error();
  if (answer.error().code == sdk::Errc::kPermissionDenied) return Keep(id, flight, refusal_life_);
  if (answer.error().code == sdk::Errc::kRateLimited) {
    const auto pause = std::chrono::ceil<seconds>(answer.error().retry_after);
    Keep(id, flight, std::min(pause, kLongestRateLimit));
  }
}

void GrantCache::Keep(const std::string& id, const Flight& flight, seconds life) {
  if (life <= 0s) return;
  auto& by_use = entries_.get<ByUse>();
  const auto key_id = *flight.answer ? (**flight.answer).key_id : std::string();
  const auto until = host_.clock().Steady() + life;
  entries_.get<ById>().erase(id);
  by_use.push_front({.id = id, .user_id = flight.user_id, .key_id = key_id, .answer = *flight.answer, .until = until});
  if (entries_.size() <= max_entries_) return;
  // Refusals go first: whoever invents user ids must not push out the grants of others.
  auto& by_key = entries_.get<ByKey>();
  const auto refused = by_key.find(std::string());
  if (refused != by_key.end()) {
    by_key.erase(refused);
  } else {
    by_use.pop_back();
  }
}

void GrantCache::ForgetUser(std::string_view user_id) {
  const std::lock_guard lock(mutex_);
  entries_.get<ByUser>().erase(std::string(user_id));
  for (auto& [id, flight] : flights_) flight->is_stale |= flight->user_id == user_id;
}

void GrantCache::ForgetRefusals(std::string_view user_id) {
  const std::lock_guard lock(mutex_);
  auto& by_user = entries_.get<ByUser>();
  auto [at, end] = by_user.equal_range(std::string(user_id));
  while (at != end) at = at->answer ? std::next(at) : by_user.erase(at);
  for (auto& [id, flight] : flights_) flight->is_stale |= flight->user_id == user_id;
}

void GrantCache::ForgetKey(std::string_view key_id) {
  const std::lock_guard lock(mutex_);
  entries_.get<ByKey>().erase(std::string(key_id));
  // Which key they will bring nobody knows yet.
  for (auto& [id, flight] : flights_) flight->is_stale = true;
}

void GrantCache::ForgetAll() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  for (auto& [id, flight] : flights_) flight->is_stale = true;
}

void GrantCache::Count(std::string_view outcome) const {
  if (lookups_) host_.metrics().Record(*lookups_, 1, std::array{outcome});
}

}  // namespace sluice::plugins::chillstreams

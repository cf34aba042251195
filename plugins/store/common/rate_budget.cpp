// SPDX-License-Identifier: MIT
#include "store/common/rate_budget.hpp"

#include <algorithm>
#include <utility>

#include "common/remote/answers.hpp"

namespace sluice::plugins::store {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t kMaxAccounts = 10'000;  // times budgets
constexpr int kMaxTries = 100;                // each lost one is another's won
constexpr auto kLook = 20ms;                  // whether a call is cancelled can only be polled
constexpr milliseconds kLongestPause = 1h;

std::string NameOf(const std::string& account, const Budget& budget) {
  return "spent/" + std::string(budget.name) + "/" + account;
}

}  // namespace

RateBudgets::RateBudgets(sdk::Host host, std::string_view store, milliseconds max_wait)
    : host_(std::move(host)),
      store_(store),
      max_wait_(max_wait),
      unshared_(host_.metrics().Declare(sdk::MetricKind::kCounter, "unshared_calls_total",
                                        "Calls that other servers do not know of: the cache server was away", {})) {}

Spending::Time RateBudgets::Now() const { return std::chrono::floor<milliseconds>(host_.clock().Now()); }

sdk::Result<Spent> RateBudgets::Take(const sdk::Call& call, const std::string& account, const Budget& budget,
                                     bool patient) {
  const auto name = NameOf(account, budget);
  for (;;) {
    if (auto over = remote::OverBy(call, store_)) return *std::move(over);
    const auto now = Now();
    const auto free_at = TryTake(call, name, budget, now);
    if (!free_at) return now;
    const auto wait = std::max(*free_at - now, milliseconds(1));
    if (!patient || wait > max_wait_ || wait >= call.remaining()) {
      return sdk::Error{.code = sdk::Errc::kRateLimited,
                        .message = store_ + ": the account's calls (" + std::string(budget.name) + ") are used up",
                        .retry_after = wait};
    }
    if (auto waited = Wait(call, *free_at, wait); !waited) return waited.error();
  }
}

std::optional<Spending::Time> RateBudgets::TryTake(const sdk::Call& call, const std::string& name, const Budget& budget,
                                                   Spent now) {
  {
    const std::lock_guard lock(mutex_);
    auto& own = OwnOf(name, budget);
    if (const auto free_at = own.spending.FreeAt(now, budget.limits); free_at > now) return free_at;
    own.spending.Add(now, budget.limits);
  }
  std::optional<Spending::Time> refused;
  Share(call, name, budget, [&](Spending& all) {
    const auto free_at = all.FreeAt(now, budget.limits);
    refused = free_at > now ? std::optional(free_at) : std::nullopt;
    if (!refused) all.Add(now, budget.limits);
    return !refused;
  });
  if (!refused) return std::nullopt;
  const std::lock_guard lock(mutex_);
  OwnOf(name, budget).spending.TakeBack(now, budget.limits);
  return refused;
}

void RateBudgets::GiveBack(const sdk::Call& call, const std::string& account, const Budget& budget, Spent spent) {
  const auto name = NameOf(account, budget);
  {
    const std::lock_guard lock(mutex_);
    OwnOf(name, budget).spending.TakeBack(spent, budget.limits);
    freed_.notify_all();
  }
  Share(call, name, budget, [&](Spending& all) {
    all.TakeBack(spent, budget.limits);
    return true;
  });
}

void RateBudgets::Pause(const sdk::Call& call, const std::string& account, const Budget& budget,
                        milliseconds how_long) {
  if (how_long <= 0ms) return;
  const auto name = NameOf(account, budget);
  const auto until = Now() + std::min(how_long, kLongestPause);
  {
    const std::lock_guard lock(mutex_);
    OwnOf(name, budget).spending.Pause(until);
  }
  Share(call, name, budget, [&](Spending& all) {
    all.Pause(until);
    return true;
  });
}

template <typename Change>
void RateBudgets::Share(const sdk::Call& call, const std::string& name, const Budget& budget, Change change) {
  auto ttl = std::chrono::duration_cast<std::chrono::seconds>(kLongestPause);
  for (const auto& limit : budget.limits) ttl = std::max(ttl, 2 * limit.period);
  for (int i = 0; i < kMaxTries && !call.cancelled(); ++i) {
    const auto present = host_.kv().Get(call, name);
    if (!present) return CountUnshared(present.error());
    auto all = Spending::FromText(present->value_or(""));
    if (!change(all)) return;
    const auto expected = *present ? std::optional<std::string_view>(**present) : std::nullopt;
    const auto stored = host_.kv().PutIf(call, name, expected, all.Text(), ttl);
    if (!stored) return CountUnshared(stored.error());
    if (*stored) return;
  }
}

void RateBudgets::CountUnshared(const sdk::Error& error) {
  // A host without a cache has no other servers to share it with.
  if (error.code != sdk::Errc::kUpstreamFailed) return;
  host_.Log(sdk::LogLevel::kWarning, "the cache server is away: an account's calls are counted by this server alone");
  if (unshared_) host_.metrics().Record(*unshared_, 1, {});
}

RateBudgets::Own& RateBudgets::OwnOf(const std::string& name, const Budget& budget) {
  if (own_.size() >= kMaxAccounts && !own_.contains(name)) {
    const auto now = Now();
    std::erase_if(own_, [&](const auto& entry) { return entry.second.spending.IsOver(now, entry.second.limits); });
    if (own_.size() >= kMaxAccounts) own_.erase(own_.begin());
  }
  return own_.try_emplace(name, Own{.spending = {}, .limits = budget.limits}).first->second;
}

sdk::Status RateBudgets::Wait(const sdk::Call& call, Spending::Time until, milliseconds longest) {
  const auto give_up = sdk::Call::Clock::now() + longest + 1s;
  std::unique_lock lock(mutex_);
  while (Now() < until && sdk::Call::Clock::now() < give_up) {
    if (auto over = remote::OverBy(call, store_)) return *std::move(over);
    // Woken when something is given back, and else to look at the clock and the call.
    if (freed_.wait_until(lock, std::min(call.deadline(), sdk::Call::Clock::now() + kLook)) ==
        std::cv_status::no_timeout)
      break;
  }
  return sdk::Ok();
}

}  // namespace sluice::plugins::store

// SPDX-License-Identifier: MIT
#include "jwks_cache.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "common/remote/answers.hpp"

namespace sluice::plugins::jwt {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr auto kPatience = 5s;        // for one fetch
constexpr auto kRetryPause = 5s;      // after one that failed
constexpr auto kBrokenOffPause = 1s;  // after one that ended because its viewer left
constexpr seconds kStaleFor = 24h;
constexpr seconds kShortestLife = 1min;
constexpr seconds kLongestLife = 24h;
constexpr auto kLook = 20ms;  // whether a call is cancelled can only be polled
constexpr std::size_t kMaxSetBytes = 256 * 1024;

std::optional<sdk::Error> OverBy(const sdk::Call& call) { return remote::OverBy(call, "the key set"); }

}  // namespace

JwksCache::JwksCache(sdk::Host host, JwksOptions options)
    : host_(std::move(host)),
      options_(std::move(options)),
      fetches_(host_.metrics().Declare(sdk::MetricKind::kCounter, "jwks_fetches_total",
                                       "Fetches of the key set: ok, failed, or broken_off by a viewer who left",
                                       std::array{std::string_view("outcome")})) {}

sdk::Result<KeyPtr> JwksCache::Find(const sdk::Call& call, const KeyId& kid) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto now = host_.clock().Steady();
    const bool is_fresh = now < fresh_until_;
    const bool may_ask = now >= (is_fresh ? unknown_again_ : retry_again_);
    auto key = now < usable_until_ ? keys_.Find(kid) : nullptr;
    if (key && (is_fresh || fetching_ || !may_ask)) return key;
    if (auto over = OverBy(call)) return *std::move(over);
    if (!fetching_ && !may_ask) {
      if (failure_) return *failure_;
      return Refused("the key that the token is signed with is not known");
    }
    if (fetching_) {
      fetched_.wait_until(lock, std::min(call.deadline(), Clock::now() + kLook), [this] { return !fetching_; });
    } else {
      Fetch(lock, call);
    }
  }
}

void JwksCache::Fetch(std::unique_lock<std::mutex>& lock, const sdk::Call& call) {
  /// However the fetch ends, by an exception too, somebody else may begin the next.
  struct Turn {
    JwksCache& cache;
    std::unique_lock<std::mutex>& lock;
    Turn(JwksCache& of, std::unique_lock<std::mutex>& held) : cache(of), lock(held) {
      cache.fetching_ = true;
      lock.unlock();
    }
    ~Turn() {
      if (!lock.owns_lock()) lock.lock();
      cache.fetching_ = false;
      cache.fetched_.notify_all();
    }
  };
  const Turn turn(*this, lock);
  auto fetched = Ask(call);
  const bool broken_off = !fetched && OverBy(call).has_value();
  lock.lock();
  Take(std::move(fetched), broken_off);
}

sdk::Result<JwksCache::Fetched> JwksCache::Ask(const sdk::Call& call) const {
  // Half of the call's time: if the server is away, there must be some left to go on without it.
  const auto patience = std::min<Clock::duration>(kPatience, call.remaining() / 2);
  const auto answer = host_.http().Send(
      call, {.url = options_.url,
             .headers = {{"Accept", "application/jwk-set+json, application/json"}},
             .timeout = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(patience), 1ms),
             .max_body_bytes = kMaxSetBytes});
  if (!answer) return answer.error();
  if (answer->status != 200) {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                      .message = "key set: answered " + std::to_string(answer->status) + "; want 200",
                      .upstream_status = static_cast<std::uint32_t>(answer->status)};
  }
  auto keys = ParseKeySet(answer->body, options_.algorithm);
  if (!keys) return keys.error();
  return Fetched{.keys = *std::move(keys),
                 .ttl = remote::FreshFor(*answer, kShortestLife, kLongestLife).value_or(options_.ttl)};
}

void JwksCache::Take(sdk::Result<Fetched> fetched, bool broken_off) {
  const auto now = host_.clock().Steady();
  if (!fetched) {
    // A viewer who leaves says nothing about the server. Still, tokens that nobody waits for shall not keep it busy.
    if (!broken_off) return TakeFailure(fetched.error(), now);
    unknown_again_ = std::max(unknown_again_, now + kBrokenOffPause);
    return Count("broken_off");
  }
  keys_ = std::move(fetched->keys);
  fresh_until_ = now + fetched->ttl;
  usable_until_ = fresh_until_ + kStaleFor;
  unknown_again_ = now + options_.cooldown;
  failure_.reset();
  Count("ok");
  host_.Log(keys_.size() == 0 ? sdk::LogLevel::kWarning : sdk::LogLevel::kDebug, "key set fetched",
            {{"keys", std::to_string(keys_.size())}, {"unusable", std::to_string(keys_.unusable())}});
}

void JwksCache::TakeFailure(const sdk::Error& error, Steady now) {
  retry_again_ = now + kRetryPause;
  unknown_again_ = now + options_.cooldown;
  // Viewers are not told where the keys are, nor what is wrong there.
  failure_ = sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                        .message = "the keys that tokens are signed with cannot be had now",
                        .upstream_status = error.upstream_status};
  Count("failed");
  host_.Log(sdk::LogLevel::kWarning, "key set not fetched",
            {{"error", error.message}, {"keys_kept", now < usable_until_ ? std::to_string(keys_.size()) : "0"}});
}

void JwksCache::Count(std::string_view outcome) const {
  if (fetches_) host_.metrics().Record(*fetches_, 1, std::array{outcome});
}

}  // namespace sluice::plugins::jwt

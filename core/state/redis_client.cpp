// SPDX-License-Identifier: MIT
#include "core/state/redis_client.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "core/net/absence.hpp"
#include "core/net/signals_blocked.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::state {

/// One command and who waits for its answer. All but `command` and `deadline` under the client's lock.
struct RedisClient::Call {
  std::string command;
  RedisClock::time_point deadline{};
  bool queued = false;
  std::optional<sdk::Result<RedisReply>> outcome;
  std::condition_variable woken;
};

RedisClient::RedisClient(RedisOptions options, prometheus::Registry& metrics)
    : options_(std::move(options)), name_(NameOf(options_)), metrics_(metrics), dialer_(options_, stop_) {}

RedisClient::~RedisClient() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  stop_.Signal();
  if (keeper_.joinable()) keeper_.join();
}

void RedisClient::Connect() {
  Lock lock(mutex_);
  StartKeeper();
  changed_.wait(lock, [&] { return phase_ != Phase::kNew; });
}

sdk::Result<RedisReply> RedisClient::Run(RedisOperation operation, std::string command) {
  const auto began = RedisClock::now();
  auto reply = Do(std::move(command));
  const bool failed = !reply || reply->kind == RedisReply::Kind::kError;
  metrics_.Observe(operation, RedisClock::now() - began, failed);
  return reply;
}

sdk::Error RedisClient::Unexpected(const RedisReply& reply) const {
  const bool error = reply.kind == RedisReply::Kind::kError;
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = name_ + ": " + (error ? RedisErrorText(reply.text) : "an answer of another form")};
}

std::string RedisClient::away() const {
  const std::lock_guard lock(mutex_);
  return phase_ == Phase::kUp ? std::string() : why_;
}

sdk::Error RedisClient::Away() const { return {.code = sdk::Errc::kUpstreamFailed, .message = name_ + ": " + why_}; }

sdk::Result<RedisReply> RedisClient::Do(std::string command) {
  const auto deadline = RedisClock::now() + options_.timeout;
  const auto call = std::make_shared<Call>();
  call->command = std::move(command);
  call->deadline = deadline;
  const net::Absence absence;
  Lock lock(mutex_);
  StartKeeper();
  changed_.wait_until(lock, deadline, [&] { return phase_ != Phase::kNew; });
  if (phase_ != Phase::kUp) return Away();
  queue_.push_back(call);
  call->queued = true;
  while (!call->outcome) {
    if (call->queued && busy_ < kConnections) {
      Lead(lock, call);
    } else if (call->woken.wait_until(lock, deadline) == std::cv_status::timeout && !call->outcome) {
      if (call->queued) queue_.erase(std::find(queue_.begin(), queue_.end(), call));
      WakeOne();  // whoever woke this one as it left
      return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = name_ + ": no answer in time"};
    }
  }
  return std::move(*call->outcome);
}

void RedisClient::Lead(Lock& lock, const std::shared_ptr<Call>& own) {
  ++busy_;
  auto connection = TakeIdle();
  const auto batch = TakeBatch(own);
  const auto generation = generation_;
  const auto address = address_;
  WakeOne();  // for those that the batch has no room for
  lock.unlock();
  auto replies = [&]() -> sdk::Result<std::vector<RedisReply>> {
    if (connection == nullptr) {
      auto opened = RedisConnection::Open(options_, address, stop_, own->deadline);
      if (!opened) return std::move(opened).error();
      connection = std::move(*opened);
    }
    std::string commands;
    for (const auto& call : batch) commands += call->command;
    return connection->Exchange(commands, batch.size(), own->deadline);
  }();
  lock.lock();
  --busy_;
  std::string trouble = replies ? std::string() : replies.error().message;
  if (replies) answered_at_ = RedisClock::now();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!replies) {
      batch[i]->outcome = sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = name_ + ": " + trouble};
    } else {
      if (IsUnfit((*replies)[i])) trouble = RedisErrorText((*replies)[i].text);
      batch[i]->outcome = std::move((*replies)[i]);
    }
    batch[i]->woken.notify_one();
  }
  if (!trouble.empty()) {
    Fail(generation, trouble);
  } else if (generation == generation_) {
    idle_.push_back(std::move(connection));
  }
  WakeOne();
}

std::vector<std::shared_ptr<RedisClient::Call>> RedisClient::TakeBatch(const std::shared_ptr<Call>& own) {
  std::vector<std::shared_ptr<Call>> batch = {own};
  queue_.erase(std::find(queue_.begin(), queue_.end(), own));
  auto bytes = own->command.size();
  while (!queue_.empty() && batch.size() < kMaxBatch && bytes < kMaxBatchBytes) {
    bytes += queue_.front()->command.size();
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  for (const auto& call : batch) call->queued = false;
  return batch;
}

std::unique_ptr<RedisConnection> RedisClient::TakeIdle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (!connection->stale()) return connection;
  }
  return nullptr;
}

void RedisClient::WakeOne() {
  // The one that came last has the most time left.
  if (!queue_.empty() && busy_ < kConnections) queue_.back()->woken.notify_one();
}

void RedisClient::Fail(std::uint64_t generation, const std::string& why) {
  if (phase_ != Phase::kUp || generation != generation_) return;
  phase_ = Phase::kAway;
  why_ = why;
  ++generation_;
  idle_.clear();
  const bool lasted = RedisClock::now() - up_since_ >= kLongestPause;
  pause_ = lasted ? kShortestPause : std::clamp(2 * pause_, kShortestPause, kLongestPause);
  for (const auto& call : std::exchange(queue_, {})) {
    call->queued = false;
    call->outcome = Away();
    call->woken.notify_one();
  }
  metrics_.SetUp(false);
  changed_.notify_all();
  telemetry::Log(telemetry::Level::kWarning, "the cache is away", {{"cache", name_}, {"reason", why_}});
}

void RedisClient::StartKeeper() {
  if (keeper_.joinable()) return;
  try {
    const net::SignalsBlocked blocked;
    keeper_ = std::thread([this] { Keep(); });
  } catch (const std::system_error&) {
    phase_ = Phase::kAway;
    why_ = "no thread can be started";
  }
}

void RedisClient::Keep() {
  Lock lock(mutex_);
  while (!stopping_) {
    if (phase_ == Phase::kUp) {
      KeepUp(lock);
    } else {
      TryToConnect(lock);
    }
  }
}

void RedisClient::KeepUp(Lock& lock) {
  const auto quiet = [&] { return answered_at_ + kCheckAfter; };
  changed_.wait_until(lock, quiet(), [&] { return stopping_ || phase_ != Phase::kUp; });
  if (stopping_ || phase_ != Phase::kUp || RedisClock::now() < quiet()) return;
  lock.unlock();
  static_cast<void>(Do(RedisCommand({"PING"})));  // whoever used the connection has seen what it came to
  lock.lock();
}

void RedisClient::TryToConnect(Lock& lock) {
  changed_.wait_for(lock, pause_, [&] { return stopping_; });
  if (stopping_) return;
  lock.unlock();
  const auto deadline = RedisClock::now() + options_.timeout;
  auto connection = dialer_.Dial(deadline);
  std::string trouble = connection ? std::string() : connection.error().message;
  if (connection) {
    // A write: a server that can only be read from is of no use.
    const auto alive = RedisCommand({"SET", std::string(kRedisPrefix) + "alive", "1", "EX", "60"});
    const auto replies = (*connection)->Exchange(alive, 1, deadline);
    if (!replies) {
      trouble = replies.error().message;
    } else if (replies->front().kind == RedisReply::Kind::kError) {
      trouble = RedisErrorText(replies->front().text);
    }
  }
  lock.lock();
  if (stopping_) return;
  if (trouble.empty()) {
    phase_ = Phase::kUp;
    up_since_ = answered_at_ = RedisClock::now();
    address_ = dialer_.address();
    idle_.push_back(std::move(*connection));
    metrics_.SetUp(true);
    telemetry::Log(telemetry::Level::kInfo, "the cache is there", {{"cache", name_}});
  } else {
    pause_ = std::clamp(2 * pause_, kShortestPause, kLongestPause);
    const bool news = phase_ == Phase::kNew || why_ != trouble;
    phase_ = Phase::kAway;
    why_ = trouble;
    if (news) telemetry::Log(telemetry::Level::kWarning, "the cache is away", {{"cache", name_}, {"reason", why_}});
  }
  changed_.notify_all();
}

}  // namespace sluice::state

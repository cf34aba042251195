// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RedisClient: a few connections to one Redis server for all threads of the process.

#include <Poco/Net/SocketAddress.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <sluice/sdk/result.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/net/event.hpp"
#include "core/state/redis_connection.hpp"
#include "core/state/redis_dialer.hpp"
#include "core/state/redis_metrics.hpp"

namespace sluice::state {

/// In front of every key and channel: the server may be there for others as well.
inline constexpr std::string_view kRedisPrefix = "sluice:";

/// Whoever finds a connection free uses it for itself and for all who wait: their commands go out together. Who comes
/// while all are busy waits.
///
/// A thread of its own, the *keeper*, connects, asks a quiet server for a sign of life, and after a failure tries
/// again, at first after kShortestPause. In between every call fails at once. Threads: [any], but for construction and
/// destruction, when nobody is in a call.
class RedisClient {
 public:
  static constexpr std::size_t kConnections = 4;
  static constexpr std::size_t kMaxBatch = 64;                     ///< Commands that go out together.
  static constexpr std::size_t kMaxBatchBytes = 1024 * 1024;       ///< One more may be longer.
  static constexpr std::chrono::milliseconds kShortestPause{100};  ///< Doubled by each failure in a row.
  static constexpr std::chrono::milliseconds kLongestPause{2'000};
  static constexpr std::chrono::milliseconds kCheckAfter{1'000};  ///< Without any answer.

  /// Connects to nothing yet. \param metrics  outlives the client.
  RedisClient(RedisOptions options, prometheus::Registry& metrics);
  /// Waits for nothing but its own thread, which it stops.
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  /// Connects, and waits until the first try has succeeded or failed. Run does so by itself.
  void Connect();
  /// Sends one command. \param command  of RedisCommand.
  /// \returns  what the server answers, also an error of its own; kUpstreamFailed, naming it, when it does not within
  ///           the time-out, or is away.
  sdk::Result<RedisReply> Run(RedisOperation operation, std::string command);
  /// The error for an answer that has another form than the command has.
  sdk::Error Unexpected(const RedisReply& reply) const;

  /// Why the server cannot be used: "connection refused". Empty: it can.
  std::string away() const;
  const RedisOptions& options() const { return options_; }

 private:
  enum class Phase : std::uint8_t { kNew, kUp, kAway };
  struct Call;
  using Lock = std::unique_lock<std::mutex>;

  sdk::Result<RedisReply> Do(std::string command);
  sdk::Error Away() const;
  void StartKeeper();
  void Keep();
  void KeepUp(Lock& lock);
  void TryToConnect(Lock& lock);

  /// Uses a connection for `own` and for others that wait. \pre  `own` is queued, and a connection is free.
  void Lead(Lock& lock, const std::shared_ptr<Call>& own);
  std::vector<std::shared_ptr<Call>> TakeBatch(const std::shared_ptr<Call>& own);
  std::unique_ptr<RedisConnection> TakeIdle();
  /// \param generation  of the connection that failed: one that was made before the last failure says nothing new.
  void Fail(std::uint64_t generation, const std::string& why);
  /// Lets one of those who wait use a free connection.
  void WakeOne();

  const RedisOptions options_;
  const std::string name_;
  const net::Event stop_ = net::Event::Make();
  RedisMetrics metrics_;
  RedisDialer dialer_;  // the keeper's alone

  mutable std::mutex mutex_;
  std::condition_variable changed_;  ///< `phase_`, `stopping_`
  Phase phase_ = Phase::kNew;
  bool stopping_ = false;
  std::string why_ = "no connection yet";  ///< It is not up.
  std::uint64_t generation_ = 0;
  RedisClock::time_point up_since_{};
  RedisClock::time_point answered_at_{};
  std::chrono::milliseconds pause_{0};  ///< Before the next try.
  Poco::Net::SocketAddress address_;
  std::vector<std::unique_ptr<RedisConnection>> idle_;
  std::size_t busy_ = 0;                     ///< Connections in use, those that are being made included.
  std::deque<std::shared_ptr<Call>> queue_;  ///< Not sent yet, the oldest first.
  std::thread keeper_;
};

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#include "core/state/redis_bus.hpp"

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "core/net/event.hpp"
#include "core/net/signals_blocked.hpp"
#include "core/state/redis_client.hpp"
#include "core/state/redis_dialer.hpp"
#include "core/state/subscribers.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::state {
namespace {

constexpr std::chrono::milliseconds kQuiet{5'000};  // then the server is asked for a sign of life

class RedisBus final : public Bus {
 public:
  /// Redis' channels know nothing of its databases.
  explicit RedisBus(RedisClient& client)
      : client_(client),
        prefix_(std::string(kRedisPrefix) + std::to_string(client.options().database) + ":"),
        dialer_(client.options(), stop_) {}
  ~RedisBus() override {
    stopping_ = true;
    stop_.Signal();
    if (listener_.joinable()) listener_.join();
  }
  RedisBus(const RedisBus&) = delete;
  RedisBus& operator=(const RedisBus&) = delete;

  sdk::Status Publish(std::string_view channel, std::string_view message) override {
    const auto reply =
        client_.Run(RedisOperation::kPublish, RedisCommand({"PUBLISH", prefix_ + std::string(channel), message}));
    if (!reply) return reply.error();
    return reply->kind == RedisReply::Kind::kWhole ? sdk::Ok() : client_.Unexpected(*reply);
  }

  std::unique_ptr<Subscription> Subscribe(std::string channel, Callback callback) override {
    auto subscription = subscribers_->Add(std::move(channel), std::move(callback));
    const std::lock_guard lock(mutex_);
    if (listener_.joinable()) return subscription;
    try {
      const net::SignalsBlocked blocked;
      listener_ = std::thread([this] { Listen(); });
    } catch (const std::system_error&) {
      telemetry::Log(telemetry::Level::kError, "no thread can be started that listens to other instances");
    }
    return subscription;
  }

 private:
  void Listen() {
    auto pause = RedisClient::kShortestPause;
    while (!stopping_) {
      const auto began = RedisClock::now();
      const auto ended = ListenOnce();
      if (!stopping_ && !std::exchange(deaf_, true)) {
        telemetry::Log(telemetry::Level::kWarning, "messages of other instances are not heard",
                       {{"cache", NameOf(client_.options())}, {"reason", ended.message}});
      }
      if (RedisClock::now() - began >= kQuiet) pause = RedisClient::kShortestPause;
      WaitForStop(pause);
      pause = std::min(2 * pause, RedisClient::kLongestPause);
    }
  }

  /// One connection, for as long as it lasts. \returns  why it ended.
  sdk::Error ListenOnce() {
    const auto timeout = client_.options().timeout;
    const auto soon = [&] { return RedisClock::now() + timeout; };
    auto dialed = dialer_.Dial(soon());
    if (!dialed) return std::move(dialed).error();
    auto& connection = **dialed;
    if (auto sent = connection.Send(RedisCommand({"PSUBSCRIBE", prefix_ + "*"}), soon()); !sent) return sent.error();
    const auto answer = connection.Read(soon());
    if (!answer) return answer.error();
    if (answer->kind != RedisReply::Kind::kList) return client_.Unexpected(*answer);
    deaf_ = false;
    telemetry::Log(telemetry::Level::kInfo, "messages of other instances are heard",
                   {{"cache", NameOf(client_.options())}});
    subscribers_->DeliverMissed();
    while (!stopping_) {
      if (!connection.WaitReadable(RedisClock::now() + kQuiet)) {
        if (auto sent = connection.Send(RedisCommand({"PING"}), soon()); !sent) return sent.error();
      }
      const auto heard = connection.Read(soon());
      if (!heard) return heard.error();
      Hear(*heard);
    }
    return {.code = sdk::Errc::kCancelled, .message = "the server stops"};
  }

  void Hear(const RedisReply& heard) {
    const auto& parts = heard.list;  // "pmessage", the pattern, the channel, the message
    if (parts.size() != 4 || parts[0].text != "pmessage" || !parts[2].text.starts_with(prefix_)) return;
    subscribers_->Deliver(parts[2].text.substr(prefix_.size()), parts[3].text);
  }

  void WaitForStop(std::chrono::milliseconds span) const {
    pollfd stop{stop_.fd(), POLLIN, 0};
    ::poll(&stop, 1, static_cast<int>(span.count()));
  }

  RedisClient& client_;
  const std::string prefix_;
  const net::Event stop_ = net::Event::Make();
  RedisDialer dialer_;  // the listener's alone, as is:
  bool deaf_ = false;   ///< It has been said that nothing is heard.
  std::atomic<bool> stopping_{false};
  const std::shared_ptr<Subscribers> subscribers_ = std::make_shared<Subscribers>();
  std::mutex mutex_;
  std::thread listener_;
};

}  // namespace

std::unique_ptr<Bus> MakeRedisBus(RedisClient& client) { return std::make_unique<RedisBus>(client); }

}  // namespace sluice::state

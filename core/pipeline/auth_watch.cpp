// SPDX-License-Identifier: MIT
#include "core/pipeline/auth_watch.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/net/own_call.hpp"
#include "core/net/signals_blocked.hpp"
#include "core/pipeline/principals.hpp"
#include "core/pipeline/revocations.hpp"
#include "core/state/revocation_table.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::pipeline {
namespace {

constexpr std::chrono::milliseconds kFirstPause{500}, kLongestPause{30'000};
constexpr auto kWriteTimeout = std::chrono::seconds(5);

}  // namespace

class AuthWatch::Watcher final : public sdk::RevocationSink {
 public:
  Watcher(AuthWatch& of, InstancePtr instance) : of_(of), instance_(std::move(instance)) {
    const net::SignalsBlocked blocked;
    thread_ = std::thread([this] { Run(); });
  }
  ~Watcher() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  const InstancePtr& instance() const { return instance_; }

  bool Put(std::string_view subject, bool is_revoked) override {
    heard_ = true;
    const std::string name(subject);
    if (is_revoked) {
      of_.revocations_.Revoke(instance_->name(), name, of_.keep_.load());
      const auto cut = of_.principals_.Cut(instance_->name(), name);
      telemetry::Log(telemetry::Level::kInfo, "a principal was revoked",
                     {{"component", instance_->name()}, {"principal", name}, {"streams_cut", std::to_string(cut)}});
    } else {
      of_.revocations_.Restore(instance_->name(), name);
    }
    if (of_.kept_ != nullptr) {
      unwritten_[name] = is_revoked ? std::optional(std::chrono::system_clock::now() + of_.keep_.load()) : std::nullopt;
      Write();
    }
    return !stop_;
  }

 private:
  void Run() {
    auto* const backend = instance_->As<sdk::AuthBackend>();
    std::chrono::milliseconds pause = kFirstPause;
    while (!stop_) {
      // A call that lasts for hours must not be the one that a quarantine ends with.
      if (instance_->quarantined()) {
        Wait(kFirstPause);
        continue;
      }
      heard_ = false;
      if (!of_.recalled_) {
        const net::OwnCall recall(std::chrono::steady_clock::now() + kWriteTimeout, stop_);
        static_cast<void>(of_.Recall(recall.call()));  // it is tried again before the next watch
      }
      Write();
      const net::OwnCall call(net::OwnCall::TimePoint::max(), stop_);
      const auto watched = backend->Watch(call.call(), *this);
      if (stop_) return;
      if (watched || heard_) pause = kFirstPause;
      if (!watched) {
        telemetry::Log(telemetry::Level::kWarning, "revocations cannot be watched; trying again",
                       {{"component", instance_->name()}, {"cause", watched.error().message}});
      }
      Wait(pause);
      if (!watched) pause = std::min(pause * 2, kLongestPause);
    }
  }

  /// What cannot be written now is written at the next word of the backend, or before the next watch.
  void Write() {
    while (!unwritten_.empty()) {
      const auto& [subject, until] = *unwritten_.begin();
      const net::OwnCall call(std::chrono::steady_clock::now() + kWriteTimeout, stop_);
      const auto written = until ? of_.kept_->Keep(call.call(), {instance_->name(), subject, *until})
                                 : of_.kept_->Drop(call.call(), instance_->name(), subject);
      if (!written) {
        telemetry::Log(telemetry::Level::kWarning, "a revocation holds, and is not kept yet for after a restart",
                       {{"component", instance_->name()}, {"cause", written.error().message}});
        return;
      }
      if (!until) of_.revocations_.Restore(instance_->name(), subject);  // a Recall may have come in between
      unwritten_.erase(unwritten_.begin());
    }
  }

  void Wait(std::chrono::milliseconds pause) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, pause, [&] { return stop_.load(); });
  }

  AuthWatch& of_;
  const InstancePtr instance_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> heard_{false};
  /// By subject, until when; nothing: restored. Of the thread alone: Put is called within Watch.
  std::map<std::string, std::optional<std::chrono::system_clock::time_point>> unwritten_;
  std::thread thread_;
};

AuthWatch::AuthWatch(Principals& principals, Revocations& revocations, state::RevocationTable* kept)
    : principals_(principals), revocations_(revocations), kept_(kept), recalled_(kept == nullptr) {}
AuthWatch::~AuthWatch() = default;

sdk::Status AuthWatch::Recall(const sdk::Call& call) {
  if (recalled_) return sdk::Ok();
  auto kept = kept_->Load(call);
  if (!kept) return std::move(kept).error();
  for (const auto& one : *kept) {
    const auto left = one.until - std::chrono::system_clock::now();
    if (left <= left.zero()) continue;
    revocations_.Revoke(one.backend, one.subject, std::chrono::ceil<std::chrono::seconds>(left));
  }
  recalled_ = true;
  return sdk::Ok();
}

void AuthWatch::Follow(const Snapshot& snapshot) {
  const auto is_gone = [&](const std::unique_ptr<Watcher>& watcher) {
    const auto found = snapshot.components.find(watcher->instance()->name());
    return found == snapshot.components.end() || found->second.instance != watcher->instance();
  };
  std::erase_if(watchers_, is_gone);
  // Links are rounded up to the full hour.
  const auto keep = std::chrono::ceil<std::chrono::seconds>(snapshot.config.state.link_ttl) + std::chrono::hours(1);
  keep_ = std::max(keep_.load(), std::chrono::seconds(keep));
  for (const auto& [name, component] : snapshot.components) {
    const auto is_it = [&](const auto& watcher) { return watcher->instance() == component.instance; };
    if (!component.interests.revocations || std::any_of(watchers_.begin(), watchers_.end(), is_it)) continue;
    watchers_.push_back(std::make_unique<Watcher>(*this, component.instance));
  }
}

}  // namespace sluice::pipeline

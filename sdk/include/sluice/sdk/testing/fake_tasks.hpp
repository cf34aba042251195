// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The host's threads and its other components for tests.

#include <sluice/sdk/services.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

/// Runs each task on a thread of its own; waits for all of them when it is destroyed, after it has cancelled them.
/// Threads: [any].
class FakeTasks final : public TasksService {
 public:
  FakeTasks() = default;
  FakeTasks(const FakeTasks&) = delete;
  FakeTasks& operator=(const FakeTasks&) = delete;
  ~FakeTasks() { Stop(); }

  Status Start(const Call& call, std::chrono::milliseconds timeout, std::function<void(const Call&)> task) override {
    using std::chrono::duration_cast;
    using std::chrono::nanoseconds;
    const std::lock_guard lock(mutex_);
    if (timeout < std::chrono::milliseconds(1) || timeout > std::chrono::minutes(10))
      return Error{.code = Errc::kInvalidArgument, .message = "timeout: want 1 ms to 10 min"};
    if (running_ >= most_) return Error{.code = Errc::kRateLimited, .message = "no thread is free"};
    ++running_;
    const auto deadline = duration_cast<nanoseconds>((Call::Clock::now() + timeout).time_since_epoch()).count();
    threads_.emplace_back([this, deadline, task = std::move(task), request_id = std::string(call.request_id()),
                           client_ip = std::string(call.client_ip())] {
      const sluice_call running{.struct_size = sizeof(sluice_call),
                                .reserved = 0,
                                .deadline_ns = deadline,
                                .ctx = &cancelled_,
                                .cancelled = [](const sluice_call* of) -> uint32_t {
                                  return static_cast<const std::atomic<bool>*>(of->ctx)->load() ? 1 : 0;
                                },
                                .request_id = {request_id.data(), request_id.size()},
                                .client_ip = {client_ip.data(), client_ip.size()},
                                .traceparent = {}};
      task(Call(running));
      const std::lock_guard ended(mutex_);
      --running_;
      idle_.notify_all();
    });
    return Ok();
  }
  /// From now on this many may run at a time; 0: none, so that every Start is kRateLimited.
  void SetMost(std::size_t most) {
    const std::lock_guard lock(mutex_);
    most_ = most;
  }
  /// Cancels what runs, and waits for it; nothing starts any more.
  void Stop() {
    cancelled_.store(true);
    SetMost(0);
    for (auto& thread : threads_)
      if (thread.joinable()) thread.join();
  }
  /// Returns when none runs.
  void Wait() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable idle_;
  std::size_t running_ = 0;
  std::size_t most_ = 1000;
  std::atomic<bool> cancelled_{false};
  std::vector<std::thread> threads_;
};

/// Components by name. Threads: [any], once all are there.
class FakeComponents final : public ComponentsService {
 public:
  /// \param store  outlives the instances made with the host.
  void Add(std::string name, AuthBackend& auth) { auths_[std::move(name)] = &auth; }
  void Add(std::string name, Store& store) { stores_[std::move(name)] = &store; }
  void Add(std::string name, Indexer& indexer) { indexers_[std::move(name)] = &indexer; }

  Result<AuthBackend*> FindAuth(std::string_view name) override { return Find(auths_, name); }
  Result<Store*> FindStore(std::string_view name) override { return Find(stores_, name); }
  Result<Indexer*> FindIndexer(std::string_view name) override { return Find(indexers_, name); }

 private:
  template <typename T>
  static Result<T*> Find(const std::map<std::string, T*, std::less<>>& components, std::string_view name) {
    const auto found = components.find(name);
    if (found != components.end()) return found->second;
    return Error{.code = Errc::kPermissionDenied, .message = "component: the configuration does not name it"};
  }

  std::map<std::string, AuthBackend*, std::less<>> auths_;
  std::map<std::string, Store*, std::less<>> stores_;
  std::map<std::string, Indexer*, std::less<>> indexers_;
};

}  // namespace sluice::sdk::testing

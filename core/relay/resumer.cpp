// SPDX-License-Identifier: MIT
#include "core/relay/resumer.hpp"

#include <pthread.h>

#include "core/net/signals_blocked.hpp"
#include "core/relay/lane.hpp"

namespace sluice::relay {
namespace {

constexpr std::size_t kThreads = 4;
constexpr std::size_t kMostWaiting = 256;

}  // namespace

Resumer::Resumer() {
  const net::SignalsBlocked blocked;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads_.emplace_back([this] { Work(); });
    ::pthread_setname_np(threads_.back().native_handle(), "relay-resume");
  }
}

void Resumer::Start(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && tasks_.size() < kMostWaiting) {
      tasks_.push_back(std::move(task));
      changed_.notify_one();
      return;
    }
  }
  task.lane->Resumed(task.id, std::nullopt);
}

void Resumer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    tasks_.clear();
    changed_.notify_all();
  }
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Resumer::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (stopping_) return;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task.lane->Resumed(task.id, task.resume(task.sent, *task.cancelled));
    lock.lock();
  }
}

}  // namespace sluice::relay

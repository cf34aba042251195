// SPDX-License-Identifier: MIT
#include "core/http/worker_gate.hpp"

#include <pthread.h>

#include <algorithm>

#include "core/net/signals_blocked.hpp"

namespace sluice::http {
namespace {

constexpr std::chrono::milliseconds kTick{2};
/// Ticks that work may last before somebody else takes its place.
constexpr std::uint32_t kPatience = 2;
/// Ticks without work after which the watch dozes.
constexpr int kQuietTicks = 50;

}  // namespace

WorkerGate::WorkerGate(std::size_t workers, std::size_t present)
    : records_(workers), wanted_(static_cast<int>(std::clamp<std::size_t>(present, 1, workers))) {
  const net::SignalsBlocked blocked;
  watcher_ = std::thread([this] { Watch(); });
  ::pthread_setname_np(watcher_.native_handle(), "http-watch");
}

void WorkerGate::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    turn_.notify_all();
    watch_.notify_all();
  }
  if (watcher_.joinable()) watcher_.join();
}

WorkerGate::Worker::Worker(WorkerGate& gate, std::size_t index) : gate_(gate), index_(index) {
  net::SetAbsenceListener(this);
}

WorkerGate::Worker::~Worker() { net::SetAbsenceListener(nullptr); }

bool WorkerGate::Worker::AwaitTurn() {
  auto& record = gate_.records_[index_];
  const auto was = record.state.exchange(State::kWaiting);
  if (was == State::kAbsent) gate_.present_.fetch_add(1);
  if (was != State::kSpare && gate_.present_.load() <= gate_.wanted_) return true;
  return gate_.TakeTurns(record, was != State::kSpare);
}

void WorkerGate::Worker::Begin() {
  auto& record = gate_.records_[index_];
  record.began.store(gate_.tick_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  record.state.store(State::kWorking);
  if (gate_.dozing_.load()) gate_.Rouse();
}

void WorkerGate::Worker::Left() {
  auto expected = State::kWorking;
  if (!gate_.records_[index_].state.compare_exchange_strong(expected, State::kAbsent)) return;
  if (gate_.present_.fetch_sub(1) <= gate_.wanted_) gate_.Replace(1);
}

void WorkerGate::Worker::Returned() {
  auto& record = gate_.records_[index_];
  if (record.state.load() != State::kAbsent) return;
  gate_.present_.fetch_add(1);
  Begin();
}

bool WorkerGate::TakeTurns(Record& record, bool present) {
  std::unique_lock lock(mutex_);
  if (present) {
    if (present_.load() <= wanted_) return true;
    present_.fetch_sub(1);
  }
  record.state.store(State::kSpare);
  if (present_.load() < wanted_) {
    present_.fetch_add(1);
  } else {
    ++spare_;
    turn_.wait(lock, [this] { return granted_ > 0 || stopped_; });
    --spare_;
    if (stopped_) return false;
    --granted_;  // who granted it has counted it as present
  }
  record.state.store(State::kWaiting);
  return true;
}

void WorkerGate::Replace(std::size_t count) {
  const std::lock_guard lock(mutex_);
  for (count = std::min(count, spare_ - granted_); count > 0; --count) {
    ++granted_;
    present_.fetch_add(1);
    turn_.notify_one();
  }
}

void WorkerGate::Watch() {
  int quiet_ticks = 0;
  std::uint32_t calm_ticks = 0;
  std::size_t burst = 0;
  std::unique_lock lock(mutex_);
  while (!watch_.wait_for(lock, kTick, [this] { return stopped_; })) {
    lock.unlock();
    ++tick_;
    if (const auto found = FindHeldUp(); found > 0) {
      // Who takes their places may be held up too, which shows some ticks later: ever more come.
      burst = std::clamp(burst * 2, found, records_.size());
      calm_ticks = 0;
      Replace(burst);
    } else if (++calm_ticks > 2 * kPatience) {
      burst = 0;
    }
    quiet_ticks = NobodyWorks() ? quiet_ticks + 1 : 0;
    lock.lock();
    if (quiet_ticks < kQuietTicks) continue;
    quiet_ticks = 0;
    dozing_.store(true);
    if (NobodyWorks()) watch_.wait(lock, [this] { return stopped_ || !dozing_.load(); });
    dozing_.store(false);
  }
}

std::size_t WorkerGate::FindHeldUp() {
  std::size_t found = 0;
  const auto now = tick_.load(std::memory_order_relaxed);
  for (auto& record : records_) {
    auto state = record.state.load();
    if (state != State::kWorking || now - record.began.load(std::memory_order_relaxed) <= kPatience) continue;
    if (!record.state.compare_exchange_strong(state, State::kAbsent)) continue;
    present_.fetch_sub(1);
    ++found;
  }
  return found;
}

bool WorkerGate::NobodyWorks() const {
  return std::none_of(records_.begin(), records_.end(),
                      [](const Record& record) { return record.state.load() == State::kWorking; });
}

void WorkerGate::Rouse() {
  const std::lock_guard lock(mutex_);
  dozing_.store(false);
  watch_.notify_one();
}

}  // namespace sluice::http

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SinkSlot: the context that a host gives to a plugin's sinks. It is a number that goes stale, never an address: a
/// plugin that calls a sink after its call returned must not write into a stack frame that somebody else owns by now.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace sluice::sdk::detail {

struct Frame;

/// Slots are never freed, only reused under a new number. Threads: [any].
class SlotPool {
 public:
  struct Slot {
    std::mutex mutex;  ///< Held while a sink runs: a call does not end under a sink that another thread is in.
    std::uint32_t generation = 1;
    Frame* frame = nullptr;
  };

  static SlotPool& Shared() {
    static SlotPool& pool = *new SlotPool;  // never destroyed: plugins may call during exit
    return pool;
  }

  /// \param index  out. Throws bad_alloc when a million calls are running.
  Slot& Take(std::uint32_t& index) {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) Grow();
    index = free_.back();
    free_.pop_back();
    return *Find(index);
  }
  void Give(std::uint32_t index) noexcept {
    const std::lock_guard lock(mutex_);
    free_.push_back(index);  // cannot allocate: Grow reserved room for every slot
  }
  /// Null for an index that was never given out.
  Slot* Find(std::uint32_t index) const noexcept {
    if (index / kChunk >= kChunks) return nullptr;
    auto* chunk = chunks_[index / kChunk].load(std::memory_order_acquire);
    return chunk == nullptr ? nullptr : &(*chunk)[index % kChunk];
  }

 private:
  static constexpr std::uint32_t kChunk = 256;
  static constexpr std::uint32_t kChunks = 4096;
  using Chunk = std::array<Slot, kChunk>;

  SlotPool() = default;
  void Grow() {
    if (used_ == kChunks) throw std::bad_alloc();
    free_.reserve((used_ + 1) * kChunk);
    auto chunk = std::make_unique<Chunk>();
    chunks_[used_].store(chunk.release(), std::memory_order_release);
    for (std::uint32_t i = kChunk; i-- > 0;) free_.push_back(static_cast<std::uint32_t>(used_ * kChunk) + i);
    ++used_;
  }

  std::mutex mutex_;
  std::vector<std::uint32_t> free_;
  std::size_t used_ = 0;
  std::array<std::atomic<Chunk*>, kChunks> chunks_{};
};

/// Hardly ever waits: in a slot are the call that owns it, its sinks, and sinks that come late or that a plugin calls
/// from a thread of its own. So it is tried first. Calls within calls own slots in any order, which is no order of
/// locks.
inline std::unique_lock<std::mutex> LockSlot(SlotPool::Slot& slot) {
  std::unique_lock lock(slot.mutex, std::try_to_lock);
  if (!lock.owns_lock()) lock.lock();
  return lock;
}

/// One call's slot. Its end waits for a sink that is running, and makes later ones hit nothing.
class SinkSlot {
 public:
  explicit SinkSlot(Frame& frame) : slot_(SlotPool::Shared().Take(index_)) {
    const auto lock = LockSlot(slot_);
    slot_.frame = &frame;
    generation_ = slot_.generation;
  }
  ~SinkSlot() {
    {
      const auto lock = LockSlot(slot_);
      slot_.frame = nullptr;
      if (++slot_.generation == 0) slot_.generation = 1;
    }
    SlotPool::Shared().Give(index_);
  }
  SinkSlot(const SinkSlot&) = delete;
  SinkSlot& operator=(const SinkSlot&) = delete;

  void* ctx() const noexcept {
    static_assert(sizeof(void*) == 8, "a context holds an index and a generation of 32 bits each");
    return reinterpret_cast<void*>((std::uintptr_t{generation_} << 32U) | index_);
  }

 private:
  std::uint32_t index_ = 0;
  SlotPool::Slot& slot_;
  std::uint32_t generation_ = 0;
};

/// Calls of sinks whose call was over, or whose context is nobody's.
inline std::atomic<std::uint64_t>& StaleSinkCalls() {
  static std::atomic<std::uint64_t> count{0};
  return count;
}

/// A sink's way from its context to the frame of its call, which stays while this stands.
class EnteredSlot {
 public:
  explicit EnteredSlot(void* ctx) noexcept {
    const auto value = reinterpret_cast<std::uintptr_t>(ctx);
    if (auto* slot = SlotPool::Shared().Find(static_cast<std::uint32_t>(value & 0xFFFFFFFFU))) {
      auto lock = LockSlot(*slot);
      if (slot->frame != nullptr && slot->generation == static_cast<std::uint32_t>(value >> 32U)) {
        lock_ = std::move(lock);
        frame_ = slot->frame;
        return;
      }
    }
    StaleSinkCalls().fetch_add(1, std::memory_order_relaxed);
  }
  Frame* frame() const noexcept { return frame_; }

 private:
  std::unique_lock<std::mutex> lock_;
  Frame* frame_ = nullptr;
};

}  // namespace sluice::sdk::detail

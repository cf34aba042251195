// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the client of a shared cache counts. All label values come from fixed sets.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace sluice::state {

enum class RedisOperation : std::uint8_t { kGet, kPut, kPutIf, kIncrement, kErase, kPublish };
inline constexpr std::size_t kRedisOperations = 6;

/// Threads: [any].
class RedisMetrics {
 public:
  explicit RedisMetrics(prometheus::Registry& registry);

  void SetUp(bool up);
  void Observe(RedisOperation operation, std::chrono::steady_clock::duration taken, bool failed);

 private:
  prometheus::Gauge* up_ = nullptr;
  std::array<prometheus::Counter*, kRedisOperations> errors_{};
  std::array<prometheus::Histogram*, kRedisOperations> seconds_{};
};

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of the shared cache have in common.

#include <poll.h>

#include <chrono>

#include "core/state/redis_connection.hpp"
#include "tests/fakes/redis.hpp"

namespace sluice::state {

/// \param timeout  long: for calls that are to succeed.
inline RedisOptions OptionsOf(const fakes::Redis& redis, std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
  return {.host = "127.0.0.1", .port = redis.port(), .timeout = timeout};
}

/// Whether `condition` comes true within `patience`.
template <typename Condition>
bool Await(const Condition& condition, std::chrono::milliseconds patience = std::chrono::seconds(20)) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

}  // namespace sluice::state

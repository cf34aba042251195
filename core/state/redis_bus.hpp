// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Bus by way of a Redis server, between all instances that share it.

#include <memory>

#include "core/state/bus.hpp"

namespace sluice::state {

class RedisClient;

/// The first subscription starts a thread, which has a connection of its own and makes another when that breaks.
/// \param client  publishes; outlives the bus.
std::unique_ptr<Bus> MakeRedisBus(RedisClient& client);

}  // namespace sluice::state

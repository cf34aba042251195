// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// KvStore in a Redis server, for all instances that share it.

#include <memory>

#include "core/state/kv.hpp"

namespace sluice::state {

class RedisClient;

/// Room is the server's business: see its `maxmemory`. \param client  outlives the store.
std::unique_ptr<KvStore> MakeRedisKv(RedisClient& client);

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// KvStore: small values with a time to live; in memory, bounded, or in a server that several instances share.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::state {

/// Keys are whole: callers put their name space in front. 1 to 2048 octets, values up to 1 MiB.
/// \returns  kInvalidArgument (a key or value out of bounds), kUpstreamFailed that names the server that keeps them and
///           is away. Threads: [any].
class KvStore {
 public:
  virtual ~KvStore() = default;
  virtual sdk::Result<std::optional<std::string>> Get(std::string_view key) = 0;
  /// \param ttl  0: until erased, or dropped for want of room.
  virtual sdk::Status Put(std::string_view key, std::string_view value, std::chrono::seconds ttl) = 0;
  /// Stores only if the present value equals `expected` (nothing: only if there is none). \returns whether it did.
  virtual sdk::Result<bool> PutIf(std::string_view key, std::optional<std::string_view> expected,
                                  std::string_view value, std::chrono::seconds ttl) = 0;
  /// Adds `by` to the value, a decimal number such as "-12"; to 0 where there is none, and then `ttl` begins: what is
  /// added later does not prolong it. \returns  the sum; kInvalidArgument when the value is no such number, or the sum
  /// does not fit.
  virtual sdk::Result<std::int64_t> Increment(std::string_view key, std::int64_t by, std::chrono::seconds ttl) = 0;
  virtual sdk::Status Erase(std::string_view key) = 0;
};

using SteadyClock = std::function<std::chrono::steady_clock::time_point()>;

/// At most `max_bytes` of keys and values; the least recently used go first.
std::unique_ptr<KvStore> MakeMemoryKv(std::size_t max_bytes, SteadyClock clock = std::chrono::steady_clock::now);

}  // namespace sluice::state

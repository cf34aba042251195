// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What every KvStore refuses, in the same words.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <sluice/sdk/result.hpp>
#include <string_view>

namespace sluice::state {

inline constexpr std::size_t kMaxKvKeyBytes = 2048;  // a plugin's key and its name space
inline constexpr std::size_t kMaxKvValueBytes = 1024 * 1024;

inline sdk::Status CheckKvSizes(std::string_view key, std::string_view value = {}) {
  if (key.empty() || key.size() > kMaxKvKeyBytes) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "kv key: want 1 to 2048 octets"};
  }
  if (value.size() > kMaxKvValueBytes) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "kv value: want at most 1 MiB"};
  }
  return sdk::Ok();
}

/// Of an Increment.
inline sdk::Error NoKvSum() {
  return {.code = sdk::Errc::kInvalidArgument, .message = "kv value: want a whole number, and a sum that fits 64 bits"};
}

/// From 0, which is for ever, to a hundred years, which every clock can add.
inline std::chrono::seconds KvTtl(std::chrono::seconds ttl) {
  return std::clamp(ttl, std::chrono::seconds(0), std::chrono::seconds(100 * std::chrono::years(1)));
}

}  // namespace sluice::state

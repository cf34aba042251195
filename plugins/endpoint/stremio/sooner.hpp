// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Sooner: a call that ends before the one that it is a part of.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <sluice/sdk/call.hpp>

namespace sluice::plugins::stremio {

/// Cancelled with the call that it is made of, which outlives it. Not movable: `call` points into it.
class Sooner {
 public:
  Sooner(const sdk::Call& whole, std::chrono::milliseconds time) : abi_(whole.abi()), call_(abi_) {
    // A later host's call may have more behind it than was copied.
    abi_.struct_size = std::min<std::uint32_t>(abi_.struct_size, sizeof abi_);
    const auto latest =
        std::chrono::duration_cast<std::chrono::nanoseconds>((sdk::Call::Clock::now() + time).time_since_epoch());
    abi_.deadline_ns = std::min(abi_.deadline_ns, latest.count());
  }
  Sooner(const Sooner&) = delete;
  Sooner& operator=(const Sooner&) = delete;

  const sdk::Call& call() const { return call_; }

 private:
  sluice_call abi_;
  sdk::Call call_;
};

}  // namespace sluice::plugins::stremio

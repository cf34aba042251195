// SPDX-License-Identifier: MIT
#include "store/common/patience.hpp"

#include <algorithm>

#include "common/remote/answers.hpp"

namespace sluice::plugins::store {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 20ms;
constexpr auto kTimeToAsk = 1s;

}  // namespace

bool Patience::Fits(const sdk::Call& call, std::chrono::milliseconds wait) {
  return call.remaining() > wait + std::chrono::milliseconds(kTimeToAsk);
}

sdk::Status Patience::Wait(const sdk::Call& call, std::chrono::milliseconds wait) {
  const auto end = host_.clock().Steady() + wait;
  std::unique_lock lock(mutex_);
  while (host_.clock().Steady() < end) {
    if (auto over = remote::OverBy(call, store_)) return *std::move(over);
    never_.wait_until(lock, std::min(call.deadline(), sdk::Call::Clock::now() + kLook));
  }
  return sdk::Ok();
}

}  // namespace sluice::plugins::store

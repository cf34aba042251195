// SPDX-License-Identifier: MIT
#include "budget.hpp"

#include <sluice/sdk/text.hpp>
#include <utility>

#include "answers.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::int64_t kSlotSeconds = 5;
constexpr std::int64_t kSlots = 60 / kSlotSeconds + 1;  // one more: the oldest has begun before the minute
constexpr auto kKept = std::chrono::seconds(kSlots * kSlotSeconds);
constexpr int kMaxTries = 100;

/// "<slot> <times>" a line.
std::map<std::int64_t, std::int64_t> Parse(std::string_view text) {
  std::map<std::int64_t, std::int64_t> slots;
  while (!text.empty()) {
    auto line = sdk::TakeUpTo(text, '\n');
    const auto slot = WholeNumber(sdk::TakeUpTo(line, ' ')).value_or(0);
    slots[slot] = WholeNumber(line).value_or(0);
  }
  return slots;
}

}  // namespace

Budget::Budget(sdk::Host host, const std::map<std::string, std::int64_t>& limits)
    : host_(std::move(host)), limits_(limits) {}

sdk::Result<bool> Budget::Take(const sdk::Call& call, const std::string& store, const std::string& key) const {
  const auto limit = limits_.find(store);
  if (limit == limits_.end()) return true;
  const auto name = "budget/" + key;
  for (int attempt = 0; attempt < kMaxTries; ++attempt) {
    const auto before = host_.kv().Get(call, name);
    if (!before) return before.error();
    auto slots = Parse(before->value_or(""));
    const auto slot = Now(host_) / kSlotSeconds;
    std::erase_if(slots, [&](const auto& held) { return held.first <= slot - kSlots; });
    std::int64_t taken = 0;
    for (const auto& [held, times] : slots) taken += times;
    if (taken >= limit->second) return false;
    ++slots[slot];
    std::string after;
    for (const auto& [held, times] : slots) after += std::to_string(held) + " " + std::to_string(times) + "\n";
    const auto expected = *before ? std::optional<std::string_view>(**before) : std::nullopt;
    const auto stored = host_.kv().PutIf(call, name, expected, after, kKept);
    if (!stored) return stored.error();
    if (*stored) return true;
  }
  return false;
}

}  // namespace sluice::plugins::pool

// SPDX-License-Identifier: MIT
#include "store/common/spending.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <sluice/sdk/text.hpp>
#include <system_error>

namespace sluice::plugins::store {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kParts = 30;

/// Rounded up: thirty of them are no shorter than the period.
milliseconds PartOf(const Limit& limit) { return (milliseconds(limit.period) + milliseconds(kParts - 1)) / kParts; }

std::int64_t PartAt(Spending::Time time, const Limit& limit) { return time.time_since_epoch() / PartOf(limit); }

template <typename Number>
bool Read(std::string_view text, Number& number) {
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  return fault == std::errc() && stop == end;
}

}  // namespace

Spending Spending::FromText(std::string_view text) {
  Spending read;
  std::int64_t paused = 0;
  if (!Read(sdk::TakeUpTo(text, ';'), paused)) return {};
  read.paused_until_ = Time(milliseconds(paused));
  while (!text.empty()) {
    auto& counts = read.counts_.emplace_back();
    for (auto rest = sdk::TakeUpTo(text, ';'); !rest.empty();) {
      auto value = sdk::TakeUpTo(rest, ',');
      std::int64_t part = 0;
      std::uint32_t count = 0;
      if (!Read(sdk::TakeUpTo(value, ':'), part) || !Read(value, count)) return {};
      counts[part] = count;
    }
  }
  return read;
}

std::string Spending::Text() const {
  auto text = std::to_string(paused_until_.time_since_epoch().count()) + ";";
  for (const auto& counts : counts_) {
    for (const auto& [part, count] : counts) text += std::to_string(part) + ":" + std::to_string(count) + ",";
    text += ';';
  }
  return text;
}

Spending::Time Spending::FreeAt(Time now, std::span<const Limit> limits) const {
  auto free_at = std::max(paused_until_, Time());
  for (std::size_t i = 0; i < std::min(limits.size(), counts_.size()); ++i) {
    const auto present = PartAt(now, limits[i]);
    // What lies in the future was counted by a clock that has been set back: it would block for as long.
    std::uint64_t sum = 0;
    for (const auto& [part, count] : counts_[i])
      sum += part + kParts >= present && part <= present + kParts ? count : 0;
    for (auto oldest = counts_[i].begin(); sum >= limits[i].calls && oldest != counts_[i].end(); ++oldest) {
      if (oldest->first + kParts < present || oldest->first > present + kParts) continue;
      sum -= oldest->second;
      free_at = std::max(free_at, Time(PartOf(limits[i]) * (oldest->first + kParts + 1)));
    }
  }
  return free_at;
}

void Spending::Add(Time now, std::span<const Limit> limits) {
  counts_.resize(limits.size());
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const auto present = PartAt(now, limits[i]);
    std::erase_if(counts_[i],
                  [&](const auto& of) { return of.first + kParts < present || of.first > present + kParts; });
    ++counts_[i][present];
  }
}

void Spending::TakeBack(Time then, std::span<const Limit> limits) {
  for (std::size_t i = 0; i < std::min(limits.size(), counts_.size()); ++i) {
    const auto found = counts_[i].find(PartAt(then, limits[i]));
    if (found == counts_[i].end()) continue;
    if (--found->second == 0) counts_[i].erase(found);
  }
}

void Spending::Pause(Time until) { paused_until_ = std::max(paused_until_, until); }

bool Spending::IsOver(Time now, std::span<const Limit> limits) const {
  if (paused_until_ > now) return false;
  for (std::size_t i = 0; i < std::min(limits.size(), counts_.size()); ++i) {
    const auto& counts = counts_[i];
    if (!counts.empty() && counts.rbegin()->first + kParts >= PartAt(now, limits[i])) return false;
  }
  return true;
}

}  // namespace sluice::plugins::store

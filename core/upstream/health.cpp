// SPDX-License-Identifier: MIT
#include "core/upstream/health.hpp"

#include <algorithm>
#include <utility>

namespace sluice::upstream {
namespace {

constexpr std::chrono::hours kLongest{1};

}  // namespace

sdk::Status HealthOptions::Validate() const {
  const auto fault = [](const char* message) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = message};
  };
  if (failures < 1 || failures > 100) return fault("/failures: want 1 to 100");
  if (ejected_for < std::chrono::seconds(1) || ejected_for > kLongest) return fault("/ejected_for: want 1s to 1h");
  if (max_ejected_for < ejected_for || max_ejected_for > kLongest) {
    return fault("/max_ejected_for: want ejected_for or more, up to 1h");
  }
  return sdk::Ok();
}

std::optional<std::size_t> Health::Pick(const std::vector<bool>& tried, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  std::optional<std::size_t> soonest;
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    if (tried[i]) continue;
    auto& state = origins_[i];
    if (state.ejections == 0) return i;
    if (now >= state.until && !state.probing) {
      state.probing = true;
      return i;
    }
    if (!soonest || state.until < origins_[*soonest].until) soonest = i;
  }
  return soonest;
}

bool Health::Report(std::size_t origin, Outcome outcome, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  auto& state = origins_[origin];
  if (outcome == Outcome::kGood) {
    state = {};
    return false;
  }
  const bool probed = std::exchange(state.probing, false);
  if (outcome == Outcome::kUnknown) return false;
  // What was under way when it was ejected says nothing new.
  if (state.ejections > 0 && now < state.until) return false;
  ++state.failures;
  if (!probed && state.ejections == 0 && state.failures < options_.failures) return false;
  const auto doublings = std::min<std::uint32_t>(state.ejections, 20);
  const auto span =
      std::min<std::chrono::milliseconds>(options_.ejected_for * (1U << doublings), options_.max_ejected_for);
  ++state.ejections;
  state.until = now + span;
  return true;
}

}  // namespace sluice::upstream

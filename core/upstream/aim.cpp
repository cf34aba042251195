// SPDX-License-Identifier: MIT
#include "core/upstream/aim.hpp"

#include <algorithm>

namespace sluice::upstream {

Aim::Aim(const Profile& profile, const Origin& url_origin, Metrics& metrics) : profile_(profile), metrics_(metrics) {
  const auto& origins = profile.origins();
  if (origins.size() < 2 || std::find(origins.begin(), origins.end(), url_origin) == origins.end()) return;
  tried_.assign(origins.size(), false);
}

Aim::~Aim() { Report(Health::Outcome::kUnknown, {}); }

void Aim::Take(Hop& hop, Clock::time_point now) {
  if (tried_.empty()) return;
  if (!HasOther()) std::fill(tried_.begin(), tried_.end(), false);
  current_ = profile_.health().Pick(tried_, now);
  tried_[*current_] = true;
  if (*current_ > 0) metrics_.FailedOver();
  const auto& origin = profile_.origins()[*current_];
  if (origin != hop.target.origin) hop.target = TargetAt(origin, hop.target.path);
}

void Aim::Report(Health::Outcome outcome, Clock::time_point now) {
  if (!current_) return;
  if (profile_.health().Report(*current_, outcome, now)) metrics_.Ejected();
  current_.reset();
}

bool Aim::HasOther() const { return std::find(tried_.begin(), tried_.end(), false) != tried_.end(); }

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include "core/pipeline/revocations.hpp"

namespace sluice::pipeline {

void Revocations::Revoke(std::string_view backend, std::string_view subject, std::chrono::seconds keep) {
  const auto now = clock_();
  const std::lock_guard lock(mutex_);
  std::erase_if(until_, [&](const auto& entry) { return entry.second <= now; });
  until_[{std::string(backend), std::string(subject)}] = now + keep;
}

void Revocations::Restore(std::string_view backend, std::string_view subject) {
  const std::lock_guard lock(mutex_);
  until_.erase({std::string(backend), std::string(subject)});
}

bool Revocations::Has(std::string_view backend, std::string_view subject) const {
  const std::lock_guard lock(mutex_);
  if (until_.empty()) return false;
  const auto found = until_.find({std::string(backend), std::string(subject)});
  return found != until_.end() && found->second > clock_();
}

}  // namespace sluice::pipeline

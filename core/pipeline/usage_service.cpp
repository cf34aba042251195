// SPDX-License-Identifier: MIT
#include "core/pipeline/usage_service.hpp"

#include "core/state/usage_outbox.hpp"

namespace sluice::pipeline {

sdk::Status UsageService::Record(const sdk::Call& call, const sdk::Usage& usage) {
  const auto refuse = [](std::string message) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = std::move(message)};
  };
  if (usage.subject.empty()) return refuse("usage.subject: want the subject of a principal");
  const auto snapshot = current_();
  const auto found =
      snapshot == nullptr ? decltype(snapshot->components.end()){} : snapshot->components.find(usage.backend);
  if (snapshot == nullptr || found == snapshot->components.end() || found->second.config.kind != "auth") {
    return refuse("usage.backend: want the name of an auth component");
  }
  if (!found->second.interests.usage) return sdk::Ok();
  return outbox_.Record(call, usage);
}

}  // namespace sluice::pipeline

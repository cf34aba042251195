// SPDX-License-Identifier: MIT
#include "core/pipeline/usage_service.hpp"

#include "core/state/usage_outbox.hpp"

namespace sluice::pipeline {
namespace {

bool IsAuth(const Snapshot& snapshot, const std::string& name) {
  const auto found = snapshot.components.find(name);
  return found != snapshot.components.end() && found->second.config.kind == "auth";
}

}  // namespace

sdk::Status UsageService::Record(const sdk::Call& call, const sdk::Usage& usage) {
  const auto refuse = [](std::string message) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = std::move(message)};
  };
  if (usage.subject.empty()) return refuse("usage.subject: want the subject of a principal");
  const auto snapshot = current_();
  if (snapshot == nullptr || !IsAuth(*snapshot, usage.backend)) {
    return refuse("usage.backend: want the name of an auth component");
  }
  return snapshot->InterestsOf(usage.backend).usage ? outbox_.Record(call, usage) : sdk::Ok();
}

state::UsageReporter::Backends UsageBackends(CurrentSnapshot current) {
  return {.names =
              [current] {
                const auto snapshot = current();
                std::vector<std::string> names;
                for (const auto& [name, component] : snapshot->components) {
                  if (component.interests.usage) names.push_back(name);
                }
                return names;
              },
          .report =
              [current](const sdk::Call& call, const std::string& name, std::span<const sdk::UsageRecord> records) {
                const auto snapshot = current();
                // A reload may have come since it was named.
                if (!IsAuth(*snapshot, name)) {
                  return sdk::Status(
                      sdk::Error{.code = sdk::Errc::kNotFound, .message = "no such auth component any more"});
                }
                return snapshot->components.at(name).instance->As<sdk::AuthBackend>()->ReportUsage(call, records);
              }};
}

}  // namespace sluice::pipeline

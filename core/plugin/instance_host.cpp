// SPDX-License-Identifier: MIT
#include "core/plugin/instance_host.hpp"

#include <optional>
#include <sluice/sdk/detail/service_tables.hpp>
#include <utility>

#include "core/plugin/host_services.hpp"
#include "core/plugin/instance_components.hpp"
#include "core/plugin/instance_database.hpp"
#include "core/plugin/instance_services.hpp"
#include "core/plugin/instance_sessions.hpp"
#include "core/plugin/plugin_metrics.hpp"
#include "core/plugin/task_threads.hpp"

namespace sluice::plugin {
namespace {

class InstanceHost final : public HostHandle {
 public:
  InstanceHost(const HostServices& services, PluginMetrics& metrics, const InstanceNames& names)
      : log_(names.plugin, names.component) {
    offered_ = {.log = &log_, .http = services.http, .clock = &clock_};
    if (!names.kind.empty()) {
      offered_.metrics = &metrics_.emplace(metrics, names.type, names.component);
      offered_.links = services.links;
      offered_.usage = services.usage;
      if (services.sessions != nullptr) {
        offered_.sessions = &sessions_.emplace(*services.sessions, names.component, NamesOf(names));
      }
      if (services.tasks != nullptr) offered_.tasks = &tasks_.emplace(*services.tasks);
      if (services.find) offered_.components = &components_.emplace(services.find, names.named);
      if (services.kv != nullptr) offered_.kv = &kv_.emplace(*services.kv, names.kind, names.component);
      if (services.database != nullptr) {
        offered_.database = &database_.emplace(*services.database, names.kind, names.component, names.migrations);
      }
      if (services.secrets != nullptr) {
        offered_.secrets = &secrets_.emplace(*services.secrets, services.kv, names.kind, names.component);
      }
    }
    // Reloading the server and reading its configuration are for routes that an operator put behind a token.
    if (names.kind == "endpoint") offered_.admin = services.admin;
    tables_.emplace(offered_, services.server_version);
  }

  const sluice_host& abi() const override { return tables_->host(); }
  void Drain() override {
    if (tasks_) tasks_->Drain();
  }

 private:
  static std::set<std::string, std::less<>> NamesOf(const InstanceNames& names) {
    std::set<std::string, std::less<>> named;
    for (const auto& component : names.named) named.insert(component.second);
    return named;
  }

  InstanceLog log_;
  SystemClock clock_;
  std::optional<InstanceMetrics> metrics_;
  std::optional<InstanceKv> kv_;
  std::optional<InstanceDatabase> database_;
  std::optional<InstanceSecrets> secrets_;
  std::optional<InstanceComponents> components_;
  std::optional<InstanceSessions> sessions_;
  std::optional<InstanceTasks> tasks_;
  sdk::detail::Services offered_;
  std::optional<sdk::detail::ServiceTables> tables_;
};

}  // namespace

std::unique_ptr<HostHandle> MakeInstanceHost(const HostServices& services, PluginMetrics& metrics,
                                             const InstanceNames& names) {
  return std::make_unique<InstanceHost>(services, metrics, names);
}

}  // namespace sluice::plugin

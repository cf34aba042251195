// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Host: the server as one plugin instance sees it.

#include <sluice/abi/plugin.h>
#include <sluice/sdk/detail/service_clients.hpp>
#include <sluice/sdk/services.hpp>

#include <initializer_list>
#include <memory>
#include <string_view>

namespace sluice::sdk {

/// Given to `Create`; cheap to copy. What it hands out lives as long as a copy of it: keep the Host, and no reference
/// to a service alone. Threads: [any].
///
/// A service that the host does not have is a null object: it logs nothing, counts nothing, and answers kUnsupported;
/// the clock is the system's; `secrets().Random` and `Fingerprint` end the call with kInternal.
class Host {
 public:
  /// \param name  the instance's name in the configuration.
  explicit Host(const sluice_host& host, std::string_view name = {})
      : services_(std::make_shared<detail::ServiceClients>(host, name)) {}

  /// The instance's name in the configuration; empty in a plugin's init.
  std::string_view name() const { return services_->name; }

  LogService& log() const { return services_->log; }
  MetricsService& metrics() const { return services_->metrics; }
  HttpService& http() const { return services_->http; }
  KvService& kv() const { return services_->kv; }
  ClockService& clock() const { return services_->clock; }
  SecretsService& secrets() const { return services_->secrets; }
  LinksService& links() const { return services_->links; }
  AdminService& admin() const { return services_->admin; }
  DatabaseService& database() const { return services_->database; }
  UsageService& usage() const { return services_->usage; }
  SessionsService& sessions() const { return services_->sessions; }
  TasksService& tasks() const { return services_->tasks; }

  /// What FindAuth, FindStore and FindIndexer (<sluice/sdk/components.hpp>) are made of; answers as they do.
  /// \param kind  "sluice.store/1".
  Result<sluice_component_ref> Component(std::string_view kind, std::string_view component) const {
    const auto* const service = services_->components;
    if (service == nullptr) return detail::MissingService(SLUICE_COMPONENTS_SERVICE);
    sluice_component_ref ref{};
    sluice_error error{};
    const auto status = service->find(service->ctx, detail::Str(kind), detail::Str(component), &ref, &error);
    if (status != SLUICE_OK) return detail::ToError(status, error);
    return ref;
  }

  /// One log line, if its level is kept. \param message  one constant sentence; what varies goes into `fields`.
  void Log(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {}) const {
    if (log().Enabled(level)) log().Write(level, message, {fields.begin(), fields.size()});
  }

 private:
  std::shared_ptr<detail::ServiceClients> services_;
};

}  // namespace sluice::sdk

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Host: the server as one plugin instance sees it.

#include <sluice/abi/plugin.h>
#include <sluice/sdk/detail/service_clients.hpp>
#include <sluice/sdk/services.hpp>

#include <memory>
#include <string_view>

namespace sluice::sdk {

/// Given to `Create`; cheap to copy; what it hands out lives until the instance is destroyed. Threads: [any].
///
/// A service that the host does not have is a null object: it logs nothing, counts nothing, and answers kUnsupported.
class Host {
 public:
  explicit Host(const sluice_host& host) : services_(std::make_shared<detail::ServiceClients>(host)) {}

  LogService& log() const { return services_->log; }
  MetricsService& metrics() const { return services_->metrics; }
  HttpService& http() const { return services_->http; }
  KvService& kv() const { return services_->kv; }
  ClockService& clock() const { return services_->clock; }
  SecretsService& secrets() const { return services_->secrets; }
  LinksService& links() const { return services_->links; }
  AdminService& admin() const { return services_->admin; }

  void Log(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {}) const {
    if (log().Enabled(level)) log().Write(level, message, {fields.begin(), fields.size()});
  }

 private:
  std::shared_ptr<detail::ServiceClients> services_;
};

}  // namespace sluice::sdk

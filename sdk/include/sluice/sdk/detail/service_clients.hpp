// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a plugin gets from `Host`: the SDK's service interfaces over the host's C tables, null objects where the host
/// has none.

#include <sluice/abi/components.h>
#include <sluice/abi/plugin.h>
#include <sluice/sdk/detail/database_client.hpp>
#include <sluice/sdk/detail/first_release.hpp>
#include <sluice/sdk/detail/http_client.hpp>
#include <sluice/sdk/detail/sessions_client.hpp>
#include <sluice/sdk/detail/small_clients.hpp>

#include <string>
#include <string_view>

namespace sluice::sdk::detail {

/// The table `id` of `host`, or null when the host lacks it or has only a part of its first release.
template <typename Table>
const Table* FindService(const sluice_host& host, std::string_view id) {
  const auto* table = static_cast<const Table*>(host.service(&host, Str(id)));
  static_assert(kFirstReleaseBytes<Table> > 0, "name the service in first_release.hpp");
  return table != nullptr && table->struct_size >= kFirstReleaseBytes<Table> ? table : nullptr;
}

/// One per instance, shared by the copies of its Host. `host` outlives the instance.
struct ServiceClients {
  ServiceClients(const sluice_host& host, std::string_view instance_name)
      : name(instance_name),
        log(FindService<sluice_log_service>(host, SLUICE_LOG_SERVICE)),
        metrics(FindService<sluice_metrics_service>(host, SLUICE_METRICS_SERVICE)),
        http(FindService<sluice_http_service>(host, SLUICE_HTTP_SERVICE)),
        kv(FindService<sluice_kv_service>(host, SLUICE_KV_SERVICE)),
        clock(FindService<sluice_clock_service>(host, SLUICE_CLOCK_SERVICE)),
        secrets(FindService<sluice_secrets_service>(host, SLUICE_SECRETS_SERVICE)),
        links(FindService<sluice_links_service>(host, SLUICE_LINKS_SERVICE)),
        admin(FindService<sluice_admin_service>(host, SLUICE_ADMIN_SERVICE)),
        database(FindService<sluice_database_service>(host, SLUICE_DATABASE_SERVICE)),
        usage(FindService<sluice_usage_service>(host, SLUICE_USAGE_SERVICE)),
        sessions(FindService<sluice_sessions_service>(host, SLUICE_SESSIONS_SERVICE)),
        tasks(FindService<sluice_tasks_service>(host, SLUICE_TASKS_SERVICE)),
        components(FindService<sluice_components_service>(host, SLUICE_COMPONENTS_SERVICE)) {}

  const std::string name;
  LogClient log;
  MetricsClient metrics;
  HttpClient http;
  KvClient kv;
  ClockClient clock;
  SecretsClient secrets;
  LinksClient links;
  AdminClient admin;
  DatabaseClient database;
  UsageClient usage;
  SessionsClient sessions;
  TasksClient tasks;
  const sluice_components_service* const components;  ///< May be null.
};

}  // namespace sluice::sdk::detail

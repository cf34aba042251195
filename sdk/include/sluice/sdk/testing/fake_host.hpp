// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeHost: everything that a plugin instance gets from the server, under a test's control.

#include <sluice/sdk/detail/service_tables.hpp>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/testing/fake_database.hpp>
#include <sluice/sdk/testing/fake_http.hpp>
#include <sluice/sdk/testing/fake_links.hpp>
#include <sluice/sdk/testing/fake_secrets.hpp>
#include <sluice/sdk/testing/fake_services.hpp>
#include <sluice/sdk/testing/fake_sessions.hpp>
#include <sluice/sdk/testing/fake_tasks.hpp>

#include <initializer_list>
#include <string_view>

namespace sluice::sdk::testing {

/// Outlives the instances made with it. Plugins reach the services through the C tables, as in the server.
/// Threads: [any].
class FakeHost {
 public:
  FakeHost() : FakeHost(std::initializer_list<std::string_view>{}) {}
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;
  /// Tasks end while everything that they use is there.
  ~FakeHost() { tasks.Stop(); }

  /// A host that lacks some services: `FakeHost::Without({"sluice.kv/1"})`.
  static FakeHost Without(std::initializer_list<std::string_view> ids) { return FakeHost(ids); }

  /// What `create` of a component is given.
  const sluice_host& abi() const { return tables_.host(); }
  /// The host as a plugin's class sees it; what it hands out lives as long as the fake host.
  const sdk::Host& host() const { return host_; }

  FakeLog log;
  FakeMetrics metrics;
  FakeHttp http;
  FakeClock clock;
  FakeKv kv{clock};
  FakeSecrets secrets{clock};
  FakeLinks links;
  FakeAdmin admin;
  FakeDatabase database;
  FakeUsage usage;
  FakeSessions sessions{clock};
  FakeTasks tasks;
  FakeComponents components;

 private:
  explicit FakeHost(std::initializer_list<std::string_view> missing) : tables_(Offered(missing), "1.0.0") {}

  sdk::detail::Services Offered(std::initializer_list<std::string_view> missing) {
    sdk::detail::Services services{.log = &log,
                                   .metrics = &metrics,
                                   .http = &http,
                                   .kv = &kv,
                                   .clock = &clock,
                                   .secrets = &secrets,
                                   .links = &links,
                                   .admin = &admin,
                                   .database = &database,
                                   .usage = &usage,
                                   .sessions = &sessions,
                                   .tasks = &tasks,
                                   .components = &components};
    for (const auto id : missing) {
      if (id == SLUICE_LOG_SERVICE) services.log = nullptr;
      if (id == SLUICE_METRICS_SERVICE) services.metrics = nullptr;
      if (id == SLUICE_HTTP_SERVICE) services.http = nullptr;
      if (id == SLUICE_KV_SERVICE) services.kv = nullptr;
      if (id == SLUICE_CLOCK_SERVICE) services.clock = nullptr;
      if (id == SLUICE_SECRETS_SERVICE) services.secrets = nullptr;
      if (id == SLUICE_LINKS_SERVICE) services.links = nullptr;
      if (id == SLUICE_ADMIN_SERVICE) services.admin = nullptr;
      if (id == SLUICE_DATABASE_SERVICE) services.database = nullptr;
      if (id == SLUICE_USAGE_SERVICE) services.usage = nullptr;
      if (id == SLUICE_SESSIONS_SERVICE) services.sessions = nullptr;
      if (id == SLUICE_TASKS_SERVICE) services.tasks = nullptr;
      if (id == SLUICE_COMPONENTS_SERVICE) services.components = nullptr;
    }
    return services;
  }

  const sdk::detail::ServiceTables tables_;
  const sdk::Host host_{tables_.host(), "test"};
};

}  // namespace sluice::sdk::testing

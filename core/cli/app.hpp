// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// App: the parts of one server, put together from a configuration.

#include <prometheus/registry.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <sluice/sdk/services.hpp>
#include <string>
#include <vector>

#include "core/config/load.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/auth_watch.hpp"
#include "core/pipeline/engine.hpp"
#include "core/pipeline/link_service.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/pipeline/own_requests.hpp"
#include "core/pipeline/principals.hpp"
#include "core/pipeline/revocations.hpp"
#include "core/pipeline/usage_service.hpp"
#include "core/plugin/host_services.hpp"
#include "core/plugin/registry.hpp"
#include "core/plugin/task_threads.hpp"
#include "core/state/bus.hpp"
#include "core/state/database.hpp"
#include "core/state/kv.hpp"
#include "core/state/redis_client.hpp"
#include "core/state/revocation_table.hpp"
#include "core/state/secrets.hpp"
#include "core/state/sessions.hpp"
#include "core/state/usage_outbox.hpp"
#include "core/state/usage_reporter.hpp"
#include "core/telemetry/process_metrics.hpp"
#include "core/upstream/client.hpp"
#include "core/upstream/http_service.hpp"
#include "core/upstream/small_cache.hpp"

namespace sluice::cli {

struct AppOptions {
  std::string config_path;
  std::string config_text = {};  ///< Takes the place of what is at `config_path`. Empty: read that.
  config::Environment environment;
};

/// Threads: Prepare, Start, Drain, Stop one call at a time; the rest [any].
class App final : public sdk::AdminService {
 public:
  explicit App(AppOptions options);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Reads the configuration, loads plugins, makes components. Writes nothing. Adds every fault; with any, the App is
  /// of no use.
  void Prepare(config::Faults& faults);
  /// Makes tables, binds the listeners, keeps the key if it was made, and serves. After a Prepare without faults. Adds
  /// every fault; with any, nothing was started.
  void Start(config::Faults& faults);
  /// See http::Server::Drain.
  bool Drain();
  void Stop();

  /// Reads the configuration again and swaps it in; with any fault what ran runs on.
  /// \returns  kInvalidArgument with the first fault.
  sdk::Status Reload() override;
  sdk::Result<std::string> Query(std::string_view topic) override;

  /// What serves requests now. After a Prepare without faults.
  std::shared_ptr<const pipeline::Snapshot> snapshot() const { return engine_->snapshot(); }
  /// What Prepare or the last reload found, whether it was taken or not. Null before Prepare came that far.
  std::shared_ptr<const plugin::PluginSet> plugins() const;
  const http::Server& server() const { return *server_; }
  /// After a Prepare without faults.
  state::Database& database() const { return *database_; }
  const state::Secrets& secrets() const { return *secrets_; }
  /// The tables of all components.
  std::vector<state::Schema> Schemas() const;
  /// The configuration as YAML, secrets masked.
  std::string Expanded() const;
  /// What is under way, for a log line that says what does not come to an end.
  std::string Activity() const;

 private:
  struct ReloadState {
    std::uint64_t count = 0;
    std::string time;  ///< RFC 3339; empty: none yet.
    std::vector<std::string> faults;
  };

  bool MakeCore(const config::Config& config, config::Faults& faults);
  void MakeCache(const config::Config& config);
  void MakeSecrets(const config::Config& config, config::Faults& faults);
  void MakeDatabase(const config::Config& config, config::Faults& faults);
  std::shared_ptr<const pipeline::Snapshot> Build(config::Config config, config::Faults& faults);
  void RecallRevocations();
  void Handle(http::ServerExchange& exchange);
  std::string Scrape() const;
  /// Why /ready says no, for anybody to read; none: the server is ready.
  std::vector<std::string> NotReady() const;
  std::string DescribePlugins() const;
  std::string DescribePipelines() const;
  std::string DescribePrincipals() const;
  std::string DescribeReload() const;

  const AppOptions options_;
  const std::shared_ptr<prometheus::Registry> metrics_ = std::make_shared<prometheus::Registry>();
  const telemetry::ProcessMetrics process_metrics_;
  prometheus::Counter* reloads_ok_ = nullptr;
  prometheus::Counter* reloads_failed_ = nullptr;
  prometheus::Gauge* config_loaded_at_ = nullptr;

  std::string fresh_key_;  ///< Made by Prepare and not yet kept; empty: none.

  // In the order in which they need each other; destroyed the other way round.
  std::unique_ptr<state::Secrets> secrets_;
  std::unique_ptr<state::RedisClient> redis_;  ///< Null: what would be in it is in memory.
  std::unique_ptr<state::KvStore> kv_;
  std::unique_ptr<state::Bus> bus_;
  std::unique_ptr<state::Database> database_;
  std::unique_ptr<state::Sessions> sessions_;
  std::unique_ptr<upstream::Client> client_;
  std::unique_ptr<upstream::HttpService> http_service_;
  std::unique_ptr<upstream::SmallCache> small_;
  std::unique_ptr<pipeline::LinkService> links_;
  std::unique_ptr<state::UsageOutbox> usage_;
  std::unique_ptr<pipeline::UsageService> usage_service_;
  plugin::TaskThreads task_threads_;
  plugin::HostServices services_;
  std::unique_ptr<plugin::Registry> registry_;
  pipeline::Metrics pipeline_metrics_{*metrics_};
  pipeline::Principals principals_;
  pipeline::Revocations revocations_;
  pipeline::OwnRequests own_requests_;
  std::unique_ptr<relay::Relay> relay_;
  std::unique_ptr<pipeline::Engine> engine_;
  std::unique_ptr<state::UsageReporter> usage_reporter_;
  std::unique_ptr<state::RevocationTable> revocation_table_;
  std::unique_ptr<pipeline::AuthWatch> auth_watch_;
  std::unique_ptr<http::Server> server_;

  std::mutex reload_mutex_;                         // one reload at a time
  mutable std::atomic<bool> database_away_{false};  // as /ready found it last
  mutable std::mutex state_mutex_;
  ReloadState reload_state_;
  std::shared_ptr<const plugin::PluginSet> found_plugins_;
};

}  // namespace sluice::cli

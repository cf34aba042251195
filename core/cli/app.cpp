// SPDX-License-Identifier: MIT
#include "core/cli/app.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sluice/sdk/detail/slots.hpp>
#include <variant>

#include "core/cli/listeners.hpp"
#include "core/cli/loaded_config.hpp"
#include "core/cli/probes.hpp"
#include "core/cli/tables.hpp"
#include "core/cli/version.hpp"
#include "core/config/fault_at.hpp"
#include "core/net/own_call.hpp"
#include "core/pipeline/build.hpp"
#include "core/pipeline/leaving.hpp"
#include "core/state/redis_bus.hpp"
#include "core/state/redis_kv.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

constexpr auto kRecallTimeout = std::chrono::seconds(5);
constexpr std::size_t kKvBytes = 64 * 1024 * 1024;

telemetry::Level ParseLevel(std::string_view level) {
  if (level == "trace") return telemetry::Level::kTrace;
  if (level == "debug") return telemetry::Level::kDebug;
  if (level == "warning") return telemetry::Level::kWarning;
  if (level == "error") return telemetry::Level::kError;
  return telemetry::Level::kInfo;
}

/// "sqlite:var/sluice.db" -> "var/sluice.key". Servers that share another database have a key that was given to them.
std::filesystem::path KeyFile(const config::State& state) {
  constexpr std::string_view kScheme = "sqlite:";
  const std::filesystem::path database(state.database.substr(kScheme.size()));
  return database.parent_path() / "sluice.key";
}

/// Counted where no registry is known.
prometheus::MetricFamily StaleSinkCalls() {
  prometheus::ClientMetric metric;
  metric.counter.value = static_cast<double>(sdk::detail::StaleSinkCalls().load(std::memory_order_relaxed));
  return {"sluice_stale_sink_calls_total",
          "Calls of plugins to something lent to them for a call that was over.",
          prometheus::MetricType::Counter,
          {metric}};
}

}  // namespace

App::App(AppOptions options) : options_(std::move(options)) {
  auto& reloads = prometheus::BuildCounter()
                      .Name("sluice_config_reloads_total")
                      .Help("Configuration reloads by result.")
                      .Register(*metrics_);
  reloads_ok_ = &reloads.Add({{"result", "ok"}});
  reloads_failed_ = &reloads.Add({{"result", "failed"}});
  config_loaded_at_ = &prometheus::BuildGauge()
                           .Name("sluice_config_loaded_timestamp_seconds")
                           .Help("When the configuration in use was loaded, Unix time.")
                           .Register(*metrics_)
                           .Add({});
  prometheus::BuildGauge()
      .Name("sluice_build_info")
      .Help("1, labelled with the server's version.")
      .Register(*metrics_)
      .Add({{"version", std::string(kVersion)}})
      .Set(1);
}

App::~App() {
  Stop();
  auth_watch_.reset();  // its watchers keep instances
  if (engine_) engine_->Close();
}

void App::Prepare(config::Faults& faults) {
  auto config = options_.config_text.empty()
                    ? config::Load(options_.config_path, options_.environment, faults)
                    : config::LoadText(options_.config_text, "built-in", options_.environment, faults);
  if (config.places == nullptr || !MakeCore(config, faults)) return;
  if (auto snapshot = Build(std::move(config), faults)) {
    engine_->Swap(std::move(snapshot));
    config_loaded_at_->SetToCurrentTime();
  }
}

bool App::MakeCore(const config::Config& config, config::Faults& faults) {
  telemetry::SetLogLevel(ParseLevel(config.log.level));
  MakeSecrets(config, faults);
  MakeDatabase(config, faults);
  MakeCache(config);
  // What no fetch step sends: requests of plugins, and sources of endpoints in pipelines without one.
  config::FetchStep plain;
  plain.retry.attempts = 1;
  auto profile = pipeline::MakeProfile(plain, config.upstream, "requests of plugins");
  if (!profile) {
    faults.Add(config::PlaceOf(*config.places, "/upstream"), profile.error().message);
    profile = pipeline::MakeProfile(plain, {}, "requests of plugins");  // to find what else is wrong
    if (!profile) return false;
  }
  client_ = std::make_unique<upstream::Client>(
      upstream::ClientOptions{.trusted = config.upstream.trusted,
                              .denied = config.upstream.denied,
                              .ports = config.upstream.ports,
                              .ca_file = config.upstream.ca_file,
                              .max_idle_per_origin = config.upstream.max_idle_per_origin,
                              .idle_timeout = config.upstream.idle_timeout,
                              .profile = std::move(*profile)},
      *metrics_);
  http_service_ = std::make_unique<upstream::HttpService>(
      *client_, [this](std::string_view url) { return own_requests_.MarkFor(url); });
  small_ = std::make_unique<upstream::SmallCache>(*client_, *metrics_, config.upstream.cache_bytes);
  relay_ = std::make_unique<relay::Relay>(relay::Options{.threads = config.server.relay_threads});
  usage_ = std::make_unique<state::UsageOutbox>(*database_, *metrics_, state::UsageOutbox::Options{});
  sessions_ = std::make_unique<state::Sessions>(*database_, *secrets_, *bus_);
  engine_ = std::make_unique<pipeline::Engine>(pipeline::StepContext{.client = *client_,
                                                                     .small = *small_,
                                                                     .secrets = *secrets_,
                                                                     .relay = *relay_,
                                                                     .principals = principals_,
                                                                     .revocations = revocations_,
                                                                     .sessions = *sessions_,
                                                                     .usage = usage_.get(),
                                                                     .own = &own_requests_});
  usage_service_ = std::make_unique<pipeline::UsageService>(*usage_, [this] { return engine_->snapshot(); });
  revocation_table_ = std::make_unique<state::RevocationTable>(*database_);
  auth_watch_ = std::make_unique<pipeline::AuthWatch>(principals_, revocations_, revocation_table_.get());
  links_ = std::make_unique<pipeline::LinkService>(*secrets_, [this] { return engine_->snapshot(); });
  services_ = {.http = http_service_.get(),
               .kv = kv_.get(),
               .database = database_.get(),
               .secrets = secrets_.get(),
               .sessions = sessions_.get(),
               .links = links_.get(),
               .usage = usage_service_.get(),
               .admin = this,
               .metrics = metrics_.get(),
               .tasks = &task_threads_,
               .find = [this](std::string_view name) -> std::shared_ptr<const plugin::Instance> {
                 const auto snapshot = engine_->snapshot();
                 if (!snapshot) return nullptr;
                 const auto found = snapshot->components.find(std::string(name));
                 return found == snapshot->components.end() ? nullptr : found->second.instance;
               },
               .server_version = kVersion};
  auto registry = std::make_unique<plugin::Registry>(services_, *metrics_);
  const std::lock_guard lock(state_mutex_);
  registry_ = std::move(registry);
  return true;
}

void App::MakeCache(const config::Config& config) {
  if (const auto& url = config.state.redis) {
    redis_ = std::make_unique<state::RedisClient>(state::RedisOptions{.host = url->host,
                                                                      .port = url->port,
                                                                      .user = url->user,
                                                                      .password = url->password,
                                                                      .database = url->database},
                                                  *metrics_);
    kv_ = state::MakeRedisKv(*redis_);
    bus_ = state::MakeRedisBus(*redis_);
  } else {
    kv_ = state::MakeMemoryKv(kKvBytes);
    bus_ = state::MakeMemoryBus();
  }
}

void App::MakeSecrets(const config::Config& config, config::Faults& faults) {
  auto made = [&]() -> sdk::Result<std::unique_ptr<state::Secrets>> {
    if (!config::HasFaultAt(faults, "/state")) {
      if (!config.state.secret_key.empty()) return state::Secrets::FromText(config.state.secret_key);
      const auto path = KeyFile(config.state).string();
      auto kept = state::Secrets::FromFile(path);
      if (kept || kept.error().code != sdk::Errc::kNotFound) return kept;
      if (auto may = state::CheckKeepKey(path); !may) return std::move(may).error();
    }
    fresh_key_ = state::RandomBytes(32);
    return state::Secrets::FromKey(fresh_key_);
  }();
  if (!made) {
    faults.Add(config::PlaceOf(*config.places, "/state"), made.error().message);
    made = state::Secrets::FromKey(state::RandomBytes(32));  // to find what else is wrong
  }
  std::vector<std::unique_ptr<state::Secrets>> previous;
  for (const auto& key : config.state.previous_secret_keys) {
    if (auto secrets = state::Secrets::FromText(key)) previous.push_back(std::move(*secrets));  // else it is a fault
  }
  secrets_ = state::Secrets::WithPrevious(std::move(*made), std::move(previous));
}

void App::MakeDatabase(const config::Config& config, config::Faults& faults) {
  auto url = config.state.database;
  if (const auto why = state::WhyNoDatabase(url); !why.empty()) {
    if (!config::HasFaultAt(faults, "/state")) faults.Add(config::PlaceOf(*config.places, "/state/database"), why);
    url = config::State().database;  // to find what else is wrong; nothing is read or written
  }
  database_ = state::MakeDatabase(url);
}

std::vector<state::Schema> App::Schemas() const { return SchemasOf(*snapshot()); }

std::shared_ptr<const pipeline::Snapshot> App::Build(config::Config config, config::Faults& faults) {
  CheckCertificates(config, faults);
  if (config::HasFaultAt(faults, "/plugins")) return nullptr;  // which files may be loaded is not known
  auto plugins = registry_->Load(config.plugins);
  {
    const std::lock_guard lock(state_mutex_);
    found_plugins_ = plugins;
  }
  RegisterSecrets(config, *plugins);  // before anybody may quote one of them
  plugins->CheckFiles(config, faults);
  const auto previous = engine_->snapshot();
  return pipeline::Build(std::move(config), std::move(plugins), previous.get(), pipeline_metrics_, faults);
}

void App::Start(config::Faults& faults) {
  const auto snapshot = this->snapshot();
  auto options = ServerOptionsOf(snapshot->config);
  options.on_refused = [this](const http::RefusedRequest& refused) { engine_->Refused(refused); };
  auto server = std::make_unique<http::Server>(
      std::move(options), [this](http::ServerExchange& exchange) { Handle(exchange); }, *metrics_);
  {
    const std::lock_guard lock(state_mutex_);
    server_ = std::move(server);
  }
  const auto& config = snapshot->config;
  const auto began = std::chrono::system_clock::now();
  MakeTables(*database_, Schemas(), config, faults);
  if (redis_) redis_->Connect();  // so that /ready is right from the first answer on
  RecallRevocations();            // before the first link of somebody who must not go on
  AddStartFaults(config, server_->Start(), faults);
  if (faults.empty() && !fresh_key_.empty()) {
    const auto kept = state::KeepKey(KeyFile(config.state).string(), fresh_key_);
    if (!kept) faults.Add(config::PlaceOf(*config.places, "/state"), kept.error().message);
  }
  if (!faults.empty()) return server_->Stop();
  std::set<std::uint16_t> ports;
  for (const auto& listener : config.listeners) ports.insert(server_->Port(listener.name));
  own_requests_.Listen(std::move(ports));
  usage_reporter_ = std::make_unique<state::UsageReporter>(*database_, *metrics_,
                                                           pipeline::UsageBackends([this] { return this->snapshot(); }),
                                                           state::UsageReporter::Options{});
  TakeOverRecords(*database_, Schemas(), began);
  const std::lock_guard lock(reload_mutex_);  // a request may have asked for a reload already
  auth_watch_->Follow(*this->snapshot());
}

void App::RecallRevocations() {
  const auto& components = snapshot()->components;
  const bool any = std::any_of(components.begin(), components.end(),
                               [](const auto& entry) { return entry.second.interests.revocations; });
  if (!any) return;
  const net::OwnCall call(std::chrono::steady_clock::now() + kRecallTimeout);
  if (const auto recalled = auth_watch_->Recall(call.call()); !recalled) {
    telemetry::Log(telemetry::Level::kWarning, "what was revoked before is not known until the database is back",
                   {{"cause", recalled.error().message}});
  }
}

bool App::Drain() {
  {
    const std::lock_guard lock(reload_mutex_);
    auth_watch_->Follow({});  // its own feed would be a request that does not end
  }
  return server_->Drain(snapshot()->config.server.grace);
}

void App::Stop() {
  if (server_) server_->Stop();
}

void App::Handle(http::ServerExchange& exchange) {
  const auto snapshot = engine_->snapshot();
  const auto scrape = [this] { return Scrape(); };
  if (HandleProbe(exchange, snapshot->config.telemetry.listeners, scrape, [this] { return NotReady(); })) return;
  engine_->Handle(exchange);
}

std::vector<std::string> App::NotReady() const {
  std::vector<std::string> reasons;
  if (redis_) {
    if (const auto why = redis_->away(); !why.empty()) reasons.push_back("cache: " + why);
  }
  if (!Schemas().empty()) {
    const auto why = WhyDatabaseIsAway(*database_);
    if (!why.empty()) reasons.emplace_back("database: away");  // where it is, is not for everybody
    if (const bool is_away = !why.empty(); database_away_.exchange(is_away) != is_away) {
      telemetry::Log(is_away ? telemetry::Level::kWarning : telemetry::Level::kInfo,
                     is_away ? "the database is away" : "the database is back",
                     {{"database", database_->name()}, {"cause", why}});
    }
  }
  return reasons;
}

std::string App::Scrape() const {
  auto families = metrics_->Collect();
  for (auto& family : process_metrics_.Collect()) families.push_back(std::move(family));
  families.push_back(StaleSinkCalls());
  return prometheus::TextSerializer().Serialize(families);
}

sdk::Status App::Reload() {
  const std::lock_guard lock(reload_mutex_);
  config::Faults faults;
  const auto before = engine_->snapshot();
  auto config = config::Load(options_.config_path, options_.environment, faults);
  auto after = config.places == nullptr ? nullptr : Build(std::move(config), faults);
  if (after != nullptr) MakeTables(*database_, SchemasOf(*after), after->config, faults);
  if (after != nullptr && faults.empty()) {
    WarnOfRestart(before->config, after->config);
    telemetry::SetLogLevel(ParseLevel(after->config.log.level));
    auth_watch_->Follow(*after);
    engine_->Swap(std::move(after));
    config_loaded_at_->SetToCurrentTime();
  }
  (faults.empty() ? reloads_ok_ : reloads_failed_)->Increment();
  {
    const std::lock_guard state_lock(state_mutex_);
    ++reload_state_.count;
    reload_state_.time = telemetry::Timestamp();
    reload_state_.faults.clear();
    for (const auto& fault : faults.all()) {
      reload_state_.faults.push_back(telemetry::Redact(config::Format(fault)));
    }
  }
  if (faults.empty()) {
    telemetry::Log(telemetry::Level::kInfo, "configuration reloaded", {{"file", options_.config_path}});
    return sdk::Ok();
  }
  for (const auto& fault : faults.all()) {
    const auto text = config::Format(fault);
    telemetry::Log(telemetry::Level::kError, "configuration not reloaded; what ran runs on", {{"fault", text}});
  }
  return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = config::Format(faults.all().front())};
}

std::shared_ptr<const plugin::PluginSet> App::plugins() const {
  const std::lock_guard lock(state_mutex_);
  return found_plugins_;
}

std::string App::Expanded() const {
  const auto snapshot = this->snapshot();
  return config::Expand(snapshot->config, snapshot->plugins->SecretPointers(snapshot->config));
}

std::string App::Activity() const {
  const std::lock_guard lock(state_mutex_);
  auto text = registry_ ? registry_->busy_with() : std::string();
  if (server_ == nullptr) return text;
  const auto requests = server_->connections() - std::min(server_->parked(), server_->connections());
  return text + (text.empty() ? "" : ", ") + std::to_string(requests) + " connections with a request";
}

}  // namespace sluice::cli

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ServiceTables: the SDK's service interfaces as the C tables that plugins are offered. Used by the host and by the
/// SDK's fake host.

#include <sluice/abi/admin.h>
#include <sluice/abi/clock.h>
#include <sluice/abi/components.h>
#include <sluice/abi/kv.h>
#include <sluice/abi/links.h>
#include <sluice/abi/log.h>
#include <sluice/abi/metrics.h>
#include <sluice/abi/plugin.h>
#include <sluice/abi/secrets.h>
#include <sluice/abi/tasks.h>
#include <sluice/abi/usage.h>
#include <sluice/sdk/detail/database_table.hpp>
#include <sluice/sdk/detail/http_table.hpp>
#include <sluice/sdk/detail/sessions_client.hpp>
#include <sluice/sdk/detail/thunks_auth.hpp>
#include <sluice/sdk/detail/thunks_indexer.hpp>
#include <sluice/sdk/detail/thunks_store.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/services.hpp>

#include <string>
#include <string_view>

namespace sluice::sdk::detail {

/// What a host offers. Null: it does not have that service. Everything outlives the ServiceTables over it.
struct Services {
  LogService* log = nullptr;
  MetricsService* metrics = nullptr;
  HttpService* http = nullptr;
  KvService* kv = nullptr;
  ClockService* clock = nullptr;
  SecretsService* secrets = nullptr;
  LinksService* links = nullptr;
  AdminService* admin = nullptr;
  DatabaseService* database = nullptr;
  UsageService* usage = nullptr;
  SessionsService* sessions = nullptr;
  TasksService* tasks = nullptr;
  ComponentsService* components = nullptr;
};

template <typename Service>
Service& ServiceOf(void* ctx) noexcept {
  return *static_cast<Service*>(ctx);
}
inline Status PutText(Result<std::string> text, sluice_text_sink out) {
  if (!text) return std::move(text).error();
  out.put(out.ctx, Str(*text));
  return Ok();
}

inline sluice_log_service LogTable(LogService* service) noexcept {
  return {.struct_size = SizeOf<sluice_log_service>(),
          .reserved = 0,
          .ctx = service,
          .enabled = [](void* ctx, sluice_log_level level) noexcept -> uint32_t {
            return ServiceOf<LogService>(ctx).Enabled(level > SLUICE_LOG_ERROR ? LogLevel::kInfo
                                                                               : static_cast<LogLevel>(level))
                       ? 1
                       : 0;
          },
          .write =
              [](void* ctx, sluice_log_level level, sluice_str message, const sluice_field* fields,
                 size_t field_count) noexcept {
                BarrierOr(false, [&] {
                  Array<Field, 16> views;
                  views.Fill(Elements(fields, field_count), FromField);
                  ServiceOf<LogService>(ctx).Write(
                      level > SLUICE_LOG_ERROR ? LogLevel::kInfo : static_cast<LogLevel>(level), View(message),
                      views.span());
                  return true;
                });
              }};
}

inline sluice_metrics_service MetricsTable(MetricsService* service) noexcept {
  return {.struct_size = SizeOf<sluice_metrics_service>(),
          .reserved = 0,
          .ctx = service,
          .declare = [](void* ctx, sluice_metric_kind kind, sluice_str name, sluice_str help, const sluice_str* labels,
                        size_t label_count, uint32_t* out, sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&]() -> Status {
              if (kind > SLUICE_METRIC_HISTOGRAM)
                return Error{.code = Errc::kUnsupported, .message = "kind of metric: want 0 to 2"};
              Array<std::string_view, 8> names;
              names.Fill(Elements(labels, label_count), [](sluice_str label) { return View(label); });
              auto metric = ServiceOf<MetricsService>(ctx).Declare(static_cast<MetricKind>(kind), View(name),
                                                                   View(help), names.span());
              if (!metric) return std::move(metric).error();
              *out = *metric;
              return Ok();
            });
          },
          .record =
              [](void* ctx, uint32_t metric, double value, const sluice_str* values, size_t value_count) noexcept {
                BarrierOr(false, [&] {
                  Array<std::string_view, 8> views;
                  views.Fill(Elements(values, value_count), [](sluice_str text) { return View(text); });
                  ServiceOf<MetricsService>(ctx).Record(metric, value, views.span());
                  return true;
                });
              }};
}

inline sluice_kv_service KvTable(KvService* service) noexcept {
  return {
      .struct_size = SizeOf<sluice_kv_service>(),
      .reserved = 0,
      .ctx = service,
      .get = [](void* ctx, const sluice_call* call, sluice_str key, sluice_text_sink out,
                sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&]() -> Status {
          auto value = ServiceOf<KvService>(ctx).Get(Call(*call), View(key));
          if (!value) return std::move(value).error();
          if (*value) out.put(out.ctx, Str(**value));
          return Ok();
        });
      },
      .put = [](void* ctx, const sluice_call* call, sluice_str key, sluice_str value, int64_t ttl_seconds,
                sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] {
          return ServiceOf<KvService>(ctx).Put(Call(*call), View(key), View(value), std::chrono::seconds(ttl_seconds));
        });
      },
      .put_if = [](void* ctx, const sluice_call* call, sluice_str key, const sluice_str* expected, sluice_str value,
                   int64_t ttl_seconds, uint32_t* stored, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&]() -> Status {
          std::optional<std::string_view> wanted;
          if (expected != nullptr) wanted = View(*expected);
          auto did = ServiceOf<KvService>(ctx).PutIf(Call(*call), View(key), wanted, View(value),
                                                     std::chrono::seconds(ttl_seconds));
          if (!did) return std::move(did).error();
          *stored = *did ? 1 : 0;
          return Ok();
        });
      },
      .erase = [](void* ctx, const sluice_call* call, sluice_str key, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] { return ServiceOf<KvService>(ctx).Erase(Call(*call), View(key)); });
      },
      .increment = [](void* ctx, const sluice_call* call, sluice_str key, int64_t by, int64_t ttl_seconds, int64_t* sum,
                      sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&]() -> Status {
          auto added =
              ServiceOf<KvService>(ctx).Increment(Call(*call), View(key), by, std::chrono::seconds(ttl_seconds));
          if (!added) return std::move(added).error();
          *sum = *added;
          return Ok();
        });
      }};
}

inline sluice_clock_service ClockTable(ClockService* service) noexcept {
  using std::chrono::duration_cast;
  using std::chrono::nanoseconds;
  return {.struct_size = SizeOf<sluice_clock_service>(),
          .reserved = 0,
          .ctx = service,
          .now_ns = [](void* ctx) noexcept -> int64_t {
            return duration_cast<nanoseconds>(ServiceOf<ClockService>(ctx).Now().time_since_epoch()).count();
          },
          .steady_ns = [](void* ctx) noexcept -> int64_t {
            return duration_cast<nanoseconds>(ServiceOf<ClockService>(ctx).Steady().time_since_epoch()).count();
          }};
}

inline sluice_secrets_service SecretsTable(SecretsService* service) noexcept {
  return {
      .struct_size = SizeOf<sluice_secrets_service>(),
      .reserved = 0,
      .ctx = service,
      .seal = [](void* ctx, sluice_str plaintext, sluice_str context, sluice_text_sink out,
                 sluice_error* error) noexcept -> sluice_status {
        return Barrier(
            error, [&] { return PutText(ServiceOf<SecretsService>(ctx).Seal(View(plaintext), View(context)), out); });
      },
      .open = [](void* ctx, sluice_str sealed, sluice_str context, sluice_text_sink out,
                 sluice_error* error) noexcept -> sluice_status {
        return Barrier(error,
                       [&] { return PutText(ServiceOf<SecretsService>(ctx).Open(View(sealed), View(context)), out); });
      },
      .equal = [](void* ctx, sluice_str a, sluice_str b) noexcept -> uint32_t {
        return ServiceOf<SecretsService>(ctx).Equal(View(a), View(b)) ? 1 : 0;
      },
      .fingerprint = [](void* ctx, sluice_str secret, sluice_text_sink out,
                        sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] { return PutText(ServiceOf<SecretsService>(ctx).Fingerprint(View(secret)), out); });
      },
      .random = [](void* ctx, size_t size, sluice_text_sink out, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&]() -> Status {
          if (size < 1 || size > 4096) return Error{.code = Errc::kInvalidArgument, .message = "size: want 1 to 4096"};
          return PutText(ServiceOf<SecretsService>(ctx).Random(size), out);
        });
      },
      .seal_deterministic = [](void* ctx, sluice_str plaintext, sluice_text_sink out,
                               sluice_error* error) noexcept -> sluice_status {
        return Barrier(error,
                       [&] { return PutText(ServiceOf<SecretsService>(ctx).SealDeterministic(View(plaintext)), out); });
      },
      .open_deterministic = [](void* ctx, sluice_str sealed, sluice_text_sink out,
                               sluice_error* error) noexcept -> sluice_status {
        return Barrier(error,
                       [&] { return PutText(ServiceOf<SecretsService>(ctx).OpenDeterministic(View(sealed)), out); });
      },
      .keep = [](void* ctx, const sluice_call* call, sluice_str name, sluice_str secret, int64_t ttl_seconds,
                 sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] {
          return ServiceOf<SecretsService>(ctx).Keep(Call(*call), View(name), View(secret),
                                                     std::chrono::seconds(ttl_seconds));
        });
      },
      .recall = [](void* ctx, const sluice_call* call, sluice_str name, sluice_text_sink out,
                   sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&]() -> Status {
          auto secret = ServiceOf<SecretsService>(ctx).Recall(Call(*call), View(name));
          if (!secret) return std::move(secret).error();
          if (*secret) out.put(out.ctx, Str(**secret));
          return Ok();
        });
      },
      .forget = [](void* ctx, const sluice_call* call, sluice_str name, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] { return ServiceOf<SecretsService>(ctx).Forget(Call(*call), View(name)); });
      },
      .key_id = [](void* ctx, sluice_text_sink out, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] { return PutText(ServiceOf<SecretsService>(ctx).KeyId(), out); });
      }};
}

inline sluice_links_service LinksTable(LinksService* service) noexcept {
  return {.struct_size = SizeOf<sluice_links_service>(),
          .reserved = 0,
          .ctx = service,
          .mint = [](void* ctx, sluice_str pipeline, sluice_str url, sluice_link_kind kind, sluice_str context,
                     sluice_str subject, int64_t ttl_seconds, sluice_text_sink out,
                     sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&] {
              return PutText(
                  ServiceOf<LinksService>(ctx).Mint(View(pipeline), View(url), FromLinkKind(kind), View(context),
                                                    View(subject), std::chrono::seconds(ttl_seconds)),
                  out);
            });
          }};
}

inline sluice_admin_service AdminTable(AdminService* service) noexcept {
  return {
      .struct_size = SizeOf<sluice_admin_service>(),
      .reserved = 0,
      .ctx = service,
      .query = [](void* ctx, sluice_str topic, sluice_text_sink out, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] { return PutText(ServiceOf<AdminService>(ctx).Query(View(topic)), out); });
      },
      .reload = [](void* ctx, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] { return ServiceOf<AdminService>(ctx).Reload(); });
      }};
}

inline sluice_usage_service UsageTable(UsageService* service) noexcept {
  return {.struct_size = SizeOf<sluice_usage_service>(),
          .reserved = 0,
          .ctx = service,
          .record = [](void* ctx, const sluice_call* call, const sluice_usage* usage,
                       sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&] { return ServiceOf<UsageService>(ctx).Record(Call(*call), FromUsage(*usage)); });
          }};
}

inline sluice_tasks_service TasksTable(TasksService* service) noexcept {
  return {.struct_size = SizeOf<sluice_tasks_service>(),
          .reserved = 0,
          .ctx = service,
          .start = [](void* ctx, const sluice_call* call, int64_t timeout_ms, sluice_task task,
                      sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&] {
              return ServiceOf<TasksService>(ctx).Start(
                  Call(*call), std::chrono::milliseconds(timeout_ms),
                  [task](const Call& running) { task.run(task.ctx, &running.abi()); });
            });
          }};
}

/// Fills `out` with what was found, as the table of its kind.
template <typename Interface>
Status PutComponent(Result<Interface*> found, sluice_component_ref& out) {
  if (!found) return std::move(found).error();
  out = {.table = &Kind<Interface>::kTable, .self = *found};
  return Ok();
}

inline sluice_components_service ComponentsTable(ComponentsService* service) noexcept {
  return {.struct_size = SizeOf<sluice_components_service>(),
          .reserved = 0,
          .ctx = service,
          .find = [](void* ctx, sluice_str kind, sluice_str name, sluice_component_ref* out,
                     sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&]() -> Status {
              auto& components = ServiceOf<ComponentsService>(ctx);
              if (View(kind) == Kind<AuthBackend>::id) return PutComponent(components.FindAuth(View(name)), *out);
              if (View(kind) == Kind<Store>::id) return PutComponent(components.FindStore(View(name)), *out);
              if (View(kind) == Kind<Indexer>::id) return PutComponent(components.FindIndexer(View(name)), *out);
              return Error{.code = Errc::kUnsupported, .message = "kind: want auth, store or indexer"};
            });
          }};
}

/// One per instance (or shared, where the services are). Outlives every instance it is offered to.
class ServiceTables {
 public:
  /// \param server_version  "1.4.2".
  explicit ServiceTables(const Services& services, std::string_view server_version = "0")
      : services_(services),
        server_version_(server_version),
        log_(LogTable(services.log)),
        metrics_(MetricsTable(services.metrics)),
        http_(HttpTable(services.http)),
        kv_(KvTable(services.kv)),
        clock_(ClockTable(services.clock)),
        secrets_(SecretsTable(services.secrets)),
        links_(LinksTable(services.links)),
        admin_(AdminTable(services.admin)),
        database_(DatabaseTable(services.database)),
        usage_(UsageTable(services.usage)),
        sessions_(SessionsTable(services.sessions)),
        tasks_(TasksTable(services.tasks)),
        components_(ComponentsTable(services.components)),
        host_{.struct_size = SizeOf<sluice_host>(),
              .abi_major = SLUICE_ABI_MAJOR,
              .abi_minor = SLUICE_ABI_MINOR,
              .reserved = 0,
              .server_version = Str(server_version_),
              .ctx = this,
              .service = &ServiceTables::Service} {}
  ServiceTables(const ServiceTables&) = delete;
  ServiceTables& operator=(const ServiceTables&) = delete;

  /// What `create` is given.
  const sluice_host& host() const noexcept { return host_; }

  /// The table of an id, or null.
  const void* Find(std::string_view id) const noexcept {
    if (id == SLUICE_LOG_SERVICE) return services_.log != nullptr ? &log_ : nullptr;
    if (id == SLUICE_METRICS_SERVICE) return services_.metrics != nullptr ? &metrics_ : nullptr;
    if (id == SLUICE_HTTP_SERVICE) return services_.http != nullptr ? &http_ : nullptr;
    if (id == SLUICE_KV_SERVICE) return services_.kv != nullptr ? &kv_ : nullptr;
    if (id == SLUICE_CLOCK_SERVICE) return services_.clock != nullptr ? &clock_ : nullptr;
    if (id == SLUICE_SECRETS_SERVICE) return services_.secrets != nullptr ? &secrets_ : nullptr;
    if (id == SLUICE_LINKS_SERVICE) return services_.links != nullptr ? &links_ : nullptr;
    if (id == SLUICE_ADMIN_SERVICE) return services_.admin != nullptr ? &admin_ : nullptr;
    if (id == SLUICE_DATABASE_SERVICE) return services_.database != nullptr ? &database_ : nullptr;
    if (id == SLUICE_USAGE_SERVICE) return services_.usage != nullptr ? &usage_ : nullptr;
    if (id == SLUICE_SESSIONS_SERVICE) return services_.sessions != nullptr ? &sessions_ : nullptr;
    if (id == SLUICE_TASKS_SERVICE) return services_.tasks != nullptr ? &tasks_ : nullptr;
    if (id == SLUICE_COMPONENTS_SERVICE) return services_.components != nullptr ? &components_ : nullptr;
    return nullptr;
  }

 private:
  static const void* Service(const sluice_host* host, sluice_str id) noexcept {
    return static_cast<const ServiceTables*>(host->ctx)->Find(View(id));
  }

  const Services services_;
  const std::string server_version_;
  const sluice_log_service log_;
  const sluice_metrics_service metrics_;
  const sluice_http_service http_;
  const sluice_kv_service kv_;
  const sluice_clock_service clock_;
  const sluice_secrets_service secrets_;
  const sluice_links_service links_;
  const sluice_admin_service admin_;
  const sluice_database_service database_;
  const sluice_usage_service usage_;
  const sluice_sessions_service sessions_;
  const sluice_tasks_service tasks_;
  const sluice_components_service components_;
  const sluice_host host_;
};

}  // namespace sluice::sdk::detail

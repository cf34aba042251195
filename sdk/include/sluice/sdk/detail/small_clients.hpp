// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The services other than HTTP as a plugin calls them. A null table makes a null object.

#include <sluice/abi/admin.h>
#include <sluice/abi/clock.h>
#include <sluice/abi/kv.h>
#include <sluice/abi/links.h>
#include <sluice/abi/log.h>
#include <sluice/abi/metrics.h>
#include <sluice/abi/secrets.h>
#include <sluice/abi/tasks.h>
#include <sluice/abi/usage.h>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/services.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace sluice::sdk::detail {

/// Calls `function(text_sink, error)` and gives what it put.
template <typename F>
Result<std::string> TakeText(F&& function) {
  TextTaker taker;
  sluice_error error{};
  const sluice_status status = function(taker.sink(), &error);
  if (status != SLUICE_OK) return ToError(status, error);
  if (!taker.taken()) return Error{.code = Errc::kInternal, .message = "the host answered without a text"};
  return std::move(taker.text());
}

class LogClient final : public LogService {
 public:
  explicit LogClient(const sluice_log_service* service) : service_(service) {}
  bool Enabled(LogLevel level) const noexcept override {
    return service_ != nullptr && service_->enabled(service_->ctx, static_cast<sluice_log_level>(level)) != 0;
  }
  void Write(LogLevel level, std::string_view message, std::span<const Field> fields) noexcept override {
    if (service_ == nullptr) return;
    BarrierOr(false, [&] {
      Array<sluice_field, 16> views;
      views.Fill(fields, kToField);
      service_->write(service_->ctx, static_cast<sluice_log_level>(level), Str(message), views.data(), views.size());
      return true;
    });
  }

 private:
  const sluice_log_service* service_;
};

class MetricsClient final : public MetricsService {
 public:
  explicit MetricsClient(const sluice_metrics_service* service) : service_(service) {}
  /// Without the service a plugin that counts works as well: metrics are declared, and go nowhere.
  Result<Id> Declare(MetricKind kind, std::string_view name, std::string_view help,
                     std::span<const std::string_view> labels) override {
    if (service_ == nullptr) return Id{0};
    Array<sluice_str, 8> views;
    views.Fill(labels, Str);
    Id id = 0;
    sluice_error error{};
    const auto status = service_->declare(service_->ctx, static_cast<sluice_metric_kind>(kind), Str(name), Str(help),
                                          views.data(), views.size(), &id, &error);
    if (status != SLUICE_OK) return ToError(status, error);
    return id;
  }
  void Record(Id metric, double value, std::span<const std::string_view> values) noexcept override {
    if (service_ == nullptr) return;
    BarrierOr(false, [&] {
      Array<sluice_str, 8> views;
      views.Fill(values, Str);
      service_->record(service_->ctx, metric, value, views.data(), views.size());
      return true;
    });
  }

 private:
  const sluice_metrics_service* service_;
};

class KvClient final : public KvService {
 public:
  explicit KvClient(const sluice_kv_service* service) : service_(service) {}
  Result<std::optional<std::string>> Get(const Call& call, std::string_view key) override {
    if (service_ == nullptr) return MissingService(SLUICE_KV_SERVICE);
    TextTaker taker;
    sluice_error error{};
    const auto status = service_->get(service_->ctx, &call.abi(), Str(key), taker.sink(), &error);
    if (status != SLUICE_OK) return ToError(status, error);
    if (!taker.taken()) return std::optional<std::string>();
    return std::optional<std::string>(std::move(taker.text()));
  }
  Status Put(const Call& call, std::string_view key, std::string_view value, std::chrono::seconds ttl) override {
    if (service_ == nullptr) return MissingService(SLUICE_KV_SERVICE);
    sluice_error error{};
    return ToStatus(service_->put(service_->ctx, &call.abi(), Str(key), Str(value), ttl.count(), &error), error);
  }
  Result<bool> PutIf(const Call& call, std::string_view key, std::optional<std::string_view> expected,
                     std::string_view value, std::chrono::seconds ttl) override {
    if (service_ == nullptr) return MissingService(SLUICE_KV_SERVICE);
    const auto wanted = Str(expected.value_or(std::string_view()));
    std::uint32_t stored = 0;
    sluice_error error{};
    const auto status = service_->put_if(service_->ctx, &call.abi(), Str(key), expected ? &wanted : nullptr, Str(value),
                                         ttl.count(), &stored, &error);
    if (status != SLUICE_OK) return ToError(status, error);
    return stored != 0;
  }
  Status Erase(const Call& call, std::string_view key) override {
    if (service_ == nullptr) return MissingService(SLUICE_KV_SERVICE);
    sluice_error error{};
    return ToStatus(service_->erase(service_->ctx, &call.abi(), Str(key), &error), error);
  }
  Result<std::int64_t> Increment(const Call& call, std::string_view key, std::int64_t by,
                                 std::chrono::seconds ttl) override {
    if (service_ == nullptr || !SLUICE_HAS(service_, increment)) return MissingService(SLUICE_KV_SERVICE);
    std::int64_t sum = 0;
    sluice_error error{};
    const auto status = service_->increment(service_->ctx, &call.abi(), Str(key), by, ttl.count(), &sum, &error);
    if (status != SLUICE_OK) return ToError(status, error);
    return sum;
  }

 private:
  const sluice_kv_service* service_;
};

/// Falls back to the system's clocks.
class ClockClient final : public ClockService {
 public:
  explicit ClockClient(const sluice_clock_service* service) : service_(service) {}
  std::chrono::system_clock::time_point Now() const noexcept override {
    using Clock = std::chrono::system_clock;
    if (service_ == nullptr) return Clock::now();
    const std::chrono::nanoseconds since_epoch(service_->now_ns(service_->ctx));
    return Clock::time_point(std::chrono::duration_cast<Clock::duration>(since_epoch));
  }
  std::chrono::steady_clock::time_point Steady() const noexcept override {
    using Clock = std::chrono::steady_clock;
    if (service_ == nullptr) return Clock::now();
    const std::chrono::nanoseconds since_epoch(service_->steady_ns(service_->ctx));
    return Clock::time_point(std::chrono::duration_cast<Clock::duration>(since_epoch));
  }

 private:
  const sluice_clock_service* service_;
};

/// Fingerprint and Random have no error to answer: they throw when they cannot be had, which ends the call with
/// kInternal. An empty text would make all secrets look alike, or a token guessable.
class SecretsClient final : public SecretsService {
 public:
  explicit SecretsClient(const sluice_secrets_service* service) : service_(service) {}
  Result<std::string> Seal(std::string_view plaintext, std::string_view context) override {
    if (service_ == nullptr) return MissingService(SLUICE_SECRETS_SERVICE);
    return TakeText([&](sluice_text_sink out, sluice_error* error) {
      return service_->seal(service_->ctx, Str(plaintext), Str(context), out, error);
    });
  }
  Result<std::string> Open(std::string_view sealed, std::string_view context) override {
    if (service_ == nullptr) return MissingService(SLUICE_SECRETS_SERVICE);
    return TakeText([&](sluice_text_sink out, sluice_error* error) {
      return service_->open(service_->ctx, Str(sealed), Str(context), out, error);
    });
  }
  bool Equal(std::string_view a, std::string_view b) const noexcept override {
    if (service_ != nullptr) return service_->equal(service_->ctx, Str(a), Str(b)) != 0;
    if (a.size() != b.size()) return false;
    volatile unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
      difference =
          difference | static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
    return difference == 0;
  }
  std::string Fingerprint(std::string_view secret) override {
    return Need([&](sluice_text_sink out, sluice_error* error) {
      return service_->fingerprint(service_->ctx, Str(secret), out, error);
    });
  }
  std::string Random(std::size_t size) override {
    return Need(
        [&](sluice_text_sink out, sluice_error* error) { return service_->random(service_->ctx, size, out, error); });
  }
  Result<std::string> SealDeterministic(std::string_view plaintext) override {
    if (service_ == nullptr || !SLUICE_HAS(service_, seal_deterministic)) return MissingService(SLUICE_SECRETS_SERVICE);
    return TakeText([&](sluice_text_sink out, sluice_error* error) {
      return service_->seal_deterministic(service_->ctx, Str(plaintext), out, error);
    });
  }
  Result<std::string> OpenDeterministic(std::string_view sealed) override {
    if (service_ == nullptr || !SLUICE_HAS(service_, open_deterministic)) return MissingService(SLUICE_SECRETS_SERVICE);
    return TakeText([&](sluice_text_sink out, sluice_error* error) {
      return service_->open_deterministic(service_->ctx, Str(sealed), out, error);
    });
  }
  Status Keep(const Call& call, std::string_view name, std::string_view secret, std::chrono::seconds ttl) override {
    if (service_ == nullptr || !SLUICE_HAS(service_, keep)) return MissingService(SLUICE_SECRETS_SERVICE);
    sluice_error error{};
    return ToStatus(service_->keep(service_->ctx, &call.abi(), Str(name), Str(secret), ttl.count(), &error), error);
  }
  Result<std::optional<std::string>> Recall(const Call& call, std::string_view name) override {
    if (service_ == nullptr || !SLUICE_HAS(service_, recall)) return MissingService(SLUICE_SECRETS_SERVICE);
    TextTaker secret;
    sluice_error error{};
    const auto status = service_->recall(service_->ctx, &call.abi(), Str(name), secret.sink(), &error);
    if (status != SLUICE_OK) return ToError(status, error);
    return secret.taken() ? std::optional(std::move(secret.text())) : std::nullopt;
  }
  Status Forget(const Call& call, std::string_view name) override {
    if (service_ == nullptr || !SLUICE_HAS(service_, forget)) return MissingService(SLUICE_SECRETS_SERVICE);
    sluice_error error{};
    return ToStatus(service_->forget(service_->ctx, &call.abi(), Str(name), &error), error);
  }
  std::string KeyId() override {
    if (service_ == nullptr || !SLUICE_HAS(service_, key_id)) return {};
    auto id = TakeText(
        [&](sluice_text_sink out, sluice_error* error) { return service_->key_id(service_->ctx, out, error); });
    return id ? std::move(*id) : std::string();
  }

 private:
  template <typename F>
  std::string Need(F&& function) const {
    if (service_ == nullptr) throw std::runtime_error(MissingService(SLUICE_SECRETS_SERVICE).message);
    auto text = TakeText(std::forward<F>(function));
    if (!text) throw std::runtime_error(text.error().message);
    return std::move(*text);
  }

  const sluice_secrets_service* service_;
};

class LinksClient final : public LinksService {
 public:
  explicit LinksClient(const sluice_links_service* service) : service_(service) {}
  Result<std::string> Mint(std::string_view pipeline, std::string_view url, LinkKind kind, std::string_view context,
                           std::string_view subject, std::chrono::seconds ttl) override {
    if (service_ == nullptr) return MissingService(SLUICE_LINKS_SERVICE);
    return TakeText([&](sluice_text_sink out, sluice_error* error) {
      return service_->mint(service_->ctx, Str(pipeline), Str(url), ToLinkKind(kind), Str(context), Str(subject),
                            ttl.count(), out, error);
    });
  }

 private:
  const sluice_links_service* service_;
};

class UsageClient final : public UsageService {
 public:
  explicit UsageClient(const sluice_usage_service* service) : service_(service) {}
  Status Record(const Call& call, const Usage& usage) override {
    if (service_ == nullptr) return MissingService(SLUICE_USAGE_SERVICE);
    const auto view = ToUsage(usage);
    sluice_error error{};
    return ToStatus(service_->record(service_->ctx, &call.abi(), &view, &error), error);
  }

 private:
  const sluice_usage_service* service_;
};

class TasksClient final : public TasksService {
 public:
  explicit TasksClient(const sluice_tasks_service* service) : service_(service) {}
  Status Start(const Call& call, std::chrono::milliseconds timeout, std::function<void(const Call&)> task) override {
    if (service_ == nullptr) return MissingService(SLUICE_TASKS_SERVICE);
    using Task = std::function<void(const Call&)>;
    auto owned = std::make_unique<Task>(std::move(task));
    const sluice_task view{.ctx = owned.get(), .run = [](void* ctx, const sluice_call* running) noexcept {
                             const std::unique_ptr<Task> mine(static_cast<Task*>(ctx));
                             BarrierOr(false, [&] {
                               (*mine)(Call(*running));
                               return true;
                             });
                           }};
    sluice_error error{};
    const auto status = service_->start(service_->ctx, &call.abi(), timeout.count(), view, &error);
    if (status != SLUICE_OK) return ToStatus(status, error);
    static_cast<void>(owned.release());  // `run` has it
    return Ok();
  }

 private:
  const sluice_tasks_service* service_;
};

class AdminClient final : public AdminService {
 public:
  explicit AdminClient(const sluice_admin_service* service) : service_(service) {}
  Result<std::string> Query(std::string_view topic) override {
    if (service_ == nullptr) return MissingService(SLUICE_ADMIN_SERVICE);
    return TakeText([&](sluice_text_sink out, sluice_error* error) {
      return service_->query(service_->ctx, Str(topic), out, error);
    });
  }
  Status Reload() override {
    if (service_ == nullptr) return MissingService(SLUICE_ADMIN_SERVICE);
    sluice_error error{};
    return ToStatus(service_->reload(service_->ctx, &error), error);
  }

 private:
  const sluice_admin_service* service_;
};

}  // namespace sluice::sdk::detail

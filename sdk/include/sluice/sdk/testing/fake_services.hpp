// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The host's small services for tests: captured log and metrics, manual clock, memory kv, scripted admin.

#include <sluice/sdk/services.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

/// Keeps every line. Threads: [any].
class FakeLog final : public LogService {
 public:
  struct Line {
    LogLevel level;
    std::string message;
    std::vector<Header> fields;
  };

  bool Enabled(LogLevel level) const noexcept override { return level >= level_.load(); }
  void Write(LogLevel level, std::string_view message, std::span<const Field> fields) noexcept override {
    const std::lock_guard lock(mutex_);
    auto& line = lines_.emplace_back(Line{level, std::string(message), {}});
    for (const auto& field : fields) line.fields.push_back({std::string(field.name), std::string(field.value)});
  }
  /// Lines below are not enabled. At first: kTrace.
  void SetLevel(LogLevel level) { level_.store(level); }
  /// What was written so far, the oldest first.
  std::vector<Line> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  /// Everything that was written, one line each: "message name=value". For searching planted secrets.
  std::string Text() const {
    std::string text;
    for (const auto& line : lines()) {
      text += line.message;
      for (const auto& field : line.fields) text += " " + field.name + "=" + field.value;
      text += '\n';
    }
    return text;
  }

 private:
  mutable std::mutex mutex_;
  std::atomic<LogLevel> level_{LogLevel::kTrace};
  std::vector<Line> lines_;
};

/// Keeps every value. Refuses what the server refuses, but for names of labels, long names and a 65th metric.
/// Threads: [any].
class FakeMetrics final : public MetricsService {
 public:
  Result<Id> Declare(MetricKind kind, std::string_view name, std::string_view,
                     std::span<const std::string_view> labels) override {
    if (!ValidName(kind, name))
      return Error{.code = Errc::kInvalidArgument, .message = "metric " + std::string(name) + ": bad name"};
    if (labels.size() > 4)
      return Error{.code = Errc::kInvalidArgument,
                   .message = "metric " + std::string(name) + ": want at most 4 labels"};
    const std::vector<std::string> names(labels.begin(), labels.end());
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      if (metrics_[i].name != name) continue;
      if (metrics_[i].kind == kind && metrics_[i].labels == names) return static_cast<Id>(i);
      return Error{.code = Errc::kInvalidArgument,
                   .message = "metric " + std::string(name) + ": declared before with another kind or labels"};
    }
    metrics_.push_back({kind, std::string(name), names, {}});
    return static_cast<Id>(metrics_.size() - 1);
  }
  void Record(Id metric, double value, std::span<const std::string_view> values) noexcept override {
    const std::lock_guard lock(mutex_);
    if (metric >= metrics_.size() || values.size() != metrics_[metric].labels.size()) return void(++dropped_);
    auto& series = metrics_[metric].series;
    std::vector<std::string> key(values.begin(), values.end());
    if (!series.contains(key) && series.size() >= 100) key.assign(values.size(), "other");
    auto& sample = series[key];
    sample.sum = metrics_[metric].kind == MetricKind::kGauge ? value : sample.sum + value;
    ++sample.count;
  }

  /// Of a counter its total, of a gauge its value, of a histogram the sum of what it observed; 0 when never recorded.
  double Value(std::string_view name, const std::vector<std::string>& values = {}) const {
    return Find(name, values).sum;
  }
  /// How often the series was recorded.
  std::size_t Count(std::string_view name, const std::vector<std::string>& values = {}) const {
    return Find(name, values).count;
  }
  /// Records with an unknown metric or a wrong number of labels.
  std::size_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }
  /// Names and label values of all series, for searching planted secrets.
  std::string Text() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& metric : metrics_)
      for (const auto& [values, sample] : metric.series) {
        text += metric.name;
        for (const auto& value : values) text += " " + value;
        text += '\n';
      }
    return text;
  }

 private:
  struct Sample {
    double sum = 0;
    std::size_t count = 0;
  };
  struct Metric {
    MetricKind kind;
    std::string name;
    std::vector<std::string> labels;
    std::map<std::vector<std::string>, Sample> series;
  };

  static bool ValidName(MetricKind kind, std::string_view name) {
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto other = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), other) &&
           (kind != MetricKind::kCounter || name.ends_with("_total"));
  }
  Sample Find(std::string_view name, const std::vector<std::string>& values) const {
    const std::lock_guard lock(mutex_);
    for (const auto& metric : metrics_)
      if (const auto found = metric.series.find(values); metric.name == name && found != metric.series.end())
        return found->second;
    return {};
  }

  mutable std::mutex mutex_;
  std::vector<Metric> metrics_;
  std::size_t dropped_ = 0;
};

/// Stands still until it is moved. Starts on 2026-01-01T00:00:00Z. Threads: [any].
class FakeClock final : public ClockService {
 public:
  std::chrono::system_clock::time_point Now() const noexcept override {
    return start_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(passed());
  }
  /// Starts at the real steady time, so that it can be compared with a call's deadline.
  std::chrono::steady_clock::time_point Steady() const noexcept override {
    return steady_start_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(passed());
  }
  /// Moves both clocks.
  void Advance(std::chrono::nanoseconds by) { passed_ns_ += by.count(); }
  /// By how much it was moved in all.
  std::chrono::nanoseconds passed() const { return std::chrono::nanoseconds(passed_ns_.load()); }

 private:
  const std::chrono::system_clock::time_point start_ =
      std::chrono::sys_days(std::chrono::year(2026) / std::chrono::January / 1);
  const std::chrono::steady_clock::time_point steady_start_ = std::chrono::steady_clock::now();
  std::atomic<std::int64_t> passed_ns_{0};
};

/// In memory; time to live by the FakeClock. Threads: [any].
class FakeKv final : public KvService {
 public:
  explicit FakeKv(const FakeClock& clock) : clock_(clock) {}

  Result<std::optional<std::string>> Get(const Call& call, std::string_view key) override {
    if (auto fit = Check(call, key, {}); !fit) return fit.error();
    const std::lock_guard lock(mutex_);
    return Present(key);
  }
  Status Put(const Call& call, std::string_view key, std::string_view value, std::chrono::seconds ttl) override {
    if (auto fit = Check(call, key, value); !fit) return fit;
    const std::lock_guard lock(mutex_);
    Store(key, value, ttl);
    return Ok();
  }
  Result<bool> PutIf(const Call& call, std::string_view key, std::optional<std::string_view> expected,
                     std::string_view value, std::chrono::seconds ttl) override {
    if (auto fit = Check(call, key, value); !fit) return fit.error();
    const std::lock_guard lock(mutex_);
    const auto present = Present(key);
    if (present.has_value() != expected.has_value() || (present && *present != *expected)) return false;
    Store(key, value, ttl);
    return true;
  }
  Status Erase(const Call& call, std::string_view key) override {
    if (auto fit = Check(call, key, {}); !fit) return fit;
    const std::lock_guard lock(mutex_);
    entries_.erase(std::string(key));
    return Ok();
  }
  Result<std::int64_t> Increment(const Call& call, std::string_view key, std::int64_t by,
                                 std::chrono::seconds ttl) override {
    if (auto fit = Check(call, key, {}); !fit) return fit.error();
    const std::lock_guard lock(mutex_);
    const auto present = Present(key);
    const auto text = present.value_or("0");
    std::int64_t sum = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sum);
    const bool number = error == std::errc() && end == text.data() + text.size() && std::to_string(sum) == text;
    if (!number || (by > 0 ? sum > std::numeric_limits<std::int64_t>::max() - by
                           : sum < std::numeric_limits<std::int64_t>::min() - by))
      return Error{.code = Errc::kInvalidArgument,
                   .message = "value: want a whole number, and a sum that fits 64 bits"};
    sum += by;
    if (!present) Store(key, {}, ttl);
    entries_[std::string(key)].value = std::to_string(sum);
    return sum;
  }
  /// From now on every call answers this, as when the cache server is away; Ok() ends it.
  void FailWith(Status failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }
  /// Keys and values that are there, for assertions.
  std::map<std::string, std::string> entries() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, std::string> out;
    for (const auto& [key, entry] : entries_)
      if (Live(entry)) out[key] = entry.value;
    return out;
  }

 private:
  struct Entry {
    std::string value;
    std::optional<std::chrono::nanoseconds> expiry;  ///< By FakeClock::passed().
  };

  Status Check(const Call& call, std::string_view key, std::string_view value) const {
    if (call.cancelled()) return Error{.code = Errc::kCancelled, .message = "call was cancelled"};
    if (key.empty() || key.size() > 512)
      return Error{.code = Errc::kInvalidArgument, .message = "key: want 1 to 512 octets"};
    if (value.size() > 1024 * 1024)
      return Error{.code = Errc::kInvalidArgument, .message = "value: want at most 1 MiB"};
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  bool Live(const Entry& entry) const { return !entry.expiry || *entry.expiry > clock_.passed(); }
  std::optional<std::string> Present(std::string_view key) const {
    const auto found = entries_.find(std::string(key));
    if (found == entries_.end() || !Live(found->second)) return std::nullopt;
    return found->second.value;
  }
  void Store(std::string_view key, std::string_view value, std::chrono::seconds ttl) {
    Entry entry{std::string(value), std::nullopt};
    if (ttl.count() > 0) entry.expiry = clock_.passed() + ttl;
    entries_[std::string(key)] = std::move(entry);
  }

  const FakeClock& clock_;
  mutable std::mutex mutex_;
  Status failure_;
  std::map<std::string, Entry> entries_;
};

/// Keeps what was recorded. Threads: [any].
class FakeUsage final : public UsageService {
 public:
  Status Record(const Call&, const Usage& usage) override {
    const std::lock_guard lock(mutex_);
    if (usage.backend.empty() || usage.subject.empty())
      return Error{.code = Errc::kInvalidArgument, .message = "usage: want a backend and a subject"};
    if (!failure_) return failure_;
    records_.push_back(usage);
    return Ok();
  }
  /// What Record answers from now on. OK: it works again.
  void FailWith(Status failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }
  /// In the order in which they came.
  std::vector<Usage> records() const {
    const std::lock_guard lock(mutex_);
    return records_;
  }

 private:
  mutable std::mutex mutex_;
  Status failure_;
  std::vector<Usage> records_;
};

/// Scripted answers by topic. Threads: [any].
class FakeAdmin final : public AdminService {
 public:
  /// What Query answers about `topic` from now on; any other topic is kNotFound.
  void Answer(std::string topic, std::string json) {
    const std::lock_guard lock(mutex_);
    answers_[std::move(topic)] = std::move(json);
  }
  /// What Reload answers from now on. At first: OK.
  void SetReloadResult(Status result) {
    const std::lock_guard lock(mutex_);
    reload_result_ = std::move(result);
  }
  /// How often Reload was called.
  std::size_t reloads() const {
    const std::lock_guard lock(mutex_);
    return reloads_;
  }
  Result<std::string> Query(std::string_view topic) override {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(std::string(topic));
    if (found == answers_.end()) return Error{.code = Errc::kNotFound, .message = "no topic " + std::string(topic)};
    return found->second;
  }
  Status Reload() override {
    const std::lock_guard lock(mutex_);
    ++reloads_;
    return reload_result_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> answers_;
  Status reload_result_;
  std::size_t reloads_ = 0;
};

}  // namespace sluice::sdk::testing

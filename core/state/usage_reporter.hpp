// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// UsageReporter: hands the records of the outbox to the auth backends that let the viewers in, until they take them.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/database.hpp>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/state/migrations.hpp"

namespace prometheus {
class Counter;
class Registry;
}  // namespace prometheus

namespace sluice::state {

class Database;

/// At least once: a record leaves the table after its backend has taken it. Several servers may report from one
/// database; a record is one server's for a minute. Threads: [any].
class UsageReporter {
 public:
  struct Backends {
    /// Names of the components that want reports now.
    std::function<std::vector<std::string>()> names;
    /// To one of them. \returns  as sdk::AuthBackend::ReportUsage.
    std::function<sdk::Status(const sdk::Call&, const std::string& name, std::span<const sdk::UsageRecord>)> report;
  };
  struct Options {
    std::chrono::milliseconds look_every{1'000};   ///< For what other servers left, and for what failed.
    std::chrono::milliseconds first_pause{1'000};  ///< After a failure; then twice as long each time.
    std::chrono::milliseconds longest_pause{3'600'000};
    std::chrono::milliseconds claim{60'000};  ///< How long records are this server's; a report takes less.
  };

  UsageReporter(Database& database, prometheus::Registry& metrics, Backends backends, Options options);
  ~UsageReporter();
  UsageReporter(const UsageReporter&) = delete;
  UsageReporter& operator=(const UsageReporter&) = delete;

 private:
  struct Claimed {
    std::vector<std::vector<sdk::SqlValue>> rows;
    std::vector<sdk::UsageRecord> records;  ///< Views of `rows`.
  };

  void Run();
  /// \returns  whether there may be more.
  bool ReportSome(const std::string& backend);
  sdk::Result<Claimed> Claim(const std::string& backend);
  sdk::Status Forget(const Claimed& claimed);
  sdk::Status Postpone(const Claimed& claimed);

  Database& database_;
  MigrateOnce tables_;
  const Backends backends_;
  const Options options_;
  prometheus::Counter& taken_;
  prometheus::Counter& refused_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#include "core/telemetry/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace sluice::telemetry {
namespace {

prometheus::MetricFamily Family(const char* name, const char* help, prometheus::MetricType type, double value) {
  prometheus::ClientMetric metric;
  (type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return {name, help, type, {metric}};
}

double OpenDescriptors() {
  std::error_code error;
  double count = -1;  // the one that this very listing holds open
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end; it.increment(error)) {
    ++count;
  }
  return count;
}

/// Second word of /proc/self/statm: resident pages.
double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double Threads() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Threads:")) return std::stod(line.substr(8));
  }
  return 0;
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  using Type = prometheus::MetricType;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return {
      Family("process_cpu_seconds_total", "User and system CPU time.", Type::Counter,
             Seconds(usage.ru_utime) + Seconds(usage.ru_stime)),
      Family("process_resident_memory_bytes", "Resident memory.", Type::Gauge, ResidentBytes()),
      Family("process_open_fds", "Open file descriptors.", Type::Gauge, OpenDescriptors()),
      Family("process_max_fds", "Limit of open file descriptors.", Type::Gauge, static_cast<double>(limit.rlim_cur)),
      Family("process_threads", "Threads.", Type::Gauge, Threads())};
}

}  // namespace sluice::telemetry

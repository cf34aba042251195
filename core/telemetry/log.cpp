// SPDX-License-Identifier: MIT
#include "core/telemetry/log.hpp"

#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <shared_mutex>
#include <sluice/sdk/text.hpp>
#include <vector>

namespace sluice::telemetry {
namespace {

constexpr std::size_t kUsualLineBytes = 512;

std::atomic<Level> threshold{Level::kInfo};

void WriteToStderr(std::string_view line) {
  while (!line.empty()) {
    const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written <= 0) return;  // a log that cannot be written must not stop the service
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

struct Output {
  std::shared_mutex mutex;
  LogSink sink = WriteToStderr;
};

struct SecretList {
  std::shared_mutex mutex;
  std::vector<std::string> values;  // longest first, so that a secret within a secret leaves no rest
};

// Never destroyed: threads may log while the process exits.
Output& output() {
  static auto* const instance = new Output;
  return *instance;
}
SecretList& secrets() {
  static auto* const instance = new SecretList;
  return *instance;
}

std::string_view Name(Level level) {
  switch (level) {
    case Level::kTrace:
      return "trace";
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

bool IsPlain(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= 0x20 && octet < 0x7F && c != '"' && c != '\\';
}

/// One character, or what stands for it, of JSON string content. \returns how many octets of `text` it was.
std::size_t AppendEscaped(std::string& out, std::string_view text) {
  const auto c = static_cast<unsigned char>(text.front());
  if (c == '"' || c == '\\') {
    out += '\\';
    out += static_cast<char>(c);
  } else if (c == '\n') {
    out += "\\n";
  } else if (c < 0x20 || c == 0x7F) {
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\u%04x", c);
    out += escaped.data();
  } else {
    if (const auto size = sdk::Utf8Size(text); size != 0) {
      out.append(text.substr(0, size));
      return size;
    }
    out += "\\ufffd";
  }
  return 1;
}

/// JSON string content (RFC 8259 §7). Octets that are not UTF-8 are written as U+FFFD, so that every line parses.
void AppendJson(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsPlain) - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(AppendEscaped(out, text));
  }
}

/// `text` with the secrets replaced in `scratch`, or as it is when there are none in it.
std::string_view Redacted(std::string_view text, const std::vector<std::string>& secrets, std::string& scratch) {
  bool copied = false;
  for (const auto& secret : secrets) {
    for (auto at = text.find(secret); at != std::string_view::npos; at = text.find(secret, at + 3)) {
      if (!copied) scratch = text;
      copied = true;
      scratch.replace(at, secret.size(), "***");
      text = scratch;
    }
  }
  return text;
}

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  AppendJson(out, name);
  out += "\":\"";
  AppendJson(out, value);
  out += '"';
}

/// The kernel keeps short writes apart by itself, so threads that log need not wait for each other.
void Emit(std::string_view line) {
  auto& out = output();
  if (line.size() <= PIPE_BUF) {
    const std::shared_lock lock(out.mutex);
    if (out.sink == WriteToStderr) return WriteToStderr(line);
  }
  const std::unique_lock lock(out.mutex);
  out.sink(line);
}

}  // namespace

void SetLogLevel(Level level) { threshold.store(level, std::memory_order_relaxed); }

bool LogEnabled(Level level) { return level >= threshold.load(std::memory_order_relaxed); }

void Log(Level level, std::string_view message, std::span<const sdk::Field> fields) {
  if (!LogEnabled(level)) return;
  std::string line;
  line.reserve(kUsualLineBytes);
  line.append("{\"time\":\"").append(Timestamp()).append("\",\"level\":\"").append(Name(level));
  line.append("\",\"message\":\"");
  {
    auto& list = secrets();
    std::string scratch;
    const std::shared_lock lock(list.mutex);
    AppendJson(line, Redacted(message, list.values, scratch));
    line += '"';
    for (const auto& field : fields) AppendField(line, field.name, Redacted(field.value, list.values, scratch));
  }
  line += "}\n";
  Emit(line);
}

void AddSecret(std::string_view value) {
  if (value.size() < kMinSecretBytes) return;
  auto& list = secrets();
  const std::unique_lock lock(list.mutex);
  if (std::find(list.values.begin(), list.values.end(), value) != list.values.end()) return;
  const auto longer = [](const std::string& held, std::string_view added) { return held.size() >= added.size(); };
  list.values.emplace(std::lower_bound(list.values.begin(), list.values.end(), value, longer), value);
}

std::string Redact(std::string_view text) {
  std::string scratch;
  auto& list = secrets();
  const std::shared_lock lock(list.mutex);
  return std::string(Redacted(text, list.values, scratch));
}

void SetLogSink(LogSink sink) {
  auto& out = output();
  const std::lock_guard lock(out.mutex);
  out.sink = sink == nullptr ? WriteToStderr : sink;
}

std::string Timestamp() {
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 96> text{};  // room for any int, as the compiler wants it
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(millis));
  return text.data();
}

}  // namespace sluice::telemetry

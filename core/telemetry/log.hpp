// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The process log: one JSON object a line. Threads: [any].

#include <cstddef>
#include <initializer_list>
#include <sluice/sdk/services.hpp>
#include <span>
#include <string>
#include <string_view>

namespace sluice::telemetry {

using Level = sdk::LogLevel;

/// Lines below `level` are dropped. Default: info.
void SetLogLevel(Level level);
bool LogEnabled(Level level);

/// \param message  one constant sentence; what varies goes into `fields`. Values of secrets registered with
///                 AddSecret are replaced by "***", wherever they stand.
void Log(Level level, std::string_view message, std::span<const sdk::Field> fields);
inline void Log(Level level, std::string_view message, std::initializer_list<sdk::Field> fields = {}) {
  Log(level, message, std::span<const sdk::Field>(fields.begin(), fields.size()));
}

/// Shorter secrets are not recognised: they would blank out ordinary words.
inline constexpr std::size_t kMinSecretBytes = 6;
/// Never again shown in a log line, if it has kMinSecretBytes.
void AddSecret(std::string_view value);
/// `text` with registered secrets replaced.
std::string Redact(std::string_view text);

/// Where lines go; stderr by default. For tests: null restores it. The function is called by one thread at a time.
using LogSink = void (*)(std::string_view line);
void SetLogSink(LogSink sink);

/// Wall-clock time as RFC 3339 in UTC with milliseconds.
std::string Timestamp();

}  // namespace sluice::telemetry

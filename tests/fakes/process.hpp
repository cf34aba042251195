// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Process: a program that a test starts and that dies with it.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace sluice::fakes {

/// A port of 127.0.0.1 that was free a moment ago: for programs that cannot be handed a socket.
std::uint16_t FreePort();

/// Its output goes to a file.
class Process {
 public:
  /// Throws std::runtime_error when it cannot be started.
  Process(const std::vector<std::string>& command, const std::filesystem::path& output);
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;

  bool running();
  /// Sends a signal to it and to what it started. Not SIGKILL: that is the destructor's.
  void Signal(int number) const;

 private:
  pid_t pid_ = -1;
};

/// Waits until somebody accepts connections at `port` of 127.0.0.1. \returns  false: `process` ended before.
bool AwaitListening(Process& process, std::uint16_t port);

/// Starts what `command` gives for a free port, with another port when somebody was faster, and waits until it accepts
/// connections there. Throws std::runtime_error when it never does. \param port  the one that it listens on.
Process StartListening(const std::function<std::vector<std::string>(std::uint16_t)>& command,
                       const std::filesystem::path& output, std::uint16_t& port);

}  // namespace sluice::fakes

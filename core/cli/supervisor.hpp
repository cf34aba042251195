// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Supervisor: waits for signals while another thread works, so that a plugin that hangs cannot keep the process alive.

#include <chrono>
#include <functional>
#include <string>

#include "core/net/file_descriptor.hpp"

namespace sluice::cli {

/// Threads: made and used by one, before which no other was started.
class Supervisor {
 public:
  using Clock = std::chrono::steady_clock;
  /// How long work may go on after its grace, or after it was cut.
  static constexpr std::chrono::seconds kPatience{5};

  struct Task {
    std::string name;            ///< "reload": what the log calls it.
    std::function<void()> work;  ///< What it throws, Run throws.
    std::chrono::milliseconds grace{0};
    std::function<std::string()> activity = {};  ///< What is under way, for the log. Optional; any thread.
    std::function<void()> cut = {};              ///< Ends the work early. Optional; runs beside it, once.
  };
  enum class Wish { kReload, kStop };

  /// Blocks SIGTERM, SIGINT and SIGHUP for this thread and those that it starts.
  Supervisor();

  /// Runs `task` on a thread of its own until it is done. Once the process was told to stop, the task has its grace and
  /// kPatience; a second signal cuts it, and leaves it kPatience. After that, or with a further signal, or a second one
  /// that has nothing to cut: says in the log what does not end, and ends the process with kExitStuck.
  /// \returns  whether the task was cut.
  bool Run(const Task& task);
  /// What a signal asks for, of now or of the time of a task. A stop stays asked for.
  Wish Next();

 private:
  void TakeSignal();

  const net::FileDescriptor signals_;
  bool reload_ = false;
  int stops_ = 0;
};

}  // namespace sluice::cli

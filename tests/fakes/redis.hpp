// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Redis: a real redis-server on a free port of 127.0.0.1 that keeps nothing and dies with the test.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/fakes/nginx.hpp"
#include "tests/fakes/process.hpp"

namespace sluice::fakes {

class Redis {
 public:
  /// \param arguments  further ones of redis-server: {"--requirepass", "secret"}.
  explicit Redis(std::vector<std::string> arguments = {});

  std::uint16_t port() const { return port_; }
  /// Ends it as a crash would; what it held is gone.
  void Kill() { process_.reset(); }
  /// Starts it again on the same port, and waits until it listens. Throws std::runtime_error. \pre  it was killed.
  void Restart();
  /// It accepts connections and does nothing (SIGSTOP), until Resume.
  void Pause() const;
  void Resume() const;

 private:
  std::vector<std::string> Command(std::uint16_t port) const;

  const std::vector<std::string> arguments_;
  TempFolder folder_;
  std::uint16_t port_ = 0;
  std::optional<Process> process_;
};

}  // namespace sluice::fakes

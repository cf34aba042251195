// SPDX-License-Identifier: MIT
#include "tests/fakes/redis.hpp"

#include <signal.h>

#include <stdexcept>
#include <utility>

namespace sluice::fakes {

Redis::Redis(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {
  process_.emplace(
      StartListening([this](std::uint16_t port) { return Command(port); }, folder_.path() / "output", port_));
}

std::vector<std::string> Redis::Command(std::uint16_t port) const {
  std::vector<std::string> command = {
      "redis-server", "--port", std::to_string(port),   "--bind", "127.0.0.1", "--save", "", "--appendonly",
      "no",           "--dir",  folder_.path().string()};
  command.insert(command.end(), arguments_.begin(), arguments_.end());
  return command;
}

void Redis::Restart() {
  process_.emplace(Command(port_), folder_.path() / "output");
  if (!AwaitListening(*process_, port_)) throw std::runtime_error("redis-server does not start again");
}

void Redis::Pause() const { process_->Signal(SIGSTOP); }
void Redis::Resume() const { process_->Signal(SIGCONT); }

}  // namespace sluice::fakes

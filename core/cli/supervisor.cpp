// SPDX-License-Identifier: MIT
#include "core/cli/supervisor.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <thread>

#include "core/cli/commands.hpp"
#include "core/net/event.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

int WatchSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return ::signalfd(-1, &signals, SFD_CLOEXEC);
}

/// A thread, and a descriptor that can be read when its work is done.
class Worker {
 public:
  explicit Worker(const std::function<void()>& work)
      : thread_([this, &work] {
          try {
            work();
          } catch (...) {
            thrown_ = std::current_exception();
          }
          done_.Signal();
        }) {}
  int done() const { return done_.fd(); }
  void Join() {
    thread_.join();
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  const net::Event done_ = net::Event::Make();
  std::exception_ptr thrown_;
  std::jthread thread_;
};

[[noreturn]] void Abandon(const Supervisor::Task& task) {
  const auto activity = task.activity ? task.activity() : std::string();
  telemetry::Log(telemetry::Level::kError, "ended by force: this does not come to an end",
                 {{"task", task.name}, {"activity", activity.empty() ? "not known" : activity}});
  ::_exit(kExitStuck);
}

/// For poll: -1, no limit.
int MillisecondsUntil(const std::optional<Supervisor::Clock::time_point>& deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Supervisor::Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 1'000'000));
}

}  // namespace

Supervisor::Supervisor() : signals_(WatchSignals()) {}

bool Supervisor::Run(const Task& task) {
  Worker worker(task.work);
  std::optional<std::jthread> cutter;
  std::optional<Clock::time_point> deadline;
  if (stops_ > 0) deadline = Clock::now() + task.grace + kPatience;
  std::array<pollfd, 2> waits{
      {{.fd = worker.done(), .events = POLLIN, .revents = 0}, {.fd = signals_.get(), .events = POLLIN, .revents = 0}}};
  for (;;) {
    if (::poll(waits.data(), waits.size(), MillisecondsUntil(deadline)) < 0) continue;
    if (waits[0].revents != 0) break;
    if (deadline && Clock::now() >= *deadline) Abandon(task);
    if (waits[1].revents == 0) continue;
    const int before = stops_;
    TakeSignal();
    if (stops_ == before) continue;
    if (stops_ == 1) {
      telemetry::Log(telemetry::Level::kInfo, "told to stop: this may come to its end first", {{"task", task.name}});
      deadline = Clock::now() + task.grace + kPatience;
    } else if (task.cut && !cutter) {
      telemetry::Log(telemetry::Level::kWarning, "second signal: requests in flight are cut");
      cutter.emplace(task.cut);
      deadline = Clock::now() + kPatience;
    } else {
      deadline = std::min(*deadline, Clock::now() + kHaste);
    }
  }
  worker.Join();
  return cutter.has_value();
}

Supervisor::Wish Supervisor::Next() {
  while (stops_ == 0 && !reload_) TakeSignal();
  if (stops_ > 0) return Wish::kStop;
  reload_ = false;
  return Wish::kReload;
}

void Supervisor::TakeSignal() {
  signalfd_siginfo info{};
  if (::read(signals_.get(), &info, sizeof(info)) != sizeof(info)) return;
  if (info.ssi_signo == SIGHUP) {
    reload_ = true;
  } else {
    ++stops_;
  }
}

}  // namespace sluice::cli

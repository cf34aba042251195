// SPDX-License-Identifier: MIT
// The serve command: start, signals, stop.
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <thread>

#include "core/cli/app.hpp"
#include "core/cli/commands.hpp"
#include "core/net/file_descriptor.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

/// A descriptor that is closed with its owner.
/// Blocks the signals that serve waits for, in this thread and all that it starts.
int WatchSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return ::signalfd(-1, &signals, SFD_CLOEXEC);
}

/// Each viewer takes two descriptors; the soft limit of a login shell holds 500.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int NextSignal(int signals) {
  signalfd_siginfo info{};
  return ::read(signals, &info, sizeof(info)) == sizeof(info) ? static_cast<int>(info.ssi_signo) : 0;
}

/// Drains while it watches for a second signal, which cuts the wait short. \returns whether all requests were done.
bool DrainUntilDone(App& app, int signals) {
  const net::FileDescriptor done(::eventfd(0, EFD_CLOEXEC));
  bool drained = false;
  std::jthread drainer([&] {
    drained = app.Drain();
    const std::uint64_t one = 1;
    static_cast<void>(::write(done.get(), &one, sizeof(one)));  // cannot fail: the counter is far from full
  });
  std::array<pollfd, 2> waits{
      {{.fd = done.get(), .events = POLLIN, .revents = 0}, {.fd = signals, .events = POLLIN, .revents = 0}}};
  for (;;) {
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[0].revents != 0) break;
    if (waits[1].revents == 0 || NextSignal(signals) == SIGHUP) continue;
    telemetry::Log(telemetry::Level::kWarning, "second signal: requests in flight are cut");
    app.Stop();
    waits[1].fd = -1;
  }
  drainer.join();
  return drained;
}

}  // namespace

int Serve(const ConfigFlags& flags) {
  const net::FileDescriptor signals(WatchSignals());
  RaiseDescriptorLimit();
  config::Faults faults;
  auto environment = config::ProcessEnvironment();
  if (!flags.env_file.empty()) environment = config::WithEnvFile(flags.env_file, std::move(environment), faults);
  App app({.config_path = flags.config, .environment = std::move(environment)});
  if (faults.empty()) app.Prepare(faults);
  if (!faults.empty()) {
    std::cerr << telemetry::Redact(faults.Text());
    return kExitUsage;
  }
  if (const auto started = app.Start(); !started) {
    std::cerr << flags.config << ": " << started.error().message << '\n';
    return kExitUsage;
  }
  for (const auto& listener : app.config().listeners) {
    const auto address =
        listener.address.substr(0, listener.address.rfind(':') + 1) + std::to_string(app.server().Port(listener.name));
    telemetry::Log(telemetry::Level::kInfo, "listening", {{"listener", listener.name}, {"address", address}});
  }
  for (;;) {
    const int signal = NextSignal(signals.get());
    if (signal == SIGHUP) {
      static_cast<void>(app.Reload());  // says by itself how it went
      continue;
    }
    if (signal == 0) continue;
    telemetry::Log(telemetry::Level::kInfo, "stopping: no new connections, requests in flight may finish");
    const bool drained = DrainUntilDone(app, signals.get());
    app.Stop();
    telemetry::Log(drained ? telemetry::Level::kInfo : telemetry::Level::kWarning, "stopped",
                   {{"drained", drained ? "yes" : "no: some requests were cut at the end of the grace time"}});
    return kExitOk;
  }
}

}  // namespace sluice::cli

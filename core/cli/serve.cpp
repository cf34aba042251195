// SPDX-License-Identifier: MIT
// The serve command: start, signals, stop.
#include <sys/resource.h>

#include <iostream>
#include <mutex>

#include "core/cli/app.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/supervisor.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

/// Each viewer takes two descriptors; the soft limit of a login shell holds 500.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// \returns  whether the server runs; what is wrong has been said otherwise.
bool Start(App& app, config::Faults& faults) {
  app.Prepare(faults);
  if (faults.empty()) app.Start(faults);
  if (!faults.empty()) {
    Complain(faults, std::cerr);
    return false;
  }
  for (const auto& listener : app.snapshot()->config.listeners) {
    const auto address =
        listener.address.substr(0, listener.address.rfind(':') + 1) + std::to_string(app.server().Port(listener.name));
    telemetry::Log(telemetry::Level::kInfo, "listening", {{"listener", listener.name}, {"address", address}});
  }
  return true;
}

void DrainAndStop(Supervisor& supervisor, App& app, std::chrono::milliseconds grace) {
  telemetry::Log(telemetry::Level::kInfo, "stopping: no new connections, requests in flight may finish");
  bool drained = false;
  std::mutex one_at_a_time;
  const auto stop = [&] {
    const std::lock_guard lock(one_at_a_time);
    app.Stop();
  };
  const bool cut = supervisor.Run({.name = "stop",
                                   .work =
                                       [&] {
                                         drained = app.Drain();
                                         stop();
                                       },
                                   .grace = grace,
                                   .activity = [&] { return app.Activity(); },
                                   .cut = stop});
  const auto* const how = cut       ? "no: a second signal cut the requests in flight"
                          : drained ? "yes"
                                    : "no: some requests were cut at the end of the grace time";
  telemetry::Log(drained && !cut ? telemetry::Level::kInfo : telemetry::Level::kWarning, "stopped", {{"drained", how}});
}

}  // namespace

int Serve(const ConfigFlags& flags) {
  Supervisor supervisor;
  RaiseDescriptorLimit();
  config::Faults faults;
  auto app = std::make_unique<App>(OptionsOf(flags, faults));
  const auto activity = [&] { return app->Activity(); };
  bool runs = false;
  supervisor.Run({.name = "start", .work = [&] { runs = Start(*app, faults); }, .activity = activity});
  while (runs) {
    const auto grace = app->snapshot()->config.server.grace;
    if (supervisor.Next() == Supervisor::Wish::kStop) {
      DrainAndStop(supervisor, *app, grace);
      break;
    }
    supervisor.Run({.name = "reload",
                    .work = [&] { static_cast<void>(app->Reload()); },  // says by itself how it went
                    .grace = grace,
                    .activity = activity});
  }
  supervisor.Run({.name = "end of the components", .work = [&] { app.reset(); }});
  return runs ? kExitOk : kExitUsage;
}

}  // namespace sluice::cli

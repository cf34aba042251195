// SPDX-License-Identifier: MIT
// Fake indexers as a process of their own: prints "listening on 127.0.0.1:<port>", and serves until it is told to end
// (SIGTERM, SIGINT). They hold nothing at first: control.hpp says how they are scripted.
#include <signal.h>

#include <iostream>

#include "tests/fakes/indexers/control.hpp"

int main() {
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGTERM);
  ::sigaddset(&ends, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  sluice::fakes::FakeIndexers indexers;
  sluice::fakes::FaultyOrigin origin(sluice::fakes::ServeIndexers(indexers));
  std::cout << "listening on 127.0.0.1:" << origin.port() << std::endl;
  int signal = 0;
  ::sigwait(&ends, &signal);
  indexers.ReleaseHeld();
  return 0;
}

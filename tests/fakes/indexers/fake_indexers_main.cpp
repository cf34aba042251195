// SPDX-License-Identifier: MIT
// fake_indexers: the fakes on a free port of 127.0.0.1, which it prints, until it is told to end (SIGTERM, SIGINT).
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
  std::cout << origin.port() << std::endl;
  int signal = 0;
  ::sigwait(&ends, &signal);
  indexers.ReleaseHeld();
  return 0;
}

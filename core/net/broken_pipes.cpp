// SPDX-License-Identifier: MIT
#include "core/net/broken_pipes.hpp"

#include <csignal>

namespace sluice::net {

void IgnoreBrokenPipes() {
  struct sigaction present {};
  if (::sigaction(SIGPIPE, nullptr, &present) != 0 || present.sa_handler != SIG_DFL) return;
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
}

}  // namespace sluice::net

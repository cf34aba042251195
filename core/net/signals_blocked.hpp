// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SignalsBlocked: signals are for the main thread; threads started meanwhile have all of them blocked.

#include <csignal>

namespace sluice::net {

/// Threads: one at a time; it changes the calling thread's mask.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace sluice::net

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SIGPIPE, which no part of the gateway wants.

namespace sluice::net {

/// OpenSSL writes with write(2): a peer that hung up would end a process that left SIGPIPE at its default. A handler
/// that somebody set stays. Threads: [any].
void IgnoreBrokenPipes();

}  // namespace sluice::net

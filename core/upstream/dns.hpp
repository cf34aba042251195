// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Names to addresses: the system's resolver, and the threads and the short memory in front of it.

#include <memory>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <vector>

#include "core/net/ip_address.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/wait.hpp"

namespace sluice::upstream {

/// Threads: [any].
class Resolver {
 public:
  virtual ~Resolver() = default;
  /// \param host  a name (IsHostName), lower case.
  /// \returns  at least one address, in the order in which to try them; kUpstreamFailed.
  virtual sdk::Result<std::vector<net::IpAddress>> Resolve(const std::string& host) = 0;
};

/// getaddrinfo, in the calling thread: it cannot be interrupted and takes as long as resolv.conf says.
std::unique_ptr<Resolver> MakeSystemResolver();

/// Asks a resolver from a few threads of its own, so that whoever waits can leave; remembers answers, never verdicts:
/// the guard looks at the addresses every time. Failures are not remembered. Lookups of one name at a time are one
/// lookup. Threads: [any].
class NameService {
 public:
  static constexpr std::size_t kMaxNames = 1024;
  static constexpr std::size_t kMaxThreads = 8;
  static constexpr std::size_t kMaxWaiting = 1024;  ///< Names that no thread has got to yet.

  /// \param time_to_live  of answers: getaddrinfo does not say how long one holds.
  NameService(std::unique_ptr<Resolver> source, std::chrono::milliseconds time_to_live);
  /// Does not wait for lookups that are under way: they end by themselves.
  ~NameService();
  NameService(const NameService&) = delete;
  NameService& operator=(const NameService&) = delete;

  /// \returns  at least one address; a failure with kDns, kTimeout or kCancelled.
  Tried<std::vector<net::IpAddress>> Resolve(const std::string& host, const sdk::Call& call,
                                             Clock::time_point deadline);
  /// Names that are remembered.
  std::size_t size() const;

 private:
  struct State;
  /// \pre  the state's lock is held. \returns  false: the process may have no more.
  static bool StartThread(const std::shared_ptr<State>& state);
  const std::shared_ptr<State> state_;
};

}  // namespace sluice::upstream

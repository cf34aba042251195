// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Names to addresses: the system's resolver, and a short memory in front of it.

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <sluice/sdk/result.hpp>
#include <string>
#include <vector>

#include "core/net/ip_address.hpp"
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

/// Remembers answers, never verdicts: the guard looks at the addresses every time. Failures are not remembered.
class CachingResolver final : public Resolver {
 public:
  static constexpr std::chrono::seconds kTimeToLive{10};  ///< getaddrinfo does not say how long an answer holds.
  static constexpr std::size_t kMaxNames = 1024;

  explicit CachingResolver(std::unique_ptr<Resolver> source) : source_(std::move(source)) {}
  sdk::Result<std::vector<net::IpAddress>> Resolve(const std::string& host) override;

 private:
  struct Entry {
    std::vector<net::IpAddress> addresses;
    Clock::time_point until;
    std::list<std::string>::iterator age;
  };
  void Keep(const std::string& host, const std::vector<net::IpAddress>& addresses);

  std::unique_ptr<Resolver> source_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::list<std::string> oldest_first_;
};

}  // namespace sluice::upstream

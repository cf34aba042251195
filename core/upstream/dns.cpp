// SPDX-License-Identifier: MIT
#include "core/upstream/dns.hpp"

#include <netdb.h>

#include <algorithm>

namespace sluice::upstream {
namespace {

class SystemResolver final : public Resolver {
 public:
  sdk::Result<std::vector<net::IpAddress>> Resolve(const std::string& host) override {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (failed != 0) {
      const auto* why = failed == EAI_AGAIN ? ": the name service does not answer" : ": want a name that resolves";
      return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = host + why};
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, ::freeaddrinfo);
    std::vector<net::IpAddress> addresses;
    for (const auto* entry = found; entry != nullptr; entry = entry->ai_next) {
      const auto address = net::IpAddress::FromSockaddr(entry->ai_addr);
      // Something that cannot be judged must not be skipped: the rest may be there to hide it.
      if (!address) {
        return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                          .message = host + ": want IPv4 or IPv6 addresses without zone"};
      }
      if (std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) addresses.push_back(*address);
    }
    if (addresses.empty()) {
      return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = host + ": want a name that resolves"};
    }
    return addresses;
  }
};

}  // namespace

std::unique_ptr<Resolver> MakeSystemResolver() { return std::make_unique<SystemResolver>(); }

sdk::Result<std::vector<net::IpAddress>> CachingResolver::Resolve(const std::string& host) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = entries_.find(host);
    if (known != entries_.end() && Clock::now() < known->second.until) return known->second.addresses;
  }
  auto addresses = source_->Resolve(host);
  if (addresses) Keep(host, *addresses);
  return addresses;
}

void CachingResolver::Keep(const std::string& host, const std::vector<net::IpAddress>& addresses) {
  const std::lock_guard lock(mutex_);
  if (const auto known = entries_.find(host); known != entries_.end()) {
    oldest_first_.erase(known->second.age);
    entries_.erase(known);
  } else if (entries_.size() >= kMaxNames) {
    entries_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  oldest_first_.push_back(host);
  entries_.emplace(host, Entry{addresses, Clock::now() + kTimeToLive, std::prev(oldest_first_.end())});
}

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include "core/state/redis_dialer.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/IPAddress.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "core/net/event.hpp"
#include "core/net/signals_blocked.hpp"

namespace sluice::state {

using Poco::Net::SocketAddress;

/// Shared with the thread that looks the name up, which may outlive the dialer.
struct RedisDialer::Lookup {
  const net::Event done = net::Event::Make();
  std::mutex mutex;
  std::vector<Poco::Net::IPAddress> addresses;

  void Run(const std::string& host) {
    std::vector<Poco::Net::IPAddress> found;
    try {
      found = Poco::Net::DNS::hostByName(host, Poco::Net::DNS::DNS_HINT_NONE).addresses();
    } catch (const Poco::Exception&) {
      found.clear();  // whoever waits says that there is none
    }
    {
      const std::lock_guard lock(mutex);
      addresses = std::move(found);
    }
    done.Signal();
  }
};

RedisDialer::RedisDialer(RedisOptions options, const net::Event& stop) : options_(std::move(options)), stop_(stop) {}

sdk::Result<std::vector<SocketAddress>> RedisDialer::Addresses(RedisClock::time_point deadline) {
  const auto failed = [](std::string why) {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = std::move(why)};
  };
  if (Poco::Net::IPAddress literal; Poco::Net::IPAddress::tryParse(options_.host, literal)) {
    return std::vector{SocketAddress(literal, options_.port)};
  }
  if (lookup_ == nullptr) {
    auto lookup = std::make_shared<Lookup>();
    if (!lookup->done) return failed("out of descriptors");
    try {
      const net::SignalsBlocked blocked;
      std::thread([lookup, host = options_.host] { lookup->Run(host); }).detach();
    } catch (const std::system_error&) {
      return failed("no thread can look up its name");
    }
    lookup_ = std::move(lookup);
  }
  std::array<pollfd, 2> fds{{{lookup_->done.fd(), POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - RedisClock::now());
  ::poll(fds.data(), fds.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  if (fds[0].revents == 0) return failed("its name was not looked up in time");
  const auto lookup = std::exchange(lookup_, nullptr);
  const std::lock_guard lock(lookup->mutex);
  if (lookup->addresses.empty()) return failed("its name has no address");
  std::vector<SocketAddress> addresses;
  for (const auto& address : lookup->addresses) addresses.emplace_back(address, options_.port);
  return addresses;
}

sdk::Result<std::unique_ptr<RedisConnection>> RedisDialer::Dial(RedisClock::time_point deadline) {
  const auto addresses = Addresses(deadline);
  if (!addresses) return addresses.error();
  sdk::Error error;
  auto left = static_cast<int>(addresses->size());
  for (const auto& address : *addresses) {
    const auto now = RedisClock::now();
    const auto share = now + std::max(deadline - now, RedisClock::duration::zero()) / left--;
    auto connection = RedisConnection::Open(options_, address, stop_, share);
    if (connection) {
      address_ = address;
      return connection;
    }
    error = std::move(connection).error();
  }
  return error;
}

}  // namespace sluice::state

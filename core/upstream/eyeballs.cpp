// SPDX-License-Identifier: MIT
#include "core/upstream/eyeballs.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "core/net/absence.hpp"

namespace sluice::upstream {
namespace {

using Outcome = Connected::Outcome;

class Race {
 public:
  Race(std::span<const net::IpAddress> addresses, std::uint16_t port, std::chrono::milliseconds stagger)
      : left_(addresses), port_(port), stagger_(stagger) {}

  Connected Run(const sdk::Call& call, Clock::time_point deadline) {
    for (;;) {
      if (call.cancelled()) return {.outcome = Outcome::kCancelled};
      const auto now = Clock::now();
      if (now >= deadline) return {.outcome = Outcome::kTimeout};
      while (!left_.empty() && (running_.empty() || now >= next_start_)) Start(now);
      if (running_.empty()) return {.outcome = Outcome::kFailed};
      auto until = std::min(deadline, now + kLookAround);
      if (!left_.empty()) until = std::min(until, next_start_);
      if (auto winner = Wait(until - now)) return std::move(*winner);
    }
  }

 private:
  struct Runner {
    Poco::Net::StreamSocket socket;
    net::IpAddress address;
  };

  void Start(Clock::time_point now) {
    Runner runner{{}, left_.front()};
    left_ = left_.subspan(1);
    try {
      sockaddr_storage storage{};
      const auto length = runner.address.ToSockaddr(port_, storage);
      runner.socket.connectNB(Poco::Net::SocketAddress(reinterpret_cast<const sockaddr*>(&storage), length));
      ::fcntl(runner.socket.impl()->sockfd(), F_SETFD, FD_CLOEXEC);
      running_.push_back(std::move(runner));
      next_start_ = now + stagger_;
    } catch (const Poco::Exception&) {
      next_start_ = now;  // no such network: on to the next
    }
  }

  std::optional<Connected> Wait(Clock::duration span) {
    std::vector<pollfd> watched;
    for (const auto& runner : running_) watched.push_back({runner.socket.impl()->sockfd(), POLLOUT, 0});
    const net::Absence absence;
    const auto millis = std::chrono::ceil<std::chrono::milliseconds>(span).count();
    if (::poll(watched.data(), watched.size(), static_cast<int>(millis)) <= 0) return std::nullopt;
    std::vector<Runner> still;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      auto& runner = running_[i];
      if (watched[i].revents == 0) {
        still.push_back(std::move(runner));
      } else if (Arrived(runner)) {
        return Connected{Outcome::kConnected, std::move(runner.socket), runner.address};
      } else {
        next_start_ = Clock::now();
      }
    }
    running_ = std::move(still);
    return std::nullopt;
  }

  static bool Arrived(Runner& runner) {
    try {
      if (runner.socket.impl()->socketError() != 0) return false;
      // What was checked is what we talk to, or nothing.
      sockaddr_storage actual{};
      socklen_t length = sizeof actual;
      if (::getpeername(runner.socket.impl()->sockfd(), reinterpret_cast<sockaddr*>(&actual), &length) != 0)
        return false;
      if (net::IpAddress::FromSockaddr(reinterpret_cast<const sockaddr*>(&actual)) != runner.address) return false;
      runner.socket.setNoDelay(true);
      runner.socket.setKeepAlive(true);
      return true;
    } catch (const Poco::Exception&) {
      return false;
    }
  }

  std::span<const net::IpAddress> left_;
  const std::uint16_t port_;
  const std::chrono::milliseconds stagger_;
  std::vector<Runner> running_;
  Clock::time_point next_start_{};
};

}  // namespace

std::vector<net::IpAddress> Interleave(std::span<const net::IpAddress> addresses) {
  std::vector<net::IpAddress> mixed;
  if (addresses.empty()) return mixed;
  const bool first_family = addresses.front().is_v6();
  const auto next = [&](std::size_t& at, bool v6) {
    while (at < addresses.size() && addresses[at].is_v6() != v6) ++at;
    if (at < addresses.size()) mixed.push_back(addresses[at++]);
  };
  std::size_t own = 0;
  std::size_t other = 0;
  while ((own < addresses.size() || other < addresses.size()) && mixed.size() < kMaxAddresses) {
    next(own, first_family);
    if (mixed.size() < kMaxAddresses) next(other, !first_family);
  }
  return mixed;
}

Connected ConnectFirst(std::span<const net::IpAddress> addresses, std::uint16_t port, const sdk::Call& call,
                       Clock::time_point deadline, std::chrono::milliseconds stagger) {
  return Race(addresses, port, stagger).Run(call, deadline);
}

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include "core/upstream/socks.hpp"

#include <array>

namespace sluice::upstream {
namespace {

constexpr char kVersion = 5;
constexpr char kAuthVersion = 1;
constexpr char kNoAuthentication = 0;
constexpr char kUserPassword = 2;
constexpr char kConnect = 1;
constexpr std::array kReplies = {"",
                                 "general failure",
                                 "not allowed by its rules",
                                 "network unreachable",
                                 "host unreachable",
                                 "connection refused",
                                 "time to live expired",
                                 "command not supported",
                                 "address type not supported"};

class Socks {
 public:
  Socks(Connection& connection, const ProxyOptions& proxy, const Destination& to, const sdk::Call& call,
        Clock::time_point deadline)
      : connection_(connection), proxy_(proxy), to_(to), call_(call), deadline_(deadline) {}

  std::optional<Failure> Open() {
    if (auto failure = Greet()) return failure;
    if (auto failure = Ask()) return failure;
    return ReadReply();
  }

 private:
  /// Which methods we know, which one it is to be, and the password if it wants one.
  std::optional<Failure> Greet() {
    const bool known = !proxy_.user.empty();
    if (auto failure = Send(known ? std::string{kVersion, 2, kNoAuthentication, kUserPassword}
                                  : std::string{kVersion, 1, kNoAuthentication})) {
      return failure;
    }
    std::array<std::byte, 2> chosen{};
    if (auto failure = Read(chosen)) return failure;
    if (chosen[0] != std::byte{kVersion}) return Fault("want SOCKS 5", true);
    if (chosen[1] == std::byte{kNoAuthentication}) return std::nullopt;
    if (!known || chosen[1] != std::byte{kUserPassword}) {
      return Fault("want a way to sign in that both know: none, or user and password", true);
    }
    std::string credentials{kAuthVersion};
    credentials.append(1, static_cast<char>(proxy_.user.size())).append(proxy_.user);
    credentials.append(1, static_cast<char>(proxy_.password.size())).append(proxy_.password);
    if (auto failure = Send(credentials)) return failure;
    std::array<std::byte, 2> verdict{};
    if (auto failure = Read(verdict)) return failure;
    if (verdict[1] != std::byte{0}) return Fault("want a user and password that it accepts", true);
    return std::nullopt;
  }

  std::optional<Failure> Ask() {
    std::string request{kVersion, kConnect, 0};
    if (!to_.address) {
      request.append(1, 3).append(1, static_cast<char>(to_.origin.host.size())).append(to_.origin.host);
    } else {
      const auto& octets = to_.address->octets();
      request.append(1, static_cast<char>(to_.address->is_v6() ? 4 : 1));
      request.append(reinterpret_cast<const char*>(octets.data()), to_.address->bits() / 8);
    }
    request.append(1, static_cast<char>(to_.origin.port >> 8U)).append(1, static_cast<char>(to_.origin.port & 0xFFU));
    return Send(request);
  }

  std::optional<Failure> ReadReply() {
    std::array<std::byte, 4> reply{};
    if (auto failure = Read(reply)) return failure;
    if (reply[0] != std::byte{kVersion}) return Fault("want SOCKS 5", true);
    const auto code = std::to_integer<std::size_t>(reply[1]);
    if (code != 0) {
      // Rules, commands and address types stay as they are; the rest may be a matter of the moment.
      return Failure{Reason::kProxy, sdk::Errc::kUpstreamFailed,
                     to_.origin.Label() + ": want a connection through the proxy, which says: " +
                         (code < kReplies.size() ? kReplies[code] : "unknown reply"),
                     code == 2 || code == 7 || code == 8};
    }
    std::size_t rest = 0;
    std::array<std::byte, 256 + 2> bound{};
    switch (std::to_integer<int>(reply[3])) {
      case 1:
        rest = 4;
        break;
      case 4:
        rest = 16;
        break;
      case 3:
        if (auto failure = Read(std::span(bound).first(1))) return failure;
        rest = std::to_integer<std::size_t>(bound[0]);
        break;
      default:
        return Fault("want an address of a known type in its reply", true);
    }
    return Read(std::span(bound).first(rest + 2));
  }

  std::optional<Failure> Send(std::string_view octets) {
    return Checked(connection_.Write(octets, call_, std::chrono::milliseconds::max(), deadline_));
  }

  /// Exactly as many: what follows belongs to the destination.
  std::optional<Failure> Read(std::span<std::byte> octets) {
    while (!octets.empty()) {
      std::size_t got = 0;
      if (auto failure = Checked(connection_.Read(octets, call_, deadline_, got))) return failure;
      octets = octets.subspan(got);
    }
    return std::nullopt;
  }

  std::optional<Failure> Checked(Io io) const {
    switch (io) {
      case Io::kDone:
        return std::nullopt;
      case Io::kTimeout:
        return Failure{Reason::kTimeout, sdk::Errc::kDeadlineExceeded,
                       "proxy " + proxy_.Label() + ": want a tunnel in time"};
      case Io::kCancelled:
        return Failure{Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone"};
      case Io::kEnd:
      case Io::kBroken:
        break;
    }
    return Fault("want a tunnel, the connection broke off", false);
  }

  Failure Fault(std::string_view wanted, bool permanent) const {
    return {Reason::kProxy, sdk::Errc::kUpstreamFailed, "proxy " + proxy_.Label() + ": " + std::string(wanted),
            permanent};
  }

  Connection& connection_;
  const ProxyOptions& proxy_;
  const Destination& to_;
  const sdk::Call& call_;
  const Clock::time_point deadline_;
};

}  // namespace

std::optional<Failure> OpenSocks(Connection& connection, const ProxyOptions& proxy, const Destination& to,
                                 const sdk::Call& call, Clock::time_point deadline) {
  return Socks(connection, proxy, to, call, deadline).Open();
}

}  // namespace sluice::upstream

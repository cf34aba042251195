// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Happy eyeballs (RFC 8305): the first of several addresses that answers.

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <cstdint>
#include <sluice/sdk/call.hpp>
#include <span>
#include <vector>

#include "core/net/ip_address.hpp"
#include "core/upstream/wait.hpp"

namespace sluice::upstream {

inline constexpr std::chrono::milliseconds kConnectStagger{250};  ///< RFC 8305 §5
inline constexpr std::size_t kMaxAddresses = 16;                  ///< Of those that a name has, how many are tried.

/// RFC 8305 §4: the families take turns, each in its order, beginning with that of the first. At most kMaxAddresses.
std::vector<net::IpAddress> Interleave(std::span<const net::IpAddress> addresses);

struct Connected {
  enum class Outcome : std::uint8_t { kConnected, kFailed, kTimeout, kCancelled };
  Outcome outcome = Outcome::kFailed;
  Poco::Net::StreamSocket socket = {};  ///< Non-blocking, with kConnected.
  net::IpAddress peer = {};             ///< The one of `addresses` that it leads to.
};

/// Starts with the first address, and with one more whenever `stagger` is over or an attempt failed. The first that
/// connects wins, the others are closed.
/// \param addresses  in the order in which to try them; nothing else is connected to.
Connected ConnectFirst(std::span<const net::IpAddress> addresses, std::uint16_t port, const sdk::Call& call,
                       Clock::time_point deadline, std::chrono::milliseconds stagger = kConnectStagger);

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// OwnRequests: tells requests that components of this server send to it from those of viewers.

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>

namespace sluice::http {
class ServerExchange;
}

namespace sluice::pipeline {

/// A request of a viewer may wait for one that a component sends to this very server, such as to its own key pool. The
/// second must not wait for a place among requests of the first kind, which would wait for it in turn: it carries a
/// mark that nobody else knows, and is let in past the limit. Threads: [any].
class OwnRequests {
 public:
  OwnRequests();

  /// \param ports  that the server listens on.
  void Listen(std::set<std::uint16_t> ports);
  /// The mark, for a request to a listener of this server by a loopback address; nothing for any other.
  std::optional<sdk::Header> MarkFor(std::string_view url) const;
  bool IsMarked(const http::ServerExchange& viewer) const;
  /// Whether that is the mark's field: it goes no further.
  static bool IsMark(std::string_view name);

 private:
  const std::string token_;
  mutable std::mutex mutex_;
  std::set<std::uint16_t> ports_;
};

}  // namespace sluice::pipeline

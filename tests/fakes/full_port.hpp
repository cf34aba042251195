// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FullPort: a port that lets nobody in.

#include <cstdint>
#include <string>

namespace sluice::fakes {

/// Listens, and its queue of connections is full: whoever connects waits for ever.
class FullPort {
 public:
  /// \param address  of this machine: "127.0.0.1", "127.0.0.2". \param port  0: a free one. Throws std::runtime_error.
  explicit FullPort(const std::string& address = "127.0.0.1", std::uint16_t port = 0);
  ~FullPort();
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  int listener_ = -1;
  int fillers_[4] = {-1, -1, -1, -1};
  std::uint16_t port_ = 0;
};

}  // namespace sluice::fakes

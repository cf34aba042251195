// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Real proxies on free ports of 127.0.0.1 that die with the test: microsocks, tinyproxy, and TLS before either.

#include <cstdint>
#include <string>

#include "tests/fakes/nginx.hpp"
#include "tests/fakes/process.hpp"

namespace sluice::fakes {

struct Credentials {
  std::string user;
  std::string password;
};

/// SOCKS 5.
class Microsocks {
 public:
  /// \param credentials  null: everybody may.
  explicit Microsocks(const Credentials* credentials = nullptr);

  std::uint16_t port() const { return port_; }
  /// Whom it connected to, one line each with "connected to host:port", the host as it was asked for.
  std::string Log() const;

 private:
  TempFolder folder_;
  std::uint16_t port_ = 0;
  Process process_;
};

/// HTTP: CONNECT to any port, and absolute-form.
class Tinyproxy {
 public:
  explicit Tinyproxy(const Credentials* credentials = nullptr);

  std::uint16_t port() const { return port_; }
  /// Has a line with each request line.
  std::string Log() const;

 private:
  TempFolder folder_;
  std::uint16_t port_ = 0;
  Process process_;
};

/// Speaks TLS, and hands on what it hears to a port of 127.0.0.1 (socat).
class TlsFront {
 public:
  TlsFront(const Certificates& certificates, std::uint16_t behind);

  std::uint16_t port() const { return port_; }

 private:
  TempFolder folder_;
  std::uint16_t port_ = 0;
  Process process_;
};

}  // namespace sluice::fakes

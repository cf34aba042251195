// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Acceptor: one listening socket in the epoll set of the workers.

#include <Poco/Net/ServerSocket.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/http/connection_table.hpp"
#include "core/http/metrics.hpp"
#include "core/http/server.hpp"
#include "core/http/tls_context.hpp"

namespace sluice::http {

class TrustedProxies;

/// Threads: Accept, Tick [any], one at a time by its own lock; Bind, Arm, Close by one thread.
class Acceptor {
 public:
  /// \param token  names this listener in epoll events.
  Acceptor(ListenerOptions options, std::uint16_t index, std::uint64_t token, int epoll_fd, Metrics& metrics);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// Reads the certificate too. Adds every fault; with any, it is of no use.
  void Bind(std::vector<StartFault>& faults);
  /// From here on, connections wake a worker.
  void Arm();
  /// Takes what waits, at most a few dozen connections, and arms the socket again.
  void Accept(ConnectionTable& table, const TrustedProxies& proxies);
  /// Now and then: sets gauges, and takes up accepting again after descriptors ran out.
  void Tick(const ConnectionTable& table);
  /// Connections that are not accepted yet are refused.
  void Close();

  const std::string& name() const { return options_.name; }
  std::uint16_t port() const { return port_; }

 private:
  enum class Taken : std::uint8_t { kOne, kNone, kNoDescriptors };
  void ReadCertificate(std::vector<StartFault>& faults);
  Taken TakeOne(ConnectionTable& table, const TrustedProxies& proxies);
  void Refuse(int fd, Refusal reason, std::string_view reply);
  bool RefuseWithReserve();
  void ArmLocked(int operation);

  const ListenerOptions options_;
  const std::uint16_t index_;
  const std::uint64_t token_;
  const int epoll_fd_;
  const ListenerMetrics metrics_;
  std::unique_ptr<const TlsContext> tls_;  ///< Null: plain.
  std::mutex mutex_;
  Poco::Net::ServerSocket socket_;
  std::uint16_t port_ = 0;
  int reserve_fd_ = -1;  ///< Given up for a moment to refuse a connection when no descriptor is left.
  bool open_ = false;
  bool backing_off_ = false;
};

}  // namespace sluice::http

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Tls: how the gateway speaks TLS to origins, and the sessions that it can resume.

#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/Session.h>

#include <list>
#include <map>
#include <mutex>
#include <sluice/sdk/result.hpp>
#include <string>

#include "core/upstream/connection.hpp"

namespace sluice::upstream {

enum class Handshake { kDone, kFailed, kUntrusted, kTimeout, kCancelled };

/// TLS 1.2 or later, the peer's certificate and name verified always. Threads: [any].
class Tls {
 public:
  /// \param ca_file  PEM; empty: the system's authorities.
  explicit Tls(const std::string& ca_file);

  /// \returns  why there is no TLS: `ca_file` could not be read.
  const sdk::Status& status() const { return status_; }

  /// Makes `socket` (connected, non-blocking) a TLS socket. SNI is sent for names, not for addresses.
  Handshake Connect(Poco::Net::StreamSocket& socket, const Origin& origin, const sdk::Call& call,
                    Clock::time_point deadline);
  /// Keeps what `connection` can be resumed from. Call after its first response: TLS 1.3 sends tickets that late.
  void Remember(Connection& connection);

 private:
  struct Kept {
    Poco::Net::Session::Ptr session;
    std::list<Origin>::iterator age;
  };
  Poco::Net::Session::Ptr Resumable(const Origin& origin);
  void Forget(const Origin& origin);

  sdk::Status status_;
  Poco::Net::Context::Ptr context_;
  std::mutex mutex_;
  std::map<Origin, Kept> sessions_;
  std::list<Origin> oldest_first_;
};

}  // namespace sluice::upstream

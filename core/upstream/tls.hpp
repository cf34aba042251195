// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Tls: how the gateway speaks TLS to the peers of one profile, and the sessions that it can resume.

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <sluice/sdk/result.hpp>
#include <string>

#include "core/net/tls_session.hpp"
#include "core/upstream/origin.hpp"
#include "core/upstream/tls_context.hpp"

namespace sluice::upstream {

/// The peer's certificate and name are verified, unless the options say otherwise. Threads: [any].
class Tls {
 public:
  static constexpr std::size_t kMaxSessions = 512;

  /// Options that cannot be used fail closed: status() says why, and Start gives nothing.
  explicit Tls(const TlsOptions& options);
  /// The same object for options and files that are the same, as long as anybody uses it: sessions survive a reload.
  /// \returns  kInvalidArgument naming the field: "/ca_file: want …".
  static sdk::Result<std::shared_ptr<Tls>> Shared(const TlsOptions& options);

  const sdk::Status& status() const { return status_; }
  /// TlsIdentity of the options.
  const std::string& identity() const { return identity_; }

  /// What a handshake with `peer` starts from: name to send and to verify, session to resume. SNI is sent for names,
  /// not for addresses. \returns null when status() is an error, or out of memory.
  net::Ssl Start(const Origin& peer);
  /// Keeps what `ssl` can be resumed from. Call after the first response: TLS 1.3 sends tickets that late.
  void Remember(const Origin& peer, SSL& ssl);
  /// After a failed handshake.
  void Forget(const Origin& peer);
  std::size_t sessions() const;

 private:
  using Session = std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)>;
  struct Kept {
    Session session;
    std::list<Origin>::iterator age;
  };

  const TlsOptions options_;
  const std::string identity_;
  sdk::Status status_;
  TlsContext context_;
  mutable std::mutex mutex_;
  std::map<Origin, Kept> sessions_;
  std::list<Origin> oldest_first_;
};

}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include "core/upstream/tls.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <csignal>

namespace sluice::upstream {
namespace {

using Poco::Net::Context;
using Poco::Net::SecureStreamSocket;

constexpr std::size_t kMaxSessions = 512;

/// OpenSSL writes with write(2): a peer that hung up would end a process that left SIGPIPE at its default.
void IgnoreBrokenPipes() {
  struct sigaction present {};
  if (::sigaction(SIGPIPE, nullptr, &present) != 0 || present.sa_handler != SIG_DFL) return;
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
}

Context::Ptr MakeContext(const std::string& ca_file) {
  Context::Params params;
  params.caLocation = ca_file;
  params.loadDefaultCAs = ca_file.empty();
  params.verificationMode = Context::VERIFY_STRICT;  // anything less skips the name check for localhost
  params.cipherList = "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES";
  Context::Ptr context = new Context(Context::TLS_CLIENT_USE, params);
  context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
  context->enableSessionCache(true);
  ::SSL_CTX_set_mode(context->sslContext(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

}  // namespace

Tls::Tls(const std::string& ca_file) {
  IgnoreBrokenPipes();
  try {
    context_ = MakeContext(ca_file);
  } catch (const Poco::Exception&) {
    status_ = sdk::Error{.code = sdk::Errc::kInternal, .message = "/ca_file: want a readable PEM file of certificates"};
  }
}

Handshake Tls::Connect(Poco::Net::StreamSocket& socket, const Origin& origin, const sdk::Call& call,
                       Clock::time_point deadline) {
  const bool literal = net::IpAddress::Parse(origin.host).has_value();
  try {
    auto secure =
        SecureStreamSocket::attach(socket, literal ? std::string() : origin.host, context_, Resumable(origin));
    for (;;) {
      ::ERR_clear_error();
      const int rc = secure.completeHandshake();
      if (rc == 1) break;
      if (rc == 0) return Handshake::kFailed;
      const auto events = static_cast<short>(rc == SecureStreamSocket::ERR_SSL_WANT_WRITE ? POLLOUT : POLLIN);
      switch (WaitFor(socket.impl()->sockfd(), events, call, deadline)) {
        case Wait::kReady:
          break;
        case Wait::kTimeout:
          return Handshake::kTimeout;
        case Wait::kCancelled:
          return Handshake::kCancelled;
      }
    }
    secure.verifyPeerCertificate(origin.host);
    socket = secure;
    return Handshake::kDone;
  } catch (const Poco::Net::CertificateValidationException&) {
    Forget(origin);
    return Handshake::kUntrusted;
  } catch (const Poco::Net::SSLException& failure) {
    Forget(origin);
    const bool certificate = failure.message().find("certificate verify failed") != std::string::npos;
    return certificate ? Handshake::kUntrusted : Handshake::kFailed;
  } catch (const Poco::Exception&) {
    return Handshake::kFailed;
  }
}

void Tls::Remember(Connection& connection) {
  Poco::Net::Session::Ptr session;
  try {
    session = SecureStreamSocket(connection.socket()).currentSession();
  } catch (const Poco::Exception&) {
    return;  // a connection that fell apart has nothing to resume
  }
  if (!session || ::SSL_SESSION_is_resumable(session->sslSession()) != 1) return;
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(connection.origin()); found != sessions_.end()) {
    found->second.session = session;
    return;
  }
  if (sessions_.size() >= kMaxSessions) {
    sessions_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  oldest_first_.push_back(connection.origin());
  sessions_.emplace(connection.origin(), Kept{session, std::prev(oldest_first_.end())});
}

Poco::Net::Session::Ptr Tls::Resumable(const Origin& origin) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(origin);
  return found == sessions_.end() ? Poco::Net::Session::Ptr() : found->second.session;
}

void Tls::Forget(const Origin& origin) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(origin);
  if (found == sessions_.end()) return;
  oldest_first_.erase(found->second.age);
  sessions_.erase(found);
}

}  // namespace sluice::upstream

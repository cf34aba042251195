// SPDX-License-Identifier: MIT
#include "core/upstream/tls.hpp"

#include <openssl/x509v3.h>

#include <utility>

#include "core/net/ip_address.hpp"

namespace sluice::upstream {
namespace {

/// What the certificate must be for, and what the peer is told.
bool SetName(SSL& ssl, const std::string& name) {
  auto* wanted = ::SSL_get0_param(&ssl);
  if (net::IpAddress::Parse(name)) return ::X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) == 1;
  ::X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return ::X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size()) == 1 &&
         ::SSL_set_tlsext_host_name(&ssl, name.c_str()) == 1;
}

}  // namespace

Tls::Tls(const TlsOptions& options) : options_(options), identity_(TlsIdentity(options)) {
  auto context = MakeTlsContext(options);
  if (context) {
    context_ = std::move(*context);
  } else {
    status_ = std::move(context).error();
  }
}

sdk::Result<std::shared_ptr<Tls>> Tls::Shared(const TlsOptions& options) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Tls>> known;
  const auto identity = TlsIdentity(options);
  const std::lock_guard lock(mutex);
  if (auto present = known[identity].lock()) return present;
  std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
  auto made = std::make_shared<Tls>(options);
  if (!made->status()) return made->status().error();
  known[made->identity()] = made;
  return made;
}

net::Ssl Tls::Start(const Origin& peer) {
  if (!status_) return nullptr;
  net::Ssl ssl(::SSL_new(context_.get()));
  if (!ssl || !SetName(*ssl, options_.server_name.empty() ? peer.host : options_.server_name)) return nullptr;
  ::SSL_set_connect_state(ssl.get());
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(peer); found != sessions_.end()) {
    ::SSL_set_session(ssl.get(), found->second.session.get());
  }
  return ssl;
}

void Tls::Remember(const Origin& peer, SSL& ssl) {
  Session session(::SSL_get1_session(&ssl), ::SSL_SESSION_free);
  if (!session || ::SSL_SESSION_is_resumable(session.get()) != 1) return;
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(peer); found != sessions_.end()) {
    found->second.session = std::move(session);
    return;
  }
  if (sessions_.size() >= kMaxSessions) {
    sessions_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  oldest_first_.push_back(peer);
  sessions_.emplace(peer, Kept{std::move(session), std::prev(oldest_first_.end())});
}

void Tls::Forget(const Origin& peer) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(peer);
  if (found == sessions_.end()) return;
  oldest_first_.erase(found->second.age);
  sessions_.erase(found);
}

std::size_t Tls::sessions() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace sluice::upstream

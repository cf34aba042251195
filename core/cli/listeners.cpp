// SPDX-License-Identifier: MIT
#include "core/cli/listeners.hpp"

#include <algorithm>
#include <string>

#include "core/http/tls_context.hpp"

namespace sluice::cli {
namespace {

std::optional<net::CertificateFiles> FilesOf(const config::Listener& listener) {
  if (!listener.tls) return std::nullopt;
  return net::CertificateFiles{.certificate = listener.tls->certificate, .private_key = listener.tls->private_key};
}

constexpr const char* kCertificate = "/tls/certificate";
constexpr const char* kPrivateKey = "/tls/private_key";

std::string PointerOf(const config::Config& config, const http::StartFault& fault) {
  const auto listener = std::find_if(config.listeners.begin(), config.listeners.end(),
                                     [&](const auto& candidate) { return candidate.name == fault.listener; });
  if (listener == config.listeners.end()) return "/server";
  const auto* const below = fault.at == http::StartFault::At::kCertificate  ? kCertificate
                            : fault.at == http::StartFault::At::kPrivateKey ? kPrivateKey
                                                                            : "/address";
  return listener->place.pointer + below;
}

}  // namespace

http::ServerOptions ServerOptionsOf(const config::Config& config) {
  const auto& server = config.server;
  http::ServerOptions options{.listeners = {},
                              .workers = server.workers,
                              .max_head_bytes = server.max_head_bytes,
                              .max_headers = server.max_headers,
                              .head_timeout = server.head_timeout,
                              .idle_timeout = server.idle_timeout,
                              .body_timeout = server.body_timeout,
                              .write_timeout = server.write_timeout,
                              .trusted_proxies = server.trusted_proxies};
  for (const auto& listener : config.listeners) {
    options.listeners.push_back({.name = listener.name,
                                 .address = listener.address,
                                 .max_connections = listener.max_connections,
                                 .tls = FilesOf(listener)});
  }
  return options;
}

void CheckCertificates(const config::Config& config, config::Faults& faults) {
  for (const auto& listener : config.listeners) {
    const auto files = FilesOf(listener);
    if (!files) continue;
    std::vector<net::CertificateFault> found;
    http::TlsContext::Make(*files, found);
    for (auto& fault : found) {
      const bool own = fault.file == net::CertificateFault::File::kCertificate;
      const auto pointer = listener.place.pointer + (own ? kCertificate : kPrivateKey);
      faults.Add(config::PlaceOf(*config.places, pointer), std::move(fault.message));
    }
  }
}

void AddStartFaults(const config::Config& config, const std::vector<http::StartFault>& found, config::Faults& faults) {
  for (const auto& fault : found) {
    faults.Add(config::PlaceOf(*config.places, PointerOf(config, fault)), fault.message);
  }
}

}  // namespace sluice::cli

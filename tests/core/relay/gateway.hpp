// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Gateway: an HTTP server that fetches from one origin and lets a relay send the bodies.

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/http/server.hpp"
#include "core/relay/relay.hpp"
#include "core/upstream/client.hpp"

namespace sluice::relay::testing {

struct GatewayOptions {
  std::string origin;          ///< "http://127.0.0.1:port", "https://127.0.0.1:port", or "file:///folder".
  std::string origin_ca = {};  ///< PEM file of whom an https origin is trusted by.
  std::uint32_t workers = 2;
  unsigned relay_threads = 2;
  std::size_t pipes = 512;  ///< As in Options.
  std::chrono::milliseconds read_timeout{10'000};
  std::chrono::milliseconds write_timeout{10'000};
  std::uint64_t bytes_per_second = 0;
  std::optional<net::CertificateFiles> tls = {};
  http::FieldFilter trailer = {};  ///< Of Job.
  /// Answers how to go on after a body broke off; empty: it is not.
  std::function<Resume(const std::string& path)> resume = {};
};

/// Answers each request with what the origin says at the same path. Stopped by the destructor.
class Gateway {
 public:
  explicit Gateway(GatewayOptions options);
  ~Gateway();

  std::uint16_t port() const { return server_.Port("main"); }
  /// Result of the body that ended as the `index`th, waited for.
  Result ResultOf(std::size_t index);
  std::uint64_t progress() const { return progress_; }
  upstream::Client& client() { return client_; }
  http::Server& server() { return server_; }
  Relay& relay() { return relay_; }

 private:
  void Handle(http::ServerExchange& exchange);

  const GatewayOptions options_;
  prometheus::Registry registry_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Result> results_;
  std::atomic<std::uint64_t> progress_{0};
  upstream::Client client_;
  Relay relay_;
  http::Server server_;
};

/// A body in which every octet tells where it stands.
std::string Pattern(std::size_t size);
/// Of a response whose body has `length` octets.
std::string Head(std::size_t length);

/// What is left of a body, fetched with the Range field that `sent` octets ask for.
std::optional<Body> FetchRest(upstream::Client& client, const std::string& url, std::uint64_t sent);

}  // namespace sluice::relay::testing

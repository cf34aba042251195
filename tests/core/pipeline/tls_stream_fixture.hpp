// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of bodies that come over TLS share: a film, how origins frame it, and viewers with TLS and without.

#include <openssl/ssl.h>

#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/pipeline/leaving.hpp"
#include "tests/core/pipeline/served_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {

using fakes::FaultyOrigin;
using Peer = FaultyOrigin::Peer;

inline constexpr std::size_t kFilmBytes = 5'000'000;
inline constexpr std::size_t kPartBytes = 1'234'567;

inline const fakes::Certificates& Made() {
  static const fakes::TempFolder folder;
  static const auto made = fakes::MakeCertificates(folder, "DNS:localhost,IP:127.0.0.1");
  return made;
}

inline const std::string& Film() {
  static const auto made = [] {
    std::string octets(kFilmBytes, '\0');
    std::mt19937 random(1);  // each run the same
    for (auto& octet : octets) octet = static_cast<char>(random());
    return octets;
  }();
  return made;
}

/// How an origin frames its bodies. The film stands at "/" and the name.
struct Framing {
  std::string name;
  std::string fields;
  std::string (*coded)(std::string_view octets);
  std::string end;
};

inline const std::vector<Framing>& Framings() {
  static const auto kAsItIs = [](std::string_view octets) { return std::string(octets); };
  static const auto kChunks = [](std::string_view octets) {
    constexpr std::size_t kChunkBytes = 20'011;
    std::string coded;
    for (std::size_t at = 0; at < octets.size(); at += kChunkBytes) {
      const auto chunk = octets.substr(at, kChunkBytes);
      char size[20];
      std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
      coded.append(size).append(chunk).append("\r\n");
    }
    return coded;
  };
  static const std::vector<Framing> kFramings = {
      {"length", "Content-Length: " + std::to_string(kFilmBytes) + "\r\n", kAsItIs, ""},
      {"chunked", "Transfer-Encoding: chunked\r\n", kChunks, "0\r\n\r\n"},
      {"close", "", kAsItIs, ""}};
  return kFramings;
}

/// Null: the client hung up.
inline const Framing* AskedFor(Peer& peer) {
  const auto head = peer.ReadHead();
  for (const auto& framing : Framings()) {
    if (head.starts_with("GET /" + framing.name + " ")) return &framing;
  }
  return nullptr;
}

/// Head and the first `size` octets.
inline bool Begin(Peer& peer, const Framing& framing, std::size_t size) {
  return peer.Send("HTTP/1.1 200 OK\r\n" + framing.fields + "\r\n" +
                   framing.coded(std::string_view(Film()).substr(0, size)));
}

/// The film, over and over.
inline void SayAll(Peer& peer) {
  for (const auto* framing = AskedFor(peer); framing != nullptr; framing = AskedFor(peer)) {
    if (!Begin(peer, *framing, kFilmBytes) || !peer.Send(framing->end) || framing->name == "close") return;
  }
}

struct Viewer {
  std::string name;
  int tls;           ///< TLS1_…_VERSION; 0: plain.
  bool old = false;  ///< HTTP/1.0: without a length, only the close tells that the body is whole.
};
inline const std::vector<Viewer> kViewers = {{"plain", 0}, {"TLS 1.2", TLS1_2_VERSION}, {"TLS 1.3", TLS1_3_VERSION}};

class TlsStreamTest : public Served<PipelineTest> {
 protected:
  TlsStreamTest() : Served(WithTls()) {}

  static http::ServerOptions WithTls() {
    auto options = Workers(2);
    options.listeners = {
        {.name = "tls",
         .address = "127.0.0.1:0",
         .tls = net::CertificateFiles{.certificate = Made().certificate.string(), .private_key = Made().key.string()}}};
    return options;
  }

  void ServeFrom(const std::string& origin, config::FetchStep how = {}, bool resumable = false) {
    how.tls.ca_file = Made().ca;
    how.retry.attempts = 1;
    auto fetch = Fetch(how);
    auto profile = MakeProfile(how, {}, "test");
    ASSERT_TRUE(profile) << profile.error().message;
    fetch.profile = std::move(*profile);
    pipelines_.clear();
    Add({Resolve(ResolverBy([=](const sdk::Call&, const sdk::RequestHead& head) {
           return sdk::Source{.url = origin + std::string(head.path), .resumable = resumable};
         })),
         std::move(fetch)});
    Use();
  }

  RawClient Connect(const Viewer& viewer) {
    RawClient client(server_.Port(viewer.tls == 0 ? "main" : "tls"));
    if (viewer.tls != 0) {
      EXPECT_TRUE(client.StartTls(viewer.tls == TLS1_2_VERSION ? tls12_ : tls13_)) << viewer.name;
    }
    return client;
  }
  RawClient Ask(const Viewer& viewer, const std::string& path) {
    auto client = Connect(viewer);
    client.Send("GET " + path + (viewer.old ? " HTTP/1.0" : " HTTP/1.1") + "\r\nHost: h\r\n\r\n");
    return client;
  }

  double Relayed(const std::string& mode) const { return Metric("sluice_relayed_bytes_total", {{"mode", mode}}); }
  double Reused() const { return Metric("sluice_upstream_connections_total", {{"reused", "1"}}); }
  bool Streams(int count) {
    return Eventually([&] { return Metric("sluice_streams_active") == count; });
  }
  bool Failed(const std::string& code, std::size_t count) {
    return Eventually([&] {
      return Metric("sluice_step_failures_total", {{"step", "deliver"}, {"code", code}}) == static_cast<double>(count);
    });
  }

 private:
  http::testing::TlsClients tls12_{Made().ca, TLS1_2_VERSION};
  http::testing::TlsClients tls13_{Made().ca, TLS1_3_VERSION};
};

}  // namespace sluice::pipeline::testing

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the conformance suites have to know of the toys: once alone, once with an upstream.

#include <sluice/sdk/testing/conformance_auth.hpp>
#include <sluice/sdk/testing/conformance_endpoint.hpp>
#include <sluice/sdk/testing/conformance_filter.hpp>
#include <sluice/sdk/testing/conformance_indexer.hpp>
#include <sluice/sdk/testing/conformance_manifest.hpp>
#include <sluice/sdk/testing/conformance_media.hpp>
#include <sluice/sdk/testing/conformance_resolver.hpp>
#include <sluice/sdk/testing/conformance_store.hpp>

#include "tests/sdk/testing/toys.hpp"

namespace sluice::sdk::testing {

/// The fault of the toys that are made next; empty: none.
inline std::string& ToyFault() {
  static std::string fault;
  return fault;
}
/// Whether they ask an upstream.
inline bool& ToyAsksUpstream() {
  static bool asks = false;
  return asks;
}

template <typename Base>
struct ToyFixture : Base {
  ToyFixture() {
    this->config = {{"/fault", ToyFault()}, {"/upstream", ToyAsksUpstream()}};
    this->waits_for_upstream = ToyAsksUpstream();
  }
  void Prepare(FakeHost& host) override { host.http.Answer("GET", kToyUpstream, {.status = 200}); }
};
struct ToyAuthFixture : ToyFixture<AuthFixture> {
  ToyAuthFixture() {
    secret = "right";
    wrong_secret = "wrong";
  }
};
struct ToyStoreFixture : ToyFixture<StoreFixture> {
  ToyStoreFixture() { magnet = "magnet:?xt=urn:btih:" + std::string(ToyStore::kHash); }
};
struct ToyIndexerFixture : ToyFixture<IndexerFixture> {
  ToyIndexerFixture() { text = "a film"; }
};
struct ToyManifestFixture : ToyFixture<ManifestFixture> {
  ToyManifestFixture() {
    text = "# list\na.ts\nb.ts\n";
    text_without_links = "# nothing\n";
    content_type = "text/uri-list";
  }
};
struct ToyMediaFixture : ToyFixture<MediaFixture> {
  ToyMediaFixture() { playable_id = "a"; }
};
struct ToyResolverFixture : ToyFixture<ResolverFixture> {
  ToyResolverFixture() { request = TestRequest("GET", "/a/b.mp4"); }
};
struct ToyEndpointFixture : ToyFixture<EndpointFixture> {};
struct ToyFilterFixture : ToyFixture<FilterFixture> {};

}  // namespace sluice::sdk::testing

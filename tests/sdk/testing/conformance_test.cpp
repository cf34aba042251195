// SPDX-License-Identifier: MIT
// Components that keep every rule pass every suite, alone and with an upstream.
#include "tests/sdk/testing/toy_fixtures.hpp"

namespace sluice::sdk::testing {
namespace {

/// The toys of a fixture that is derived from this ask an upstream.
template <typename Base>
struct Asking : Base {
  Asking() {
    this->config = this->config.With("/upstream", true);
    this->waits_for_upstream = true;
  }
};
using AskingAuth = Asking<ToyAuthFixture>;
using AskingStore = Asking<ToyStoreFixture>;
using AskingIndexer = Asking<ToyIndexerFixture>;
using AskingManifest = Asking<ToyManifestFixture>;
using AskingMedia = Asking<ToyMediaFixture>;
using AskingResolver = Asking<ToyResolverFixture>;
using AskingEndpoint = Asking<ToyEndpointFixture>;
using AskingFilter = Asking<ToyFilterFixture>;

SLUICE_AUTH_CONFORMANCE(ToyAuth, ToyAuthFixture);
SLUICE_AUTH_CONFORMANCE(ToyAuth, AskingAuth);
SLUICE_STORE_CONFORMANCE(ToyStore, ToyStoreFixture);
SLUICE_STORE_CONFORMANCE(ToyStore, AskingStore);
SLUICE_INDEXER_CONFORMANCE(ToyIndexer, ToyIndexerFixture);
SLUICE_INDEXER_CONFORMANCE(ToyIndexer, AskingIndexer);
SLUICE_MANIFEST_CONFORMANCE(ToyManifest, ToyManifestFixture);
SLUICE_MANIFEST_CONFORMANCE(ToyManifest, AskingManifest);
SLUICE_MEDIA_CONFORMANCE(ToyMedia, ToyMediaFixture);
SLUICE_MEDIA_CONFORMANCE(ToyMedia, AskingMedia);
SLUICE_RESOLVER_CONFORMANCE(ToyResolver, ToyResolverFixture);
SLUICE_RESOLVER_CONFORMANCE(ToyResolver, AskingResolver);
SLUICE_ENDPOINT_CONFORMANCE(ToyEndpoint, ToyEndpointFixture);
SLUICE_ENDPOINT_CONFORMANCE(ToyEndpoint, AskingEndpoint);
SLUICE_FILTER_CONFORMANCE(ToyFilter, ToyFilterFixture);
SLUICE_FILTER_CONFORMANCE(ToyFilter, AskingFilter);

}  // namespace
}  // namespace sluice::sdk::testing

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Adapt: the SDK interface over any component's C table.

#include <sluice/sdk/detail/adapter_auth.hpp>
#include <sluice/sdk/detail/adapter_endpoint.hpp>
#include <sluice/sdk/detail/adapter_filter.hpp>
#include <sluice/sdk/detail/adapter_indexer.hpp>
#include <sluice/sdk/detail/adapter_manifest.hpp>
#include <sluice/sdk/detail/adapter_media.hpp>
#include <sluice/sdk/detail/adapter_resolver.hpp>
#include <sluice/sdk/detail/adapter_store.hpp>

#include <memory>

namespace sluice::sdk::detail {

template <typename Interface>
struct AdapterOf;
template <>
struct AdapterOf<AuthBackend> : std::type_identity<AuthFromTable> {};
template <>
struct AdapterOf<Store> : std::type_identity<StoreFromTable> {};
template <>
struct AdapterOf<Indexer> : std::type_identity<IndexerFromTable> {};
template <>
struct AdapterOf<ManifestRewriter> : std::type_identity<ManifestFromTable> {};
template <>
struct AdapterOf<MediaBackend> : std::type_identity<MediaFromTable> {};
template <>
struct AdapterOf<Resolver> : std::type_identity<ResolverFromTable> {};
template <>
struct AdapterOf<Endpoint> : std::type_identity<EndpointFromTable> {};
template <>
struct AdapterOf<Filter> : std::type_identity<FilterFromTable> {};

/// Takes over `self`, which is destroyed with the result, or at once on an error. `component` is of Interface's kind
/// and has what that kind requires; it and `observer` outlive the result. Threads: [control]. \returns  kInternal when
/// an endpoint cannot say its routes; otherwise the adapter.
template <typename Interface>
Result<std::unique_ptr<Interface>> Adapt(const sluice_component& component, void* self, CallObserver& observer) {
  auto adapter = std::make_unique<typename AdapterOf<Interface>::type>(component, self, observer);
  if constexpr (std::is_same_v<Interface, Endpoint>) {
    if (Status loaded = adapter->LoadRoutes(); !loaded) return std::move(loaded).error();
  }
  return std::unique_ptr<Interface>(std::move(adapter));
}

}  // namespace sluice::sdk::detail

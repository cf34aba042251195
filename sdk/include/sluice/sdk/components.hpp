// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Components: calls from one component to another, through the host.

#include <sluice/abi/components.h>
#include <sluice/sdk/detail/adapter_auth.hpp>
#include <sluice/sdk/detail/adapter_indexer.hpp>
#include <sluice/sdk/detail/adapter_store.hpp>
#include <sluice/sdk/detail/thunks_auth.hpp>
#include <sluice/sdk/detail/thunks_indexer.hpp>
#include <sluice/sdk/detail/thunks_store.hpp>
#include <sluice/sdk/host.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace sluice::sdk {

namespace detail {

/// The host observes its own end.
struct Unobserved final : CallObserver {
  Status Before(std::string_view) noexcept override { return Ok(); }
  void After(const CallOutcome&) noexcept override {}
};

template <typename Adapter>
class ComponentOfHost {
 public:
  ComponentOfHost(Host host, const sluice_component_ref& ref)
      : host_(std::move(host)),
        component_{.struct_size = SizeOf<sluice_component>(),
                   .reserved = 0,
                   .kind = "",
                   .type = "component",
                   .summary = "",
                   .config_schema = "",
                   .table = ref.table,
                   .create = nullptr,
                   .destroy = [](void*) {},
                   .migrations = nullptr,
                   .migration_count = 0,
                   .sealed_columns = nullptr,
                   .sealed_column_count = 0},
        adapter_(component_, ref.self, observer_) {}
  Adapter& adapter() noexcept { return adapter_; }

 private:
  const Host host_;
  const sluice_component component_;
  Unobserved observer_;
  Adapter adapter_;
};

template <typename Interface, typename Adapter>
Result<std::shared_ptr<Interface>> FindComponent(const Host& host, std::string_view name) {
  auto ref = host.Component(Kind<Interface>::id, name);
  if (!ref) return std::move(ref).error();
  auto made = std::make_shared<ComponentOfHost<Adapter>>(host, *ref);
  return std::shared_ptr<Interface>(made, &made->adapter());
}

}  // namespace detail

/// A store that this instance's configuration names where its schema says `"component": "store"`. Every call goes
/// through the host. A reload may put another instance behind it, or none: then its calls answer kNotFound.
/// \returns  kPermissionDenied: the configuration does not name it; kUnsupported: this host lets nobody call others.
/// Threads: [any]; in Create, ask for it, and call it later.
inline Result<std::shared_ptr<Store>> FindStore(const Host& host, std::string_view name) {
  return detail::FindComponent<Store, detail::StoreFromTable>(host, name);
}

/// As FindStore. Only Authenticate is called through it: what backends report and revoke is the host's. A principal
/// that has expired is kUnauthenticated, as in a pipeline.
inline Result<std::shared_ptr<AuthBackend>> FindAuth(const Host& host, std::string_view name) {
  return detail::FindComponent<AuthBackend, detail::AuthFromTable>(host, name);
}

/// As FindStore.
inline Result<std::shared_ptr<Indexer>> FindIndexer(const Host& host, std::string_view name) {
  return detail::FindComponent<Indexer, detail::IndexerFromTable>(host, name);
}

}  // namespace sluice::sdk

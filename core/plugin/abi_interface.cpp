// SPDX-License-Identifier: MIT
#include "core/plugin/abi_interface.hpp"

#include <sluice/sdk/detail/adapters.hpp>
#include <utility>

namespace sluice::plugin {
namespace {

template <typename T>
sdk::Result<Interface> Make(const sluice_component& component, void* self, CallObserver& observer) {
  auto adapter = sdk::detail::Adapt<T>(component, self, observer);
  if (!adapter) return std::move(adapter).error();
  return Interface(std::move(*adapter));
}

}  // namespace

sdk::Result<Interface> MakeInterface(const sluice_component& component, void* self, CallObserver& observer) {
  const std::string_view kind = component.kind;
  if (kind == SLUICE_AUTH_KIND) return Make<sdk::AuthBackend>(component, self, observer);
  if (kind == SLUICE_STORE_KIND) return Make<sdk::Store>(component, self, observer);
  if (kind == SLUICE_INDEXER_KIND) return Make<sdk::Indexer>(component, self, observer);
  if (kind == SLUICE_MANIFEST_KIND) return Make<sdk::ManifestRewriter>(component, self, observer);
  if (kind == SLUICE_MEDIA_KIND) return Make<sdk::MediaBackend>(component, self, observer);
  if (kind == SLUICE_RESOLVER_KIND) return Make<sdk::Resolver>(component, self, observer);
  if (kind == SLUICE_ENDPOINT_KIND) return Make<sdk::Endpoint>(component, self, observer);
  if (kind == SLUICE_FILTER_KIND) return Make<sdk::Filter>(component, self, observer);
  component.destroy(self);
  return sdk::Error{.code = sdk::Errc::kInternal, .message = "kind " + std::string(kind) + " is not known"};
}

}  // namespace sluice::plugin

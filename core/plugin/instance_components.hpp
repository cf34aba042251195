// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// "sluice.components/1" of one instance: the components that its configuration names, as they are now.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::plugin {

class Instance;

/// The instance that serves as the component of that name now; null: there is none. Threads: [any].
using FindInstance = std::function<std::shared_ptr<const Instance>(std::string_view name)>;

/// Threads: [any].
class InstanceComponents final : public sdk::ComponentsService {
 public:
  /// \param named  kinds and names of the components that the instance's configuration names.
  InstanceComponents(FindInstance find, std::set<std::pair<std::string, std::string>> named);
  ~InstanceComponents();

  sdk::Result<sdk::AuthBackend*> FindAuth(std::string_view name) override;
  sdk::Result<sdk::Store*> FindStore(std::string_view name) override;
  sdk::Result<sdk::Indexer*> FindIndexer(std::string_view name) override;

 private:
  template <typename Proxy>
  using Proxies = std::map<std::string, std::unique_ptr<Proxy>, std::less<>>;
  template <typename Proxy>
  sdk::Result<Proxy*> Find(Proxies<Proxy>& proxies, std::string_view kind, std::string_view name);

  class AuthProxy;
  class StoreProxy;
  class IndexerProxy;

  const FindInstance find_;
  const std::set<std::pair<std::string, std::string>> named_;
  std::mutex mutex_;
  Proxies<AuthProxy> auths_;
  Proxies<StoreProxy> stores_;
  Proxies<IndexerProxy> indexers_;
};

}  // namespace sluice::plugin

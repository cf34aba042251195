// SPDX-License-Identifier: MIT
#include "core/plugin/instance_components.hpp"

#include <chrono>

#include "core/plugin/instance.hpp"

namespace sluice::plugin {
namespace {

/// Keeps the instance while it is called: a reload may let go of it meanwhile.
template <typename Interface>
class Current {
 public:
  Current(const FindInstance& find, const std::string& name)
      : name_(name), instance_(find(name)), interface_(instance_ ? instance_->As<Interface>() : nullptr) {}

  /// What `call` answers of the component; kNotFound when there is none any more.
  template <typename F>
  auto Ask(F&& call) const -> decltype(call(std::declval<Interface&>())) {
    if (interface_ == nullptr) {
      return sdk::Error{.code = sdk::Errc::kNotFound, .message = "component \"" + name_ + "\" is not there any more"};
    }
    return call(*interface_);
  }
  Interface* get() const { return interface_; }

 private:
  const std::string& name_;
  const std::shared_ptr<const Instance> instance_;
  Interface* const interface_;
};

template <typename Interface>
class Proxy : public Interface {
 public:
  Proxy(const FindInstance& find, std::string name) : find_(find), name_(std::move(name)) {}

 protected:
  Current<Interface> Now() const { return {find_, name_}; }

 private:
  const FindInstance& find_;
  const std::string name_;
};

}  // namespace

class InstanceComponents::AuthProxy final : public Proxy<sdk::AuthBackend> {
 public:
  using Proxy::Proxy;
  sdk::Result<std::optional<sdk::Principal>> Authenticate(const sdk::Call& call,
                                                          const sdk::Credentials& given) override {
    auto answer = Now().Ask([&](sdk::AuthBackend& auth) { return auth.Authenticate(call, given); });
    if (!answer || !*answer) return answer;
    const auto end = (*answer)->expires_at;
    if (end == sdk::Seconds{} || end > std::chrono::system_clock::now()) return answer;
    return sdk::Error{.code = sdk::Errc::kUnauthenticated, .message = "the credential has expired"};
  }
};

class InstanceComponents::StoreProxy final : public Proxy<sdk::Store> {
 public:
  using Proxy::Proxy;
  sdk::StoreTraits Traits() const noexcept override {
    const auto now = Now();
    return now.get() == nullptr ? sdk::StoreTraits{.torrents = false} : now.get()->Traits();
  }
  sdk::Result<sdk::Account> GetAccount(const sdk::Call& call, const sdk::StoreUser& user) override {
    return Now().Ask([&](sdk::Store& store) { return store.GetAccount(call, user); });
  }
  sdk::Status Check(const sdk::Call& call, const sdk::StoreUser& user, sdk::Content content,
                    std::span<const std::string_view> hashes, sdk::ItemSink& sink) override {
    return Now().Ask([&](sdk::Store& store) { return store.Check(call, user, content, hashes, sink); });
  }
  sdk::Result<sdk::Item> Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) override {
    return Now().Ask([&](sdk::Store& store) { return store.Add(call, user, order); });
  }
  sdk::Result<sdk::Item> Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) override {
    return Now().Ask([&](sdk::Store& store) { return store.Get(call, user, id); });
  }
  sdk::Result<std::uint64_t> List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                  sdk::ItemSink& sink) override {
    return Now().Ask([&](sdk::Store& store) { return store.List(call, user, page, sink); });
  }
  sdk::Status Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) override {
    return Now().Ask([&](sdk::Store& store) { return store.Remove(call, user, id); });
  }
  sdk::Result<sdk::Source> Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                std::string_view file) override {
    return Now().Ask([&](sdk::Store& store) { return store.Link(call, user, id, file); });
  }
};

class InstanceComponents::IndexerProxy final : public Proxy<sdk::Indexer> {
 public:
  using Proxy::Proxy;
  sdk::Status Search(const sdk::Call& call, const sdk::IndexerUser& user, const sdk::Query& query,
                     sdk::ReleaseSink& sink) override {
    return Now().Ask([&](sdk::Indexer& indexer) { return indexer.Search(call, user, query, sink); });
  }
};

InstanceComponents::InstanceComponents(FindInstance find, std::set<std::pair<std::string, std::string>> named)
    : find_(std::move(find)), named_(std::move(named)) {}
InstanceComponents::~InstanceComponents() = default;

template <typename Proxy>
sdk::Result<Proxy*> InstanceComponents::Find(Proxies<Proxy>& proxies, std::string_view kind, std::string_view name) {
  if (named_.count({std::string(kind), std::string(name)}) == 0) {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied,
                      .message = "component: want a " + std::string(kind) + " that the configuration names"};
  }
  const std::lock_guard lock(mutex_);
  auto& proxy = proxies[std::string(name)];
  if (!proxy) proxy = std::make_unique<Proxy>(find_, std::string(name));
  return proxy.get();
}

sdk::Result<sdk::AuthBackend*> InstanceComponents::FindAuth(std::string_view name) {
  auto found = Find(auths_, "auth", name);
  if (!found) return std::move(found).error();
  return static_cast<sdk::AuthBackend*>(*found);
}

sdk::Result<sdk::Store*> InstanceComponents::FindStore(std::string_view name) {
  auto found = Find(stores_, "store", name);
  if (!found) return std::move(found).error();
  return static_cast<sdk::Store*>(*found);
}

sdk::Result<sdk::Indexer*> InstanceComponents::FindIndexer(std::string_view name) {
  auto found = Find(indexers_, "indexer", name);
  if (!found) return std::move(found).error();
  return static_cast<sdk::Indexer*>(*found);
}

}  // namespace sluice::plugin

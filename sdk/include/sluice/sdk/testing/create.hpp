// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// CreateThroughAbi: a component as the server makes and calls it: class, C table, class again.

#include <sluice/sdk/detail/adapters.hpp>
#include <sluice/sdk/detail/convert.hpp>
#include <sluice/sdk/plugin.hpp>
#include <sluice/sdk/testing/config.hpp>
#include <sluice/sdk/testing/fake_host.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

/// The SDK interface that the component class T implements.
template <typename T>
using InterfaceOf = sdk::detail::InterfaceOf<T>;

namespace internal {
/// Lets every call through; keeps what broke a rule of the boundary.
class RecordingObserver final : public sdk::detail::CallObserver {
 public:
  Status Before(std::string_view) noexcept override { return Ok(); }
  void After(const sdk::detail::CallOutcome& outcome) noexcept override {
    if (!outcome.violation) return;
    const std::lock_guard lock(mutex_);
    violations_.emplace_back(outcome.method);
  }
  std::vector<std::string> violations() const {
    const std::lock_guard lock(mutex_);
    return violations_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> violations_;
};
}  // namespace internal

/// An instance behind its C table: `(*store)->Check(…)`. Destroys it, and the fake host when that came with it.
template <typename Interface>
class ThroughAbi {
 public:
  /// \param own_host  null: the test keeps the host.
  ThroughAbi(std::unique_ptr<FakeHost> own_host, std::unique_ptr<internal::RecordingObserver> observer,
             std::unique_ptr<Interface> instance)
      : own_host_(std::move(own_host)), observer_(std::move(observer)), instance_(std::move(instance)) {}

  Interface* operator->() const { return instance_.get(); }
  Interface& operator*() const { return *instance_; }
  Interface* get() const { return instance_.get(); }

  /// Methods that broke a rule of the boundary (threw, put garbage, answered nothing), one entry each time.
  std::vector<std::string> violations() const { return observer_->violations(); }

 private:
  std::unique_ptr<FakeHost> own_host_;
  std::unique_ptr<internal::RecordingObserver> observer_;
  std::unique_ptr<Interface> instance_;
};

namespace internal {
template <typename T>
Result<ThroughAbi<InterfaceOf<T>>> Create(TestConfig config, std::unique_ptr<FakeHost> own_host, FakeHost& host,
                                          std::string_view name) {
  static constexpr const sluice_component& kTable = kComponent<T>;
  if (auto complete = config.Complete(kTable.config_schema); !complete) return complete.error();
  const ConfigTable table(config.document());
  void* self = nullptr;
  sluice_error error{};
  const auto status = kTable.create(&host.abi(), {name.data(), name.size()}, &table.abi(), &self, &error);
  if (status != SLUICE_OK) return sdk::detail::ToError(status, error);
  auto observer = std::make_unique<RecordingObserver>();
  auto instance = sdk::detail::Adapt<InterfaceOf<T>>(kTable, self, *observer);
  if (!instance) return instance.error();
  return ThroughAbi<InterfaceOf<T>>(std::move(own_host), std::move(observer), *std::move(instance));
}
}  // namespace internal

/// Makes an instance of the component class T, as the server would: the configuration is checked and completed by T's
/// schema, then everything goes through C tables. `host` outlives the result.
/// \returns  what T::Create refused, or kInvalidArgument that names what the schema refused.
template <typename T>
Result<ThroughAbi<InterfaceOf<T>>> CreateThroughAbi(TestConfig config, FakeHost& host, std::string_view name = "test") {
  return internal::Create<T>(std::move(config), nullptr, host, name);
}
/// The same with a host of its own, for components whose host does not matter to the test.
template <typename T>
Result<ThroughAbi<InterfaceOf<T>>> CreateThroughAbi(TestConfig config = {}) {
  auto host = std::make_unique<FakeHost>();
  auto& borrowed = *host;
  return internal::Create<T>(std::move(config), std::move(host), borrowed, "test");
}

}  // namespace sluice::sdk::testing

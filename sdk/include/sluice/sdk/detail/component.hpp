// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// From a plugin's class to the C struct that describes it.

#include <sluice/abi/plugin.h>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/detail/thunks_auth.hpp>
#include <sluice/sdk/detail/thunks_endpoint.hpp>
#include <sluice/sdk/detail/thunks_filter.hpp>
#include <sluice/sdk/detail/thunks_indexer.hpp>
#include <sluice/sdk/detail/thunks_manifest.hpp>
#include <sluice/sdk/detail/thunks_media.hpp>
#include <sluice/sdk/detail/thunks_resolver.hpp>
#include <sluice/sdk/detail/thunks_store.hpp>
#include <sluice/sdk/host.hpp>

#include <concepts>
#include <memory>
#include <span>
#include <type_traits>

namespace sluice::sdk {

/// What a component type says of itself; `kInfo` of its class. All texts are literals.
struct ComponentInfo {
  const char* type;     ///< Name used in configuration, [a-z][a-z0-9-]*, unique within its kind: "torbox".
  const char* summary;  ///< One line for people.
  /// JSON text, the subset of JSON Schema in docs/sdk/configuration.md. The default takes no configuration.
  const char* config_schema = R"({"type": "object", "additionalProperties": false})";
  /// What makes the tables that an instance keeps in the database, one SQL text a version; see docs/sdk/database.md.
  /// Points to a constant.
  std::span<const char* const> migrations{};
  /// Columns of those tables that hold what Seal made, each with the text of its row's id as context. Points to a
  /// constant. `sluice secrets rotate` seals them anew.
  std::span<const sluice_sealed_column> sealed_columns{};
};

namespace detail {

template <typename... Interfaces>
struct InterfaceList {
  /// How many of the interfaces T implements.
  template <typename T>
  static constexpr int kCount = (0 + ... + (std::is_base_of_v<Interfaces, T> ? 1 : 0));

  template <typename T, typename First, typename... Rest>
  static auto Find() {
    if constexpr (std::is_base_of_v<First, T> || sizeof...(Rest) == 0) {
      return std::type_identity<First>();
    } else {
      return Find<T, Rest...>();
    }
  }
  template <typename T>
  using Of = typename decltype(Find<T, Interfaces...>())::type;
};
using AllInterfaces =
    InterfaceList<AuthBackend, Store, Indexer, ManifestRewriter, MediaBackend, Resolver, Endpoint, Filter>;

/// The SDK interface that T implements.
template <typename T>
using InterfaceOf = AllInterfaces::Of<T>;

template <typename T>
concept HasInfo = requires {
  { T::kInfo } -> std::convertible_to<const ComponentInfo&>;
};
template <typename T>
concept HasCreate = requires(Host host, const Config& config) {
  { T::Create(host, config) } -> std::same_as<Result<std::unique_ptr<T>>>;
};

template <typename T>
sluice_status CreateInstance(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                             sluice_error* error) noexcept {
  return Barrier(error, [&]() -> Status {
    Result<std::unique_ptr<T>> made = T::Create(Host(*host, View(name)), Config(*config));
    if (!made) return std::move(made).error();
    if (*made == nullptr) return Error{.code = Errc::kInternal, .message = "Create answered a null pointer"};
    *out = static_cast<InterfaceOf<T>*>(made->release());
    return Ok();
  });
}

template <typename Interface>
void DestroyInstance(void* self) noexcept {
  BarrierOr(false, [&] {
    delete static_cast<Interface*>(self);
    return true;
  });
}

template <typename T>
constexpr sluice_component MakeComponent() {
  static_assert(AllInterfaces::kCount<T> == 1,
                "a component class derives from exactly one of sdk::AuthBackend, Store, Indexer, ManifestRewriter, "
                "MediaBackend, Resolver, Endpoint, Filter");
  static_assert(HasInfo<T>,
                "a component class needs, public: static constexpr sdk::ComponentInfo kInfo{.type = \"…\", .summary = "
                "\"…\", .config_schema = \"…\"};");
  static_assert(HasCreate<T>,
                "a component class T needs, public: static sdk::Result<std::unique_ptr<T>> Create(sdk::Host host, "
                "const sdk::Config& config);");
  if constexpr (AllInterfaces::kCount<T> == 1 && HasInfo<T> && HasCreate<T>) {
    return {.struct_size = SizeOf<sluice_component>(),
            .reserved = 0,
            .kind = Kind<InterfaceOf<T>>::id,
            .type = T::kInfo.type,
            .summary = T::kInfo.summary,
            .config_schema = T::kInfo.config_schema,
            .table = &Kind<InterfaceOf<T>>::kTable,
            .create = &CreateInstance<T>,
            .destroy = &DestroyInstance<InterfaceOf<T>>,
            .migrations = T::kInfo.migrations.data(),
            .migration_count = T::kInfo.migrations.size(),
            .sealed_columns = T::kInfo.sealed_columns.data(),
            .sealed_column_count = T::kInfo.sealed_columns.size()};
  } else {
    return {};
  }
}

/// A plugin's own `Status Init(Host)` behind the barrier.
template <auto Function>
sluice_status InitThunk(const sluice_host* host, sluice_error* error) noexcept {
  static_assert(std::is_invocable_r_v<Status, decltype(Function), Host>, "init is: sdk::Status Init(sdk::Host host)");
  return Barrier(error, [&]() -> Status { return Function(Host(*host)); });
}

template <auto Function>
void DeinitThunk() noexcept {
  static_assert(std::is_invocable_r_v<void, decltype(Function)>, "deinit is: void Deinit()");
  BarrierOr(false, [] {
    Function();
    return true;
  });
}

}  // namespace detail
}  // namespace sluice::sdk

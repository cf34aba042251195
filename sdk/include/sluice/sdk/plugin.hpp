// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SLUICE_PLUGIN: makes a shared library of component classes a plugin.

#include <sluice/sdk/detail/component.hpp>

namespace sluice::sdk {

/// What the host reads of the component class T: its kind (from the SDK interface that T derives from), `T::kInfo`, and
/// `static Result<std::unique_ptr<T>> T::Create(Host, const Config&)`. A constant: reading it runs no code.
template <typename T>
inline constexpr sluice_component kComponent = detail::MakeComponent<T>();

}  // namespace sluice::sdk

/// For people who read a list of plugins; override it to name a commit.
#ifndef SLUICE_BUILD_TAG
#if defined(__clang__)
#define SLUICE_BUILD_TAG "clang " __clang_version__
#else
#define SLUICE_BUILD_TAG "gcc " __VERSION__
#endif
#endif

/// Once per plugin, at namespace scope of one source file, outside every namespace:
///   SLUICE_PLUGIN("org.example.shelf", "1.0.0", "MIT", &sluice::sdk::kComponent<ShelfStore>);
/// \param id       reverse domain name. \param version  semantic version. \param license  SPDX expression.
/// \param ...      one `&sluice::sdk::kComponent<T>` per component class.
#define SLUICE_PLUGIN(id, version, license, ...) \
  SLUICE_PLUGIN_ENTRY_(id, version, license, nullptr, nullptr, __VA_ARGS__)

/// The same with functions of the plugin's that the host calls once after loading and once before it exits.
/// \param init    `sdk::Status Init(sdk::Host)`. An error: the plugin is refused.
/// \param deinit  `void Deinit()`.
#define SLUICE_PLUGIN_WITH_INIT(id, version, license, init, deinit, ...)               \
  SLUICE_PLUGIN_ENTRY_(id, version, license, &::sluice::sdk::detail::InitThunk<&init>, \
                       &::sluice::sdk::detail::DeinitThunk<&deinit>, __VA_ARGS__)

#define SLUICE_PLUGIN_ENTRY_(id_, version_, license_, init_, deinit_, ...)                                    \
  SLUICE_ABI_MARKER;                                                                                          \
  static constinit const sluice_component* const sluice_plugin_components[] = {__VA_ARGS__};                  \
  extern "C" {                                                                                                \
  SLUICE_EXPORT extern const sluice_plugin_entry sluice_plugin;                                               \
  }                                                                                                           \
  constinit const sluice_plugin_entry sluice_plugin {                                                         \
    .struct_size = sizeof(sluice_plugin_entry), .abi_major = SLUICE_ABI_MAJOR, .abi_minor = SLUICE_ABI_MINOR, \
    .component_count = sizeof(sluice_plugin_components) / sizeof(sluice_plugin_components[0]), .id = (id_),   \
    .version = (version_), .license = (license_), .build_tag = SLUICE_BUILD_TAG,                              \
    .components = sluice_plugin_components, .init = (init_), .deinit = (deinit_)                              \
  }

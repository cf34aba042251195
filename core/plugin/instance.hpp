// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Instance: one configured component, made by a plugin, seen through the SDK's own interfaces.

#include <memory>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/media.hpp>
#include <sluice/sdk/resolver.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <variant>

namespace sluice::plugin {

/// The interface of an instance. Every call through it crosses the C boundary, is timed, counted, and refused with
/// kInternal "quarantined" while the component is in quarantine.
using Interface =
    std::variant<std::unique_ptr<sdk::AuthBackend>, std::unique_ptr<sdk::Store>, std::unique_ptr<sdk::Indexer>,
                 std::unique_ptr<sdk::ManifestRewriter>, std::unique_ptr<sdk::MediaBackend>,
                 std::unique_ptr<sdk::Resolver>, std::unique_ptr<sdk::Endpoint>, std::unique_ptr<sdk::Filter>>;

/// Destroyed when the last snapshot that names it is gone; that destroys the plugin's object too. Threads: [any].
class Instance {
 public:
  virtual ~Instance() = default;
  virtual const std::string& name() const = 0;
  virtual const std::string& kind() const = 0;    ///< "auth"
  virtual const std::string& type() const = 0;    ///< "shared-secret"
  virtual const std::string& plugin() const = 0;  ///< Id of the plugin: "org.sluice.auth.shared-secret"
  virtual bool quarantined() const = 0;
  virtual const Interface& interface() const = 0;

  /// The interface as T, or null when the instance is of another kind.
  template <typename T>
  T* As() const {
    const auto* held = std::get_if<std::unique_ptr<T>>(&interface());
    return held == nullptr ? nullptr : held->get();
  }
};

}  // namespace sluice::plugin

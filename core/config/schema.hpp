// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The subset of JSON Schema that components publish: type, properties, required, additionalProperties, items, enum,
/// minimum, maximum, minItems, maxItems, minLength, pattern, default, description, secret and component (ours).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/fault.hpp"
#include "core/config/json_value.hpp"

namespace sluice::config {

/// A parsed schema. Immutable. Threads: [any].
class Schema {
 public:
  /// \returns  nothing, and one line in `error` that names the pointer, when the text is no schema of the subset.
  static std::optional<Schema> Parse(std::string_view json, std::string& error);

  /// Checks `value`, fills in defaults in place, and adds every fault. `pointer` is where `value` stands in the
  /// document; `places` finds the line. Strings at "secret" pointers never appear in messages.
  void Check(Json& value, const std::string& pointer, const Places& places, Faults& faults) const;

  /// Pointers (relative, "/key") of values marked `"secret": true`, as far as `value` has them.
  std::vector<std::string> SecretPointers(const Json& value) const;

  /// A component that a configuration names where the schema says `"component": "<kind>"`.
  struct ComponentReference {
    std::string pointer;  ///< Relative, "/stores/0".
    std::string kind, name;
  };
  std::vector<ComponentReference> ComponentReferences(const Json& value) const;

  const Json& document() const { return *document_; }

 private:
  explicit Schema(JsonValue document) : document_(std::move(document)) {}
  JsonValue document_;
};

}  // namespace sluice::config

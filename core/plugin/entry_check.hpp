// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Checks what a plugin exports, in memory: no function of the plugin is called.

#include <sluice/abi/plugin.h>

#include <string>
#include <variant>
#include <vector>

#include "core/config/schema.hpp"
#include "core/plugin/refusal.hpp"

namespace sluice::plugin {

/// A column of sealed values, as sluice_sealed_column has it.
struct SealedColumn {
  std::string table, id, column, key_id;
};

/// One component type that passed every check.
struct ComponentType {
  std::string kind;  ///< "store"
  std::string type;  ///< "torbox"
  std::string summary;
  const sluice_component* component = nullptr;  ///< Of the plugin, for as long as its code is mapped: for ever.
  config::Schema schema;
  std::vector<std::string> migrations;       ///< Of the tables that instances keep.
  std::vector<SealedColumn> sealed_columns;  ///< Of those tables.
};

/// "sluice.store/1" → "store"; empty when it is no such id.
std::string KindName(std::string_view interface_id);

/// Sizes and versions, then each component: kind known, functions not null, names well-formed and unique, schema
/// parses. \param file               named in refusals. \param exported_bytes     size of the exported symbol; 0: not
/// known.
std::variant<std::vector<ComponentType>, Refusal> CheckEntry(const sluice_plugin_entry& entry, const std::string& file,
                                                             std::uint64_t exported_bytes = 0);

}  // namespace sluice::plugin

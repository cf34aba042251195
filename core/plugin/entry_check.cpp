// SPDX-License-Identifier: MIT
#include "core/plugin/entry_check.hpp"

#include <algorithm>
#include <cstring>
#include <sluice/sdk/detail/first_release.hpp>

#include "core/plugin/abi_interface.hpp"

namespace sluice::plugin {
namespace {

constexpr std::uint32_t kEntryBytes = sizeof(sluice_plugin_entry);  // as of the first release of ABI 1
constexpr std::uint32_t kComponentBytes = sdk::detail::kFirstReleaseBytes<sluice_component>;
constexpr std::size_t kMaxMigrations = 10'000;
constexpr std::size_t kMaxSealedColumns = 100;
constexpr std::uint32_t kMaxComponents = 256;
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::string_view kRebuild = "build the plugin with the headers of SDK 1";
constexpr std::string_view kAskAuthor = "this is a fault of the plugin: ask its author, or run sluice check-plugin";

/// Bounded: a plugin's string may not be terminated where it should be.
std::string Text(const char* text, std::size_t max = kMaxNameBytes) {
  return text == nullptr ? std::string() : std::string(text, ::strnlen(text, max));
}

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

/// [a-z][a-z0-9]*, with `marks` among what follows the first.
bool IsName(std::string_view name, std::string_view marks) {
  return !name.empty() && name.size() < kMaxNameBytes && IsLower(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return IsLower(c) || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
         });
}

Refusal CheckSizes(const sluice_plugin_entry& entry, const std::string& file, std::uint64_t exported_bytes) {
  if (entry.abi_major != SLUICE_ABI_MAJOR) {
    return Refuse(reason::kVersion, file, "a plugin entry of ABI " + std::to_string(SLUICE_ABI_MAJOR),
                  "ABI " + std::to_string(entry.abi_major) + "." + std::to_string(entry.abi_minor), kRebuild);
  }
  if (entry.struct_size < kEntryBytes) {
    return Refuse(reason::kVersion, file, "a plugin entry of at least " + std::to_string(kEntryBytes) + " bytes",
                  "struct_size " + std::to_string(entry.struct_size), kRebuild);
  }
  if (exported_bytes != 0 && exported_bytes < entry.struct_size) {
    return Refuse(reason::kVersion, file,
                  "an exported entry of the " + std::to_string(entry.struct_size) + " bytes that it says it has",
                  std::to_string(exported_bytes) + " bytes", kAskAuthor);
  }
  return {};
}

Refusal CheckHead(const sluice_plugin_entry& entry, const std::string& file) {
  if (const auto id = Text(entry.id); !IsName(id, "-.")) {
    return Refuse(reason::kVersion, file, "an id such as org.example.shelf ([a-z][a-z0-9.-]*)",
                  entry.id == nullptr ? "null" : "\"" + id + "\"", kAskAuthor);
  }
  if (Text(entry.version).empty()) {
    return Refuse(reason::kVersion, file, "a version such as 1.0.0", entry.version == nullptr ? "null" : "\"\"",
                  kAskAuthor);
  }
  if (entry.component_count == 0 || entry.component_count > kMaxComponents) {
    return Refuse(reason::kComponent, file, "1 to " + std::to_string(kMaxComponents) + " components",
                  "component_count " + std::to_string(entry.component_count), kAskAuthor);
  }
  if (entry.components == nullptr) {
    return Refuse(reason::kComponent, file, "an array of " + std::to_string(entry.component_count) + " component(s)",
                  "a null array", kAskAuthor);
  }
  return {};
}

/// \param where  "FILE: component 2" or "FILE: component store/torbox".
Refusal CheckComponent(const sluice_component& component, const std::string& where) {
  const auto refuse = [&](std::string_view want, const std::string& found) {
    return Refuse(reason::kComponent, where, want, found, kAskAuthor);
  };
  const auto kind = Text(component.kind);
  const auto& known = KnownKinds();
  if (std::find(known.begin(), known.end(), kind) == known.end()) {
    std::string kinds;
    for (const auto name : known) kinds.append(kinds.empty() ? "" : ", ").append(name);
    return Refuse(reason::kComponent, where, "a kind that this server speaks (" + kinds + ")",
                  component.kind == nullptr ? "null" : "\"" + kind + "\"",
                  "install a server that speaks it, or the plugin's build for this one");
  }
  if (const auto type = Text(component.type); !IsName(type, "-")) {
    return refuse("a type name of the form [a-z][a-z0-9-]*", component.type == nullptr ? "null" : "\"" + type + "\"");
  }
  if (component.create == nullptr) return refuse("a function create", "null");
  if (component.destroy == nullptr) return refuse("a function destroy", "null");
  if (component.table == nullptr) return refuse("a table of " + kind, "null");
  if (std::string missing; !CheckTable(component, missing)) {
    return refuse("a whole table of " + kind, "one without " + missing);
  }
  if (component.summary == nullptr) return refuse("a summary, one line for people", "null");
  if (component.config_schema == nullptr) return refuse("a JSON Schema of the configuration", "null");
  return {};
}

/// Whether there can be an array of `count` elements. \param what  "migrations".
Refusal CheckArray(const void* elements, std::size_t count, std::size_t max, const char* what,
                   const std::string& where) {
  if (count <= max && (count == 0 || elements != nullptr)) return {};
  return Refuse(reason::kComponent, where, "an array of at most " + std::to_string(max) + " " + what,
                count > max ? std::to_string(count) : "a null array", kAskAuthor);
}

/// \returns  what is wrong with them; empty reason: nothing.
Refusal ReadMigrations(const sluice_component& component, const std::string& where,
                       std::vector<std::string>& migrations) {
  if (!SLUICE_HAS(&component, migration_count)) return {};  // of an SDK that did not know them
  const auto count = component.migration_count;
  auto refusal = CheckArray(component.migrations, count, kMaxMigrations, "migrations", where);
  if (!refusal.reason.empty()) return refusal;
  for (std::size_t i = 0; i < count; ++i) {
    if (component.migrations[i] == nullptr) {
      return Refuse(reason::kComponent, where, "the SQL of migration " + std::to_string(i + 1), "null", kAskAuthor);
    }
    migrations.emplace_back(component.migrations[i]);
  }
  return {};
}

/// As ReadMigrations.
Refusal ReadSealedColumns(const sluice_component& component, const std::string& where,
                          std::vector<SealedColumn>& columns) {
  if (!SLUICE_HAS(&component, sealed_column_count)) return {};
  const auto count = component.sealed_column_count;
  auto refusal = CheckArray(component.sealed_columns, count, kMaxSealedColumns, "sealed columns", where);
  if (!refusal.reason.empty()) return refusal;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& column = component.sealed_columns[i];
    for (const auto* const name : {column.table, column.id, column.column, column.key_id}) {
      if (IsName(Text(name), "_")) continue;
      return Refuse(reason::kComponent, where,
                    "names of the form [a-z][a-z0-9_]* in sealed column " + std::to_string(i + 1),
                    name == nullptr ? "null" : "\"" + Text(name) + "\"", kAskAuthor);
    }
    columns.push_back({column.table, column.id, column.column, column.key_id});
  }
  return {};
}

std::variant<ComponentType, Refusal> ReadComponent(const sluice_component* component, std::uint32_t index,
                                                   const std::string& file) {
  auto where = file + ": component " + std::to_string(index + 1);
  if (component == nullptr) return Refuse(reason::kComponent, where, "a component", "null", kAskAuthor);
  if (component->struct_size < kComponentBytes) {
    return Refuse(reason::kComponent, where, "at least " + std::to_string(kComponentBytes) + " bytes",
                  "struct_size " + std::to_string(component->struct_size), kRebuild);
  }
  if (const auto kind = KindName(Text(component->kind)); !kind.empty() && IsName(Text(component->type), "-")) {
    where = file + ": component " + kind + "/" + Text(component->type);
  }
  if (auto refusal = CheckComponent(*component, where); !refusal.reason.empty()) return refusal;
  std::string error;
  auto schema = config::Schema::Parse(component->config_schema, error);
  if (!schema) {
    return Refuse(reason::kSchema, where, "a configuration schema of the subset in docs/sdk/configuration.md",
                  "\"" + error + "\"", kAskAuthor);
  }
  std::vector<std::string> migrations;
  if (auto refusal = ReadMigrations(*component, where, migrations); !refusal.reason.empty()) return refusal;
  std::vector<SealedColumn> sealed;
  if (auto refusal = ReadSealedColumns(*component, where, sealed); !refusal.reason.empty()) return refusal;
  return ComponentType{.kind = KindName(component->kind),
                       .type = component->type,
                       .summary = Text(component->summary, 1024),
                       .component = component,
                       .schema = std::move(*schema),
                       .migrations = std::move(migrations),
                       .sealed_columns = std::move(sealed)};
}

}  // namespace

std::string KindName(std::string_view interface_id) {
  constexpr std::string_view kPrefix = "sluice.";
  const auto slash = interface_id.find('/');
  if (!interface_id.starts_with(kPrefix) || slash == std::string_view::npos || slash <= kPrefix.size()) return {};
  return std::string(interface_id.substr(kPrefix.size(), slash - kPrefix.size()));
}

std::variant<std::vector<ComponentType>, Refusal> CheckEntry(const sluice_plugin_entry& entry, const std::string& file,
                                                             std::uint64_t exported_bytes) {
  if (auto refusal = CheckSizes(entry, file, exported_bytes); !refusal.reason.empty()) return refusal;
  if (auto refusal = CheckHead(entry, file); !refusal.reason.empty()) return refusal;
  std::vector<ComponentType> types;
  for (std::uint32_t i = 0; i < entry.component_count; ++i) {
    auto read = ReadComponent(entry.components[i], i, file);
    if (auto* refusal = std::get_if<Refusal>(&read)) return std::move(*refusal);
    auto& type = std::get<ComponentType>(read);
    const auto same = [&](const ComponentType& other) { return other.kind == type.kind && other.type == type.type; };
    if (std::any_of(types.begin(), types.end(), same)) {
      return Refuse(reason::kComponent, file, "component types that are unique within the plugin",
                    type.kind + "/" + type.type + " twice", kAskAuthor);
    }
    types.push_back(std::move(type));
  }
  return types;
}

}  // namespace sluice::plugin

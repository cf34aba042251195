// SPDX-License-Identifier: MIT
#include <sluice/abi/auth.h>
#include <sluice/abi/endpoint.h>
#include <sluice/abi/filter.h>
#include <sluice/abi/indexer.h>
#include <sluice/abi/manifest.h>
#include <sluice/abi/media.h>
#include <sluice/abi/resolver.h>
#include <sluice/abi/store.h>

#include <cstddef>
#include <cstring>

#include "core/plugin/abi_interface.hpp"

namespace sluice::plugin {
namespace {

struct Function {
  std::string_view name;
  std::size_t offset;
  bool required;
};
struct Table {
  std::string_view kind;
  std::vector<Function> functions;  ///< Of the first release, in order: a shorter table is refused.
};

#define SLUICE_NEEDS(table, function) \
  Function { #function, offsetof(table, function), true }
#define SLUICE_MAY_LACK(table, function) \
  Function { #function, offsetof(table, function), false }

const std::vector<Table>& Tables() {
  static const std::vector<Table> tables{
      {SLUICE_AUTH_KIND, {SLUICE_NEEDS(sluice_auth_table, authenticate)}},
      {SLUICE_STORE_KIND,
       {SLUICE_NEEDS(sluice_store_table, traits), SLUICE_NEEDS(sluice_store_table, get_account),
        SLUICE_NEEDS(sluice_store_table, check), SLUICE_NEEDS(sluice_store_table, add),
        SLUICE_NEEDS(sluice_store_table, get), SLUICE_NEEDS(sluice_store_table, list),
        SLUICE_NEEDS(sluice_store_table, remove), SLUICE_NEEDS(sluice_store_table, link)}},
      {SLUICE_INDEXER_KIND, {SLUICE_NEEDS(sluice_indexer_table, search)}},
      {SLUICE_MANIFEST_KIND,
       {SLUICE_NEEDS(sluice_manifest_table, accepts), SLUICE_NEEDS(sluice_manifest_table, rewrite)}},
      {SLUICE_MEDIA_KIND,
       {SLUICE_NEEDS(sluice_media_table, browse), SLUICE_NEEDS(sluice_media_table, resolve),
        SLUICE_MAY_LACK(sluice_media_table, resolve_child), SLUICE_NEEDS(sluice_media_table, report)}},
      {SLUICE_RESOLVER_KIND,
       {SLUICE_NEEDS(sluice_resolver_table, resolve), SLUICE_MAY_LACK(sluice_resolver_table, resolve_child)}},
      {SLUICE_ENDPOINT_KIND,
       {SLUICE_NEEDS(sluice_endpoint_table, routes), SLUICE_NEEDS(sluice_endpoint_table, handle)}},
      {SLUICE_FILTER_KIND,
       {SLUICE_MAY_LACK(sluice_filter_table, on_request), SLUICE_MAY_LACK(sluice_filter_table, on_response),
        SLUICE_MAY_LACK(sluice_filter_table, body_open), SLUICE_MAY_LACK(sluice_filter_table, body_write),
        SLUICE_MAY_LACK(sluice_filter_table, body_finish), SLUICE_MAY_LACK(sluice_filter_table, body_close),
        SLUICE_MAY_LACK(sluice_filter_table, length_preserving)}},
  };
  return tables;
}

#undef SLUICE_NEEDS
#undef SLUICE_MAY_LACK

using AnyFunction = void (*)();

bool IsNull(const void* table, const Function& function) {
  AnyFunction pointer = nullptr;
  std::memcpy(&pointer, static_cast<const char*>(table) + function.offset, sizeof(pointer));
  return pointer == nullptr;
}

/// A filter that opens bodies must be able to move and close them.
bool CheckBody(const sluice_filter_table& table, std::string& missing) {
  const bool opens_for = SLUICE_HAS(&table, body_open_for) && table.body_open_for != nullptr;
  if (table.body_open == nullptr && !opens_for) return true;
  const std::string opener = table.body_open == nullptr ? "body_open_for" : "body_open";
  const auto lacks = [&](const char* name) {
    missing = "function " + std::string(name) + " (null, and " + opener + " is not)";
  };
  if (table.body_write == nullptr) lacks("body_write");
  if (table.body_finish == nullptr) lacks("body_finish");
  if (table.body_close == nullptr) lacks("body_close");
  return missing.empty();
}

}  // namespace

const std::vector<std::string_view>& KnownKinds() {
  static const std::vector<std::string_view> kinds = [] {
    std::vector<std::string_view> names;
    for (const auto& table : Tables()) names.push_back(table.kind);
    return names;
  }();
  return kinds;
}

bool CheckTable(const sluice_component& component, std::string& missing) {
  missing.clear();
  const std::string_view kind = component.kind == nullptr ? "" : component.kind;
  for (const auto& table : Tables()) {
    if (table.kind != kind) continue;
    if (component.table == nullptr) {
      missing = "a table (null)";
      return false;
    }
    std::uint32_t size = 0;
    std::memcpy(&size, component.table, sizeof(size));
    const auto want = table.functions.back().offset + sizeof(AnyFunction);
    for (const auto& function : table.functions) {
      if (function.offset + sizeof(AnyFunction) > size) {
        missing = "function " + std::string(function.name) + " (struct_size " + std::to_string(size) +
                  ", want at least " + std::to_string(want) + ")";
        return false;
      }
      if (function.required && IsNull(component.table, function)) {
        missing = "function " + std::string(function.name) + " (null)";
        return false;
      }
    }
    return kind != SLUICE_FILTER_KIND || CheckBody(*static_cast<const sluice_filter_table*>(component.table), missing);
  }
  missing = "a known kind (\"" + std::string(kind) + "\")";
  return false;
}

}  // namespace sluice::plugin

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PluginFile: the bytes of a plugin file, and every check that needs no code of it to run.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/plugin/refusal.hpp"

namespace sluice::config {
struct PluginPin;
}

namespace sluice::plugin {

/// Identity of a file's content without reading it; a change of any part means "read it again".
struct FileStamp {
  std::uint64_t device = 0, inode = 0, size_bytes = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

struct PluginFile {
  std::string path;  ///< Absolute, links resolved.
  FileStamp stamp;
  std::string bytes;
  std::string sha256;                  ///< 64 lower-case hex digits.
  std::string id;                      ///< As the entry says; the file's name without ".so" when that cannot be told.
  std::uint64_t entry_size_bytes = 0;  ///< Of the exported symbol; 0: not known.
};

/// Who may have written a plugin file: root and this user, or anybody.
struct Owners {
  std::uint32_t user = 0;
  bool any = false;
};
Owners ProcessOwners();
inline Owners AnyOwner() { return {.user = 0, .any = true}; }

/// Reads a file through one descriptor, so that what is checked is what is read. Refuses what is no regular file, has
/// another owner, or can be written by others than its owner.
std::variant<PluginFile, Refusal> ReadPluginFile(const std::string& path, Owners owners = ProcessOwners());

/// Whether the file at `path` still is what `stamp` was taken from, with permissions that ReadPluginFile accepts.
bool Unchanged(const std::string& path, const FileStamp& stamp, Owners owners = ProcessOwners());

/// Empty reason: allowed. An empty list allows everything.
Refusal CheckAllowed(const PluginFile& file, const std::vector<config::PluginPin>& allow);

/// Checks format, marker section and exported symbol. Empty reason: in order.
Refusal CheckMarker(const PluginFile& file);

}  // namespace sluice::plugin

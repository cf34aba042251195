// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PrivateCopies: the directory that plugins are really loaded from.

#include <string>
#include <variant>

#include "core/plugin/refusal.hpp"

namespace sluice::plugin {

struct PluginFile;

/// Copies are named after their content and never overwritten, so that mapped code cannot change under the server, a
/// new build can be loaded beside the old, and a core dump still finds the file that it was made with.
/// Refused is a directory of somebody else's, and one below a directory of anybody else's but root's, or below one that
/// others can write and that is not sticky: they could exchange the copy between its being written and loaded.
/// Threads: [control].
class PrivateCopies {
 public:
  /// \param directory  made when missing, as are those above it, mode 0700; empty: DefaultDirectory().
  explicit PrivateCopies(std::string directory);

  /// Places `<id>-<first 12 digits of the digest>.so`. \returns its absolute path.
  std::variant<std::string, Refusal> Place(const PluginFile& file);

  /// $SLUICE_PLUGIN_CACHE, else `plugins` below $CACHE_DIRECTORY (systemd), $XDG_CACHE_HOME/sluice, ~/.cache/sluice,
  /// or /tmp/sluice-<uid>.
  static std::string DefaultDirectory();

 private:
  /// From its success on, `directory_` is without links.
  Refusal Prepare(const std::string& file);
  /// Removes all but the newest builds of one plugin; files that are still mapped live on until they are not.
  void Prune(const std::string& id) const;

  std::string directory_;
};

}  // namespace sluice::plugin

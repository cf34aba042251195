// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// YAML text as a tree of nodes with lines: aliases still links, values still text.

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/fault.hpp"

namespace sluice::config {

inline constexpr std::size_t kMaxYamlBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMaxYamlNodes = 65'536;  ///< Written out and, later, with aliases expanded.
inline constexpr std::size_t kMaxYamlDepth = 64;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  /// An entry of a list (no key) or of a map. Several may share one node, by alias.
  struct Entry {
    std::string key;
    int line = 0;  ///< Of the key; in a list, of the value.
    YamlNode* value = nullptr;
    bool plain_key = false;
  };

  Kind kind = Kind::kNull;
  int line = 0;
  bool plain = false;  ///< A scalar without quotes: may be a number or a boolean.
  bool open = false;   ///< Still being read.
  std::string text;
  std::vector<Entry> entries;
};

/// Owns its nodes; they never move.
struct YamlTree {
  std::deque<YamlNode> nodes;
  YamlNode* root = nullptr;  ///< Null: there was none, and a fault says why.
};

/// Reads one document. A key that stands twice in a map is a fault, and the first is kept. Tags other than !!str and
/// those of plain values are faults. Threads: [any].
YamlTree ReadYaml(std::string_view text, const std::string& file, Faults& faults);

}  // namespace sluice::config

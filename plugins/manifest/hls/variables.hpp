// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Variables: what EXT-X-DEFINE defines and `{$name}` refers to.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::plugins::hls {

/// The first definition of a name holds: players refuse a second one themselves.
class Variables {
 public:
  /// \param max_bytes  all definitions together, and one expanded text.
  explicit Variables(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// \param value  taken as it is.
  /// \returns  false when the definitions would become too long together.
  bool Define(std::string_view name, std::string value);

  /// As Define, after replacing the references in `value`. A reference to nothing is remembered: whoever uses the
  /// variable learns of it.
  bool DefineExpanded(std::string_view name, std::string_view value);

  /// A variable without a value: whoever uses it learns why.
  bool DefineFault(std::string_view name, std::string fault);

  bool Knows(std::string_view name) const { return values_.find(name) != values_.end(); }

  /// Those that have a value, by name.
  std::vector<std::pair<std::string, std::string>> List() const;

  /// RFC 8216bis §4.3: names are `[A-Za-z0-9_-]+`.
  static bool IsNameCharacter(char c);
  static bool IsName(std::string_view name);

  /// Where the next `{$name}` of `text` begins at or after `from`; npos: nowhere.
  static std::size_t Find(std::string_view text, std::size_t from, std::string_view& name);

  /// How a name shows in a message: `{$name}`, with as much of it as is needed to find it.
  static std::string Shown(std::string_view name);

  /// Replaces the references in `text`; the values are not looked into again.
  /// \param out  replaced.
  /// \returns  empty, or what is wrong.
  std::string Expand(std::string_view text, std::string& out) const;

 private:
  struct Value {
    std::string text{};
    std::string fault{};  ///< Why it has no text.
  };
  bool Keep(std::string_view name, Value value);

  const std::size_t max_bytes_;
  std::size_t held_bytes_ = 0;
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace sluice::plugins::hls

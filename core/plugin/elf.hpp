// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ElfFile: what a plugin file says of itself before any of its code runs.
///
/// Not boost::dll::library_info: that one trusts the file's own tables and reads past the end of a section name table
/// that is not terminated, and it lists symbols of `.symtab`, which a stripped file does not have.

#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugin {

/// A shared library for this machine, read from memory; every offset is checked. Immutable. Threads: [any].
class ElfFile {
 public:
  struct Symbol {
    std::string name;
    bool defined = false;  ///< False: wanted from somebody else.
    bool object = false;   ///< Data, not code.
    bool unique = false;   ///< STB_GNU_UNIQUE: one in the process, and the file is never unmapped.
    std::uint64_t address = 0;
    std::uint64_t size_bytes = 0;
  };

  /// \param bytes  the whole file; must outlive the result.
  /// \returns  kInvalidArgument: what was found instead, to follow the words "found".
  static sdk::Result<ElfFile> Parse(std::string_view bytes);

  const std::vector<std::string>& sections() const { return sections_; }
  bool HasSection(std::string_view name) const;
  /// Global and weak entries of `.dynsym`.
  const std::vector<Symbol>& dynamic_symbols() const { return symbols_; }
  /// The defined dynamic symbol of that name, or null.
  const Symbol* FindSymbol(std::string_view name) const;
  /// Text that a `const char*` at `address` will point to once the file is loaded; nothing when it cannot be told.
  std::optional<std::string> PointedText(std::uint64_t address) const;

 private:
  struct Segment {
    std::uint64_t address, offset, size_bytes;
  };
  struct Relocation {
    std::uint64_t address, target;
  };

  explicit ElfFile(std::string_view bytes) : bytes_(bytes) {}
  sdk::Status Read();
  template <typename T>
  std::optional<T> At(std::uint64_t offset) const;
  std::optional<std::string> TextAt(std::uint64_t offset, std::uint64_t end) const;
  std::optional<std::uint64_t> OffsetOf(std::uint64_t address) const;

  std::string_view bytes_;
  std::vector<std::string> sections_;
  std::vector<Symbol> symbols_;
  std::vector<Segment> segments_;
  std::vector<Relocation> relocations_;  ///< Relative ones only: address of a pointer, and what it points to.
};

}  // namespace sluice::plugin

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// MapReader: takes typed values out of one map of the document and reports what is wrong with them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"

namespace sluice::config {

struct Document;

/// A string and where it stands.
struct Text {
  std::string value;
  std::string pointer;
};

/// Where faults go, and what places them.
class Reporter {
 public:
  Reporter(const Document& document, Faults& faults) : document_(document), faults_(faults) {}

  void Add(const std::string& pointer, std::string message) const;
  /// "want …, found …"
  void Want(const std::string& pointer, std::string_view wanted, const Json& found) const;
  void Want(const Text& found, std::string_view wanted) const;
  Place At(const std::string& pointer) const;
  bool Secret(const std::string& pointer) const { return At(pointer).secret; }
  /// A value that could not be read, or something below it: reported already.
  bool Broken(const std::string& pointer) const;

 private:
  const Document& document_;
  Faults& faults_;
};

inline constexpr milliseconds kLongest = std::chrono::hours(24 * 366);

/// Every getter leaves its target alone when the key is absent or null, and reports a value that does not fit.
/// Keys that no getter asked for are reported by Finish.
class MapReader {
 public:
  /// \param map  null reads as an empty map.
  MapReader(const Reporter& reporter, const Json& map, std::string pointer);

  const Json* Find(std::string_view key);
  /// Adds a fault when the key is absent from a map. \param wanted  what should stand there.
  const Json* Need(std::string_view key, std::string_view wanted);
  std::string At(std::string_view key) const;

  void String(std::string_view key, std::string& out);
  void Bool(std::string_view key, bool& out);
  void Whole(std::string_view key, std::uint32_t& out, std::uint32_t min, std::uint32_t max);
  void Real(std::string_view key, double& out, double min, double max);
  void Duration(std::string_view key, milliseconds& out, milliseconds min = milliseconds(1),
                milliseconds max = kLongest);
  void Size(std::string_view key, std::uint64_t& out, std::uint64_t min, std::uint64_t max);
  void Size(std::string_view key, std::uint32_t& out, std::uint32_t min, std::uint32_t max);
  /// A list of strings, or one string.
  std::vector<Text> Strings(std::string_view key);
  /// The same, with each string split at commas and white space; empty words are left out. So that a list fits into a
  /// variable.
  std::vector<Text> Words(std::string_view key);

  /// Whether the map has `key`, with any value. Does not make the key known.
  bool Has(std::string_view key) const;
  void Finish();

  const Reporter& reporter() const { return reporter_; }
  const std::string& pointer() const { return pointer_; }

 private:
  const Reporter& reporter_;
  const Json& map_;
  bool is_map_;
  std::string pointer_;
  std::vector<std::string> known_;
};

/// The strings of a list, or the one string that stands in its place. \param wanted  what else is reported.
std::vector<Text> ReadStrings(const Reporter& reporter, const Json& value, const std::string& pointer,
                              std::string_view wanted = "a string or a list of strings");
std::vector<Text> SplitWords(const std::vector<Text>& texts);

/// true, false, and the words of YAML 1.1: yes, no, on, off, in any of its spellings.
std::optional<bool> ParseBool(const Json& value);

}  // namespace sluice::config

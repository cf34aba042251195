// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Attribute lists of HLS tags (RFC 8216 §4.2), read as leniently as players do.

#include <string_view>

namespace sluice::plugins::hls {

/// One `NAME=value`, as views into the playlist.
struct Attribute {
  std::string_view name;
  std::string_view value{};  ///< Without quotes.
  std::string_view whole{};  ///< From the first octet of the name to the closing quote.
  char quote = 0;            ///< `"`, `'` (not in the RFC, but met), or 0.
};

/// Hands out attributes in order. Commas inside quotes separate nothing; spaces around names and values are skipped;
/// a quote that never closes ends with the line.
class AttributeScanner {
 public:
  explicit AttributeScanner(std::string_view list) : rest_(list) {}

  bool Next(Attribute& attribute);

 private:
  void TakeQuoted(Attribute& attribute);
  void TakeBare(Attribute& attribute);

  std::string_view rest_;
};

/// The value of the first attribute called exactly `name`; empty: none.
std::string_view FindAttribute(std::string_view list, std::string_view name);

}  // namespace sluice::plugins::hls

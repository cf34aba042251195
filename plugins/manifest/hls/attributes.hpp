// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Attribute lists of HLS tags (RFC 8216 §4.2), read as leniently as players do.

#include <string_view>

namespace sluice::plugins::hls {

/// Goes from one `NAME=value` of a list to the next. Commas inside quotes separate nothing; a bare value ends at the
/// next comma, whatever is in it; spaces around names and values do not belong to them; a quote that never closes ends
/// with the line. What it hands out are views into the list.
class AttributeScanner {
 public:
  explicit AttributeScanner(std::string_view list)
      : end_(list.data() + list.size()), begin_(list.data()), equals_(list.data()), at_(list.data()) {}

  /// Moves to the next attribute: the functions below tell of it. \returns  false: there is none.
  bool Next();

  /// Whether it is called exactly so. Cheaper than to compare `name`.
  bool Is(std::string_view name) const;
  std::string_view name() const;
  /// Without quotes.
  std::string_view value() const;
  /// From the first octet of the name to the closing quote.
  std::string_view whole() const;
  /// `"`, `'` (not in the RFC, but met), or 0.
  char quote() const { return quote_; }
  /// The quote never closes.
  bool open() const { return open_; }

 private:
  bool BeginsName(const char* at) const;

  const char* const end_;  ///< Of the list.
  const char* begin_;      ///< Where the name may begin: behind the value before it.
  const char* equals_;
  const char* at_;           ///< Where the next may begin.
  std::string_view quoted_;  ///< Its value, unless it is a bare one.
  char quote_ = 0;
  bool open_ = false;
};

/// The value of the first attribute called exactly `name`; empty: none.
std::string_view FindAttribute(std::string_view list, std::string_view name);

}  // namespace sluice::plugins::hls

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the checks of playlists share: lines as they are read, and findings.

#include <sluice/sdk/manifest.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attributes.hpp"

namespace sluice::plugins::hls {

/// A tag or a URI.
struct CheckedLine {
  std::uint64_t number = 0;
  std::string_view tag{};    ///< "EXT-X-KEY", "EXTINF"; empty: it is a URI.
  std::string_view value{};  ///< Behind the tag's colon, or the URI.

  bool Is(std::string_view name) const { return tag == name; }
  std::string_view Attribute(std::string_view name) const { return FindAttribute(value, name); }
  bool Has(std::string_view name) const {
    AttributeScanner attribute(value);
    while (attribute.Next())
      if (attribute.Is(name)) return true;
    return false;
  }
};

class Findings {
 public:
  static constexpr std::size_t kMost = 1000;

  /// \param section  of RFC 8216bis: "4.4.3.1".
  void Add(std::uint64_t line, std::string_view section, std::string text) {
    if (list_.size() == kMost) return;
    sdk::MakeLegible(text);  // of what the playlist holds
    list_.push_back({line, "RFC 8216bis §" + std::string(section), std::move(text)});
  }
  std::vector<sdk::ManifestFinding>& list() { return list_; }

 private:
  std::vector<sdk::ManifestFinding> list_;
};

/// A text of the playlist in a message.
inline std::string Named(std::string_view text) { return "`" + std::string(text.substr(0, 80)) + "`"; }

template <typename Number>
std::optional<Number> ReadWhole(std::string_view text) {
  Number value{};
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (text.empty() || fault != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace sluice::plugins::hls

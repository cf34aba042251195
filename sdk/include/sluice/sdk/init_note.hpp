// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// InitNote: what the link of a media segment says of the init section that belongs to it. A rewriter orders it as
/// `LinkOrder::note`; a filter that cannot read a segment without its init section finds it in `BodyOrigin::note`.

#include <sluice/sdk/manifest.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace sluice::sdk {

/// Where the init section of a segment lies.
struct InitNote {
  std::string url;           ///< Absolute.
  std::uint64_t offset = 0;  ///< Of its first octet in what lies there.
  std::uint64_t length = 0;  ///< In octets. 0: to the end.
  bool operator==(const InitNote&) const = default;

  /// As a note. \returns  empty when it is longer than a note may be: the segment's link goes without one.
  std::string Pack() const {
    auto out = std::string(kName) + std::to_string(offset) + "+" + std::to_string(length) + " " + url;
    return out.size() <= kMaxNoteBytes ? out : std::string();
  }
  /// What Pack made. \returns  nothing: a note of another kind.
  static std::optional<InitNote> Unpack(std::string_view note) {
    if (!note.starts_with(kName)) return std::nullopt;
    note.remove_prefix(kName.size());
    InitNote out;
    if (!TakeNumber(note, '+', out.offset) || !TakeNumber(note, ' ', out.length) || note.empty()) return std::nullopt;
    out.url = note;
    return out;
  }

 private:
  static constexpr std::string_view kName = "init1 ";

  static bool TakeNumber(std::string_view& text, char end, std::uint64_t& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto size = static_cast<std::size_t>(parsed.ptr - text.data());
    if (parsed.ec != std::errc() || size == text.size() || text[size] != end) return false;
    text.remove_prefix(size + 1);
    return true;
  }
};

}  // namespace sluice::sdk

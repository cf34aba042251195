// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Octets of ISO base media files: numbers in network order, and four-character codes.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::plugins::isobmff {

using Octets = std::span<const std::byte>;

/// Of a file.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// "moof" as boxes carry it.
consteval std::uint32_t FourCc(const char (&name)[5]) {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) code = (code << 8U) | static_cast<unsigned char>(name[i]);
  return code;
}

/// For messages: what is no printable ASCII shows as "?".
inline std::string NameOf(std::uint32_t code) {
  std::string name;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const auto c = static_cast<char>((code >> shift) & 0xFFU);
    name += c >= 0x20 && c < 0x7F ? c : '?';
  }
  return name;
}

inline std::uint64_t ReadNumber(Octets octets) {
  std::uint64_t number = 0;
  for (const auto octet : octets) number = (number << 8U) | std::to_integer<std::uint64_t>(octet);
  return number;
}

/// Reads one field after another. Past the end everything reads as zero, and `ok` is false from then on.
class Fields {
 public:
  explicit Fields(Octets octets) : rest_(octets) {}

  std::uint8_t U8() { return static_cast<std::uint8_t>(ReadNumber(Take(1))); }
  std::uint16_t U16() { return static_cast<std::uint16_t>(ReadNumber(Take(2))); }
  std::uint32_t U32() { return static_cast<std::uint32_t>(ReadNumber(Take(4))); }
  std::uint64_t U64() { return ReadNumber(Take(8)); }
  void Skip(std::size_t size) { Take(size); }
  /// \returns  nothing when there are fewer.
  Octets Take(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  Octets rest() const { return rest_; }
  bool ok() const { return ok_; }

 private:
  Octets rest_;
  bool ok_ = true;
};

}  // namespace sluice::plugins::isobmff

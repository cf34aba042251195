// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Octets as text: base64 and base64url (RFC 4648 §4, §5).

#include <sluice/sdk/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::sdk {
namespace detail {

inline constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

inline std::string EncodeGroups(std::string_view octets, std::string_view alphabet) {
  const auto octet = [&](std::size_t i) -> unsigned {
    return i < octets.size() ? static_cast<unsigned char>(octets[i]) : 0;
  };
  std::string out((octets.size() * 4 + 2) / 3, '\0');
  for (std::size_t from = 0, to = 0; to < out.size(); from += 3) {
    const unsigned group = (octet(from) << 16U) | (octet(from + 1) << 8U) | octet(from + 2);
    for (int shift = 18; shift >= 0 && to < out.size(); shift -= 6) out[to++] = alphabet[(group >> shift) & 0x3FU];
  }
  return out;
}

inline int SixBits(char c, std::string_view alphabet) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == alphabet[62] ? 62 : c == alphabet[63] ? 63 : -1;
}

/// \param text  without padding.
inline Result<std::string> DecodeGroups(std::string_view text, std::string_view alphabet) {
  const auto fault = [](const char* message) { return Error{.code = Errc::kInvalidArgument, .message = message}; };
  if (text.size() % 4 == 1) return fault("base64: impossible length");
  std::string out;
  out.reserve(text.size() * 3 / 4);
  unsigned group = 0, bits = 0;
  for (const char c : text) {
    const int six = SixBits(c, alphabet);
    if (six < 0) return fault("base64: a character outside the alphabet");
    group = (group << 6U) | static_cast<unsigned>(six);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((group >> bits) & 0xFFU);
    }
  }
  // Left-over bits must be zero: otherwise two texts would stand for the same octets.
  if ((group & ((1U << bits) - 1U)) != 0) return fault("base64: trailing bits set");
  return out;
}

}  // namespace detail

/// In the alphabet with "+" and "/", with padding.
inline std::string Base64Encode(std::string_view octets) {
  auto out = detail::EncodeGroups(octets, detail::kBase64);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

/// \param text  with padding or without it. \returns  kInvalidArgument for anything else, line breaks too.
inline Result<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 == 0)
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return detail::DecodeGroups(text, detail::kBase64);
}

/// Without padding, as tokens in URLs have it.
inline std::string Base64UrlEncode(std::string_view octets) { return detail::EncodeGroups(octets, detail::kBase64Url); }

/// \param text  without padding. \returns  kInvalidArgument for anything else.
inline Result<std::string> Base64UrlDecode(std::string_view text) {
  return detail::DecodeGroups(text, detail::kBase64Url);
}

}  // namespace sluice::sdk

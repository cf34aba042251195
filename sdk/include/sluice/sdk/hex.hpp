// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Octets as text: hexadecimal (RFC 4648 §8), in lower case.

#include <sluice/sdk/result.hpp>
#include <sluice/sdk/text.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::sdk {

/// Two lower-case digits for each octet.
inline std::string HexEncode(std::string_view octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * octets.size());
  for (const char c : octets) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

/// \param text  in either letter case. \returns  kInvalidArgument for an odd number of digits, and for anything else.
inline Result<std::string> HexDecode(std::string_view text) {
  const auto fault = [](const char* message) { return Error{.code = Errc::kInvalidArgument, .message = message}; };
  if (text.size() % 2 != 0) return fault("hex: want an even number of digits");
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) return fault("hex: a character that is no digit");
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace sluice::sdk

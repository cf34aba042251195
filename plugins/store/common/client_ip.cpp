// SPDX-License-Identifier: MIT
#include "store/common/client_ip.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace sluice::plugins::store {
namespace {

using Octets6 = std::array<std::uint8_t, 16>;

bool IsPublic4(std::uint8_t a, std::uint8_t b) {
  const bool is_private =
      a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) || (a == 100 && b >= 64 && b < 128);
  return !is_private && a != 0 && a != 127 && !(a == 169 && b == 254) && a < 224;
}

bool IsPublic6(const Octets6& octets) {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), octets.begin())) return IsPublic4(octets[12], octets[13]);
  return (octets[0] & 0xe0U) == 0x20;  // 2000::/3, all that is given out
}

}  // namespace

std::string_view PublicAddress(std::string_view address) {
  const std::string text(address);
  std::array<std::uint8_t, 4> four{};
  Octets6 six{};
  if (text.find('\0') != std::string::npos) return {};
  if (inet_pton(AF_INET, text.c_str(), four.data()) == 1)
    return IsPublic4(four[0], four[1]) ? address : std::string_view();
  if (inet_pton(AF_INET6, text.c_str(), six.data()) == 1) return IsPublic6(six) ? address : std::string_view();
  return {};
}

}  // namespace sluice::plugins::store

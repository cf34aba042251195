// SPDX-License-Identifier: MIT
#include "digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <sluice/sdk/hex.hpp>

namespace sluice::plugins::pool {

std::string HmacHex(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), &size);
  return sdk::HexEncode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string MakeUuid(const sdk::Host& host) {
  auto octets = host.secrets().Random(16);
  octets[6] = static_cast<char>((static_cast<unsigned char>(octets[6]) & 0x0FU) | 0x40U);
  octets[8] = static_cast<char>((static_cast<unsigned char>(octets[8]) & 0x3FU) | 0x80U);
  auto out = sdk::HexEncode(octets);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) out.insert(at, 1, '-');
  return out;
}

}  // namespace sluice::plugins::pool

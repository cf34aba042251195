// SPDX-License-Identifier: MIT
#include "core/state/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <sluice/sdk/hex.hpp>

namespace sluice::state {

std::string Sha256Hex(std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (::EVP_Digest(octets.data(), octets.size(), digest.data(), &size, ::EVP_sha256(), nullptr) != 1) std::abort();
  return sdk::HexEncode({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace sluice::state

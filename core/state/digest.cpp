// SPDX-License-Identifier: MIT
#include "core/state/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>

namespace sluice::state {

std::string Sha256Hex(std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (::EVP_Digest(octets.data(), octets.size(), digest.data(), &size, ::EVP_sha256(), nullptr) != 1) std::abort();
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += kDigits[digest[i] >> 4U];
    out += kDigits[digest[i] & 15U];
  }
  return out;
}

}  // namespace sluice::state

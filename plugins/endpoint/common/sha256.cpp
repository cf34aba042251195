// SPDX-License-Identifier: MIT
#include "endpoint/common/sha256.hpp"

#include <openssl/evp.h>

#include <array>

namespace sluice::plugins::page {

std::string Sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace sluice::plugins::page

// SPDX-License-Identifier: MIT
#include "store/common/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <sluice/sdk/hex.hpp>
#include <stdexcept>

namespace sluice::plugins::store {
namespace {

std::string HexOf(const EVP_MD* kind, std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(octets.data(), octets.size(), digest.data(), &size, kind, nullptr) != 1) {
    throw std::runtime_error("the digest failed");  // the method that asked answers kInternal
  }
  return sdk::HexEncode({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace

std::string Sha1Hex(std::string_view octets) { return HexOf(EVP_sha1(), octets); }

std::string Md5Hex(std::string_view octets) { return HexOf(EVP_md5(), octets); }

}  // namespace sluice::plugins::store

// SPDX-License-Identifier: MIT
#include "core/upstream/digest.hpp"

#include <openssl/evp.h>

#include <cstdint>
#include <memory>

namespace sluice::upstream {

std::string Digest(std::span<const std::string> texts) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> digest(::EVP_MD_CTX_new(), ::EVP_MD_CTX_free);
  ::EVP_DigestInit_ex(digest.get(), ::EVP_sha256(), nullptr);
  for (const auto& text : texts) {
    const std::uint64_t size = text.size();
    ::EVP_DigestUpdate(digest.get(), &size, sizeof size);
    ::EVP_DigestUpdate(digest.get(), text.data(), text.size());
  }
  std::string octets(32, '\0');
  ::EVP_DigestFinal_ex(digest.get(), reinterpret_cast<unsigned char*>(octets.data()), nullptr);
  return octets;
}

}  // namespace sluice::upstream

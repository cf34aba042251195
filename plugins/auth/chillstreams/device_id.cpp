// SPDX-License-Identifier: MIT
#include "device_id.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <sluice/sdk/hex.hpp>

namespace sluice::plugins::chillstreams {
namespace {

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

/// \returns  its size; 0 when OpenSSL fails.
unsigned Hash(std::string_view text, std::string_view salt, Digest& out) {
  unsigned size = 0;
  const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
  const bool done = salt.empty() ? EVP_Digest(octets, text.size(), out.data(), &size, EVP_sha256(), nullptr) == 1
                                 : HMAC(EVP_sha256(), salt.data(), static_cast<int>(salt.size()), octets, text.size(),
                                        out.data(), &size) != nullptr;
  return done ? size : 0;
}

}  // namespace

std::string DeviceIdOf(std::string_view description, std::string_view salt) {
  Digest digest{};
  const auto size = Hash(description, salt, digest);
  return sdk::HexEncode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string DescribeDevice(std::string_view client_ip, std::string_view user_agent) {
  return std::string(client_ip) + "|" + std::string(user_agent);
}

}  // namespace sluice::plugins::chillstreams

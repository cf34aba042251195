// SPDX-License-Identifier: MIT
#include "signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/text.hpp>
#include <vector>

namespace sluice::plugins::clearkey {
namespace {

std::vector<std::string_view> Split(std::string_view query) {
  std::vector<std::string_view> parts;
  while (!query.empty()) {
    const auto part = sdk::TakeUpTo(query, '&');
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

std::string_view NameOf(std::string_view parameter) { return parameter.substr(0, parameter.find('=')); }

}  // namespace

std::string Sign(std::string_view secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return sdk::Base64UrlEncode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string SignedText(std::string_view host, std::string_view path, std::string_view query) {
  auto parts = Split(query);
  std::erase_if(parts, [](std::string_view part) { return NameOf(part) == "sig"; });
  std::sort(parts.begin(), parts.end());
  std::string out = "https://" + std::string(host) + std::string(path);
  char mark = '?';
  for (const auto part : parts) {
    out += mark;
    out += part;
    mark = '&';
  }
  return out;
}

std::string_view RawParam(std::string_view query, std::string_view name) {
  for (const auto part : Split(query)) {
    if (NameOf(part) == name && part.size() > name.size()) return part.substr(name.size() + 1);
  }
  return {};
}

}  // namespace sluice::plugins::clearkey

// SPDX-License-Identifier: MIT
#include "user_id.hpp"

#include <algorithm>
#include <cstddef>
#include <sluice/sdk/text.hpp>

namespace sluice::plugins::chillstreams {
namespace {

constexpr std::size_t kUserIdSize = 36;
constexpr std::size_t kMaxClientIdSize = 64;

bool IsClientId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxClientIdSize && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (sdk::LowerLetter(c) >= 'a' && sdk::LowerLetter(c) <= 'z') || c == '.' ||
           c == '_' || c == '-';
  });
}

}  // namespace

std::optional<PoolCredential> ParseCredential(std::string_view secret, bool with_client_id) {
  const auto user_id = secret.substr(0, kUserIdSize);
  if (!sdk::IsUuid(user_id)) return std::nullopt;
  const auto rest = secret.substr(kUserIdSize);
  if (rest.empty()) return PoolCredential{.user_id = sdk::LowerCase(user_id), .client_id = {}};
  if (!with_client_id || rest.front() != ':' || !IsClientId(rest.substr(1))) return std::nullopt;
  return PoolCredential{.user_id = sdk::LowerCase(user_id), .client_id = std::string(rest.substr(1))};
}

}  // namespace sluice::plugins::chillstreams

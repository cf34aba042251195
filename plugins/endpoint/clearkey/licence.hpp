// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// JSON of licences (Encrypted Media Extensions §9.1.3, §9.1.4) and of the operator's requests.

#include <chrono>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/content_key/content_key.hpp"

namespace sluice::plugins::clearkey {

using content_key::Block;

struct LicenceRequest {
  std::vector<Block> kids;
  std::string type;  ///< "temporary" or "persistent-license".
};

/// \returns  kInvalidArgument that says what is wrong.
sdk::Result<LicenceRequest> ReadLicenceRequest(std::string_view json);

/// \param type  empty: a JWK set without one.
std::string WriteKeySet(const std::vector<std::pair<Block, Block>>& keys, std::string_view type);

/// What an operator puts under a name.
struct Given {
  std::string value;                        ///< A key, or the signing secret.
  std::optional<std::chrono::seconds> ttl;  ///< 0: until it is dropped.
};
/// `{"key": "...", "ttl": 300}`; a JWK's `k` will do for `key`.
sdk::Result<Given> ReadGiven(std::string_view json);

}  // namespace sluice::plugins::clearkey

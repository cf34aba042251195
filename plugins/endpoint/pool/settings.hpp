// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Settings: what the operator configured.

#include <chrono>
#include <cstdint>
#include <map>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/result.hpp>
#include <string>

namespace sluice::plugins::pool {

/// Store that a request means when it names none: the service that the pool client was written for has no other.
inline constexpr const char* kDefaultStore = "torbox";

struct Settings {
  std::string internal_api_key{};
  std::string internal_api_key_next{};  ///< Empty: none. Good beside the other while instances change over.
  std::string base_url{};               ///< In front of personal links; without a slash at its end.
  std::string link_path{};
  std::chrono::seconds grant_ttl{};
  std::int64_t device_limit = 0;  ///< Of users who have none of their own.
  std::chrono::seconds retention{};
  std::chrono::seconds check_every{};  ///< Between checks of a key that is in use; 0: only when it is reported.
  std::map<std::string, std::int64_t> budgets{};      ///< store: get-keys a minute and key.
  std::map<std::string, std::string> account_urls{};  ///< store: origin of its API, where it is not the usual one.
};

/// \returns  kInvalidArgument that names the option.
sdk::Result<Settings> ReadSettings(const sdk::Config& config);

}  // namespace sluice::plugins::pool

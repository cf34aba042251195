// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the operator says about the pool.

#include <chrono>
#include <cstddef>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <vector>

namespace sluice::plugins::chillstreams {

struct Options {
  std::string url;  ///< Without a "/" at its end.
  std::string key;  ///< Secret. Empty only while the pool is not enabled.
  bool enabled = true;
  bool events = true;
  std::string store;  ///< Component type of the store that the keys are for.
  std::vector<std::string> scopes{};
  std::chrono::seconds ttl{};
  std::chrono::seconds refusal_ttl{};
  std::chrono::seconds timeout{};
  std::string device_salt{};  ///< Secret. Empty: device ids as the pool's other clients make them.
  bool client_id = false;
  std::size_t max_grants = 0;
};

/// \returns  kInvalidArgument that names the option.
sdk::Result<Options> ReadOptions(const sdk::Config& config);

}  // namespace sluice::plugins::chillstreams

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What an operator may say about any store that is asked over HTTP.

#include <chrono>
#include <cstdint>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/result.hpp>
#include <string>

/// The properties of the options below, for a component's config_schema; `url` is the store's own address, a literal.
#define SLUICE_STORE_OPTIONS(url)                                                                        \
  R"("base_url": {"type": "string", "default": ")" url R"(",)"                                           \
  R"("description": "Where the store's API is, http or https; for tests and gateways in front of it"},)" \
  R"("timeout": {"type": "integer", "minimum": 1, "maximum": 90, "default": 20,)"                        \
  R"("description": "Seconds until an answer counts as missing"},)"                                      \
  R"("max_wait_ms": {"type": "integer", "minimum": 0, "maximum": 30000, "default": 2000,)"               \
  R"("description": "How long a call waits for its turn when a limit of the store is reached"},)"        \
  R"("breaker_failures": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 5,)"              \
  R"("description": "So many missing or broken answers in a row, and the store counts as off"},)"        \
  R"("breaker_pause": {"type": "integer", "minimum": 1, "maximum": 600, "default": 15,)"                 \
  R"("description": "Seconds between two looks whether a store that is off is back"})"

namespace sluice::plugins::store {

struct ApiOptions {
  std::string base_url;  ///< Without a "/" at its end.
  std::chrono::milliseconds timeout{};
  std::chrono::milliseconds max_wait{};
  std::uint32_t breaker_failures = 5;
  std::chrono::seconds breaker_pause{};
};

/// \returns  kInvalidArgument that names the option.
sdk::Result<ApiOptions> ReadApiOptions(const sdk::Config& config);

}  // namespace sluice::plugins::store

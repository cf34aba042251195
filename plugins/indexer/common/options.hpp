// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the operator says about an index, whichever program serves it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <vector>

#include "indexer/common/address.hpp"
#include "indexer/common/searches.hpp"

/// The properties of a component's schema that ReadOptions reads, with a comma behind them.
#define SLUICE_INDEXER_OPTIONS                                                                        \
  R"("api_key": {"type": "string", "secret": true, "default": "",)"                                   \
  R"("description": "API key of the index at url"},)"                                                 \
  R"("timeout": {"type": "integer", "minimum": 2, "maximum": 60, "default": 10,)"                     \
  R"("description": "Seconds that one search may take, whoever still waits for it"},)"                \
  R"("categories": {"type": "array", "default": [],)"                                                 \
  R"("items": {"type": "integer", "minimum": 1000, "maximum": 999999},)"                              \
  R"("description": "Categories to search; none: 2000 for films, 5000 for series, both for anime"},)" \
  R"("user_urls": {"type": "boolean", "default": false,)"                                             \
  R"("description": "Whether viewers may bring an index of their own"},)"                             \
  R"("user_hosts": {"type": "array", "items": {"type": "string", "minLength": 1}, "default": [],)"    \
  R"("description": "Hosts that viewers may name; none: all that the address guard lets pass"},)"     \
  R"("cache_ttl": {"type": "integer", "minimum": 0, "maximum": 86400, "default": 600,)"               \
  R"("description": "Seconds for which a search is remembered; 0: not"},)"                            \
  R"("cache_mib": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 32,)"                 \
  R"("description": "MiB of memory for searches that are remembered"},)"

namespace sluice::plugins::indexer {

struct Options {
  std::string url{};  ///< As configured; empty: viewers bring their own.
  std::string key{};  ///< Secret. For the index at `url` alone.
  std::chrono::milliseconds timeout{};
  std::vector<std::uint32_t> categories{};
  bool user_urls = false;
  std::vector<std::string> user_hosts{};  ///< In lower case; empty: any.
  std::chrono::seconds cache_ttl{};
  std::size_t cache_bytes = 0;
};

/// \returns  kInvalidArgument that names the option.
sdk::Result<Options> ReadOptions(const sdk::Config& config);

/// Which index a call asks, and with which key.
struct Target {
  Address address;
  std::string key;         ///< Secret. May be empty.
  bool of_viewer = false;  ///< What it answers, a stranger has written.
};

/// The operator's key goes to the operator's index, and a viewer's key to the viewer's: never one to the other.
/// \returns  kPermissionDenied: a viewer's index where none may be given, or at a host that is not allowed;
///           kInvalidArgument: a URL that is none, or no index at all.
sdk::Result<Target> TargetOf(const Options& options, const sdk::IndexerUser& user);

/// Names an index under a key. Secret.
std::string IdOf(const Target& target);

Searches::Limits LimitsOf(const Options& options);

/// Logs what an operator may not have meant: keys that travel in the clear.
void WarnOf(const Options& options, const sdk::Host& host);

}  // namespace sluice::plugins::indexer

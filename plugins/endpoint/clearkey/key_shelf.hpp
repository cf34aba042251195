// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// KeyShelf: the content keys of the configuration, and those that the server was given while it runs.

#include <chrono>
#include <map>
#include <optional>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/content_key/content_key.hpp"

namespace sluice::plugins::clearkey {

using content_key::Block;

/// Threads: [any], but for Read.
class KeyShelf {
 public:
  explicit KeyShelf(sdk::Host host) : host_(std::move(host)) {}

  /// Takes `/keys` of the configuration. Threads: [control].
  sdk::Status Read(const sdk::Config& config);

  /// \returns  nothing: no key of that id.
  sdk::Result<std::optional<Block>> Find(const sdk::Call& call, const Block& kid) const;
  /// \param ttl  0: until it is dropped.
  sdk::Status Put(const sdk::Call& call, const Block& kid, const Block& key, std::chrono::seconds ttl);
  sdk::Status Drop(const sdk::Call& call, const Block& kid);
  /// Ids of all keys that there are, in hex, in order.
  sdk::Result<std::vector<std::string>> List(const sdk::Call& call);

 private:
  using Names = std::map<std::string, std::int64_t>;  ///< When each runs out, in seconds since 1970; 0: never.

  /// Lets `change` edit the list of what was given, however many do so at once.
  template <typename Change>
  sdk::Result<Names> Edit(const sdk::Call& call, Change change);

  const sdk::Host host_;
  std::map<Block, Block> configured_;
};

}  // namespace sluice::plugins::clearkey

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Keys: which key belongs to a key id.

#include <map>
#include <optional>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/result.hpp>
#include <string_view>

#include "octets.hpp"

namespace sluice::plugins::cenc {

class KeyRing {
 public:
  /// Of the configuration: `/keys` and `/key`.
  static sdk::Result<KeyRing> Read(const sdk::Config& config);
  /// Of lists as a request has them: "kid,kid" and "key,key". Without key ids the one key is for all.
  static sdk::Result<KeyRing> Parse(std::string_view key_ids, std::string_view keys);

  /// \returns  null: it is not here.
  const Block* Find(const Block& kid) const;
  /// The key of whatever is not found elsewhere; null: there is none.
  const Block* for_all() const { return for_all_ ? &*for_all_ : nullptr; }

 private:
  std::map<Block, Block> keys_;
  std::optional<Block> for_all_;
};

/// Asked while a body passes. Threads: one at a time.
struct KeySource {
  virtual ~KeySource() = default;
  /// \returns  kUpstreamFailed that names the key id.
  virtual sdk::Result<Block> Find(const Block& kid) = 0;
};

}  // namespace sluice::plugins::cenc

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// KeySet: the public keys of an issuer, as it publishes them (JSON Web Key Set, RFC 7517 §5).

#include <cstddef>
#include <sluice/sdk/result.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "key.hpp"
#include "token.hpp"

namespace sluice::plugins::jwt {

/// Immutable. Threads: [any].
class KeySet {
 public:
  KeySet() = default;
  KeySet(std::vector<std::pair<KeyId, KeyPtr>> keys, std::size_t unusable)
      : keys_(std::move(keys)), unusable_(unusable) {}

  /// \param kid  compared and nothing else; nothing: the only key of the set. \returns  null: there is none.
  KeyPtr Find(const KeyId& kid) const;
  std::size_t size() const { return keys_.size(); }
  /// How many keys of the set are for something else, or too weak, or broken.
  std::size_t unusable() const { return unusable_; }

 private:
  std::vector<std::pair<KeyId, KeyPtr>> keys_;
  std::size_t unusable_ = 0;
};

/// Takes the public keys for `algorithm` (RS256 or ES256), and leaves the others out (RFC 7517 §5). A key that comes
/// with its private part is one of these: whoever reads the set can sign with it.
/// \returns  kUpstreamFailed that says what is wrong with the set; more than 64 keys, or two of one name, are.
sdk::Result<KeySet> ParseKeySet(std::string_view text, Algorithm algorithm);

}  // namespace sluice::plugins::jwt

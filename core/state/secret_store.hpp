// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SecretStore: secrets under names, with a time to live; encrypted in the key-value store that holds them.

#include <chrono>
#include <cstddef>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::state {

class KvStore;
class Secrets;

/// What has run out is dropped when it is asked for, or when room is wanted. Threads: [any].
class SecretStore {
 public:
  static constexpr std::size_t kMaxNameBytes = 256;
  static constexpr std::size_t kMaxSecretBytes = 64 * 1024;

  SecretStore(KvStore& store, const Secrets& secrets) : store_(store), secrets_(secrets) {}

  /// \param ttl  0: until it is forgotten. \returns kInvalidArgument for a name, size or time out of bounds.
  sdk::Status Keep(std::string_view name, std::string_view secret, std::chrono::seconds ttl);
  /// \returns  nothing when there is none of that name, or it was sealed with another server's key.
  sdk::Result<std::optional<std::string>> Recall(std::string_view name);
  sdk::Status Forget(std::string_view name);

 private:
  KvStore& store_;
  const Secrets& secrets_;
};

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Knowledge: which stores have what at once, as far as somebody has found out.

#include <map>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/store.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::stremio {

/// Table of what is known (ComponentInfo::migrations).
/// What is known of one hash in one store.
struct Known {
  bool cached = false;
  std::vector<sdk::File> files{};  ///< Of a cached one, as the store lists them; may be empty.
};

/// What a store has at once holds for a day, what it does not have for eight hours. In the database, for every server
/// of it; nothing that a store whose word is not to be trusted says is kept.
/// \returns  of every method: as sdk::DatabaseService. Threads: [any].
class Knowledge {
 public:
  explicit Knowledge(sdk::Host host) : host_(std::move(host)) {}

  /// Those of `hashes` of which something is known that still holds.
  sdk::Result<std::map<std::string, Known>> Find(const sdk::Call& call, std::string_view store,
                                                 std::span<const std::string> hashes) const;
  /// What a check of `hashes` has found: those that are not in `cached` are not cached.
  sdk::Status Note(const sdk::Call& call, std::string_view store, std::span<const std::string> hashes,
                   const std::map<std::string, Known>& cached) const;

 private:
  const sdk::Host host_;
};

}  // namespace sluice::plugins::stremio

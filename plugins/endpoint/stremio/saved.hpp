// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Saved: configurations that are kept on the server, so that URLs have only their names.

#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>

#include "common/remote/ttl_cache.hpp"
#include "userdata.hpp"

namespace sluice::plugins::stremio {

/// In the database, sealed with the server's key. Threads: [any].
class Saved {
 public:
  explicit Saved(sdk::Host host);

  /// \returns  kNotFound; as sdk::DatabaseService; kUpstreamFailed: the server does not have the key that it was sealed
  ///           with.
  sdk::Result<UserData> Find(const sdk::Call& call, std::string_view id);

  /// The configuration that a segment of a URL stands for, in whichever form. \returns  as ReadSegment and Find.
  sdk::Result<UserData> Open(const sdk::Call& call, std::string_view segment, bool locked);

  /// \returns  the name that nobody guesses: 22 characters of base64url. kPermissionDenied: 10,000 are kept already. As
  ///           sdk::DatabaseService.
  sdk::Result<std::string> Keep(const sdk::Call& call, const UserData& data);

 private:
  sdk::Result<UserData> Read(const sdk::Call& call, std::string_view id) const;

  const sdk::Host host_;
  remote::TtlCache<UserData> known_;
};

}  // namespace sluice::plugins::stremio

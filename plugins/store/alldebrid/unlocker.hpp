// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Unlocker: makes links that a player can follow out of AllDebrid's and hosters' own.

#include <cstdint>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>

#include "client.hpp"
#include "store/common/patience.hpp"

namespace sluice::plugins::alldebrid {

/// What the store says of a link that is unlocked.
struct Unlocked {
  std::string url{};      ///< Direct. Empty: it is still being made, or one of the streams is to be chosen.
  std::string delayed{};  ///< Under which it is asked for while it is being made; empty: it is not.
  std::string name{};
  std::uint64_t size_bytes = 0;
  std::string id{};      ///< Of what was unlocked, for a choice among its streams.
  std::string stream{};  ///< The largest of its streams; empty: it has none.
};

/// Threads: [any]; the constructor: [control].
class Unlocker {
 public:
  /// \param client  outlives it.
  Unlocker(sdk::Host host, Client& client);

  /// Unlocks a link, without waiting. \param address  for whom; empty: for anybody.
  sdk::Result<Unlocked> Unlock(const sdk::Call& call, const sdk::StoreUser& user, std::string_view link,
                               std::string_view address);
  /// Unlocks it, and waits while the store makes it, as long as the call lasts.
  /// \returns  kUpstreamFailed with Reason::kUnavailable: it is still being made.
  sdk::Result<std::string> UrlOf(const sdk::Call& call, const sdk::StoreUser& user, std::string_view link,
                                 std::string_view address);

 private:
  sdk::Result<std::string> WaitFor(const sdk::Call& call, const sdk::StoreUser& user, const std::string& delayed);
  sdk::Result<std::string> Checked(const sdk::StoreUser& user, const store::Endpoint& endpoint, std::string url);

  Client& client_;
  store::Patience patience_;
};

}  // namespace sluice::plugins::alldebrid

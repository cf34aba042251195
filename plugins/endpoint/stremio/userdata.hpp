// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// UserData: what a viewer has configured, as it stands in the addon's URL.

#include <cstddef>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::stremio {

/// An account at a store.
struct StoreChoice {
  std::string code{};   ///< As StoreNameOf takes it, kServerStores or kPeerToPeer.
  std::string token{};  ///< API key of the account; of kServerStores user and password of the server. Secret.
  std::string auth{};   ///< UUID, lower case: a user of the pool that grants the key, in place of `token`.

  friend bool operator==(const StoreChoice&, const StoreChoice&) = default;
};

/// An index of the viewer's own.
struct IndexerChoice {
  std::string name{};     ///< "generic", "jackett" or "prowlarr".
  std::string url{};      ///< In any form that the indexer takes; not looked into.
  std::string api_key{};  ///< Secret; may be empty.

  friend bool operator==(const IndexerChoice&, const IndexerChoice&) = default;
};

/// What a configuration may hold at most.
inline constexpr std::size_t kMaxStores = 16;
inline constexpr std::size_t kMaxIndexers = 16;
inline constexpr std::size_t kMaxTokenBytes = 1024;
inline constexpr std::size_t kMaxUrlBytes = 1024;
inline constexpr std::size_t kMaxApiKeyBytes = 256;
inline constexpr std::size_t kMaxSortBytes = 256;
inline constexpr std::size_t kMaxFilterBytes = 4096;

struct UserData {
  std::vector<StoreChoice> stores{};  ///< In order of preference; never empty.
  std::vector<IndexerChoice> indexers{};
  bool cached = false;            ///< List only what a store has.
  bool uncached_private = false;  ///< List torrents of private trackers that no store has.
  bool proxied = false;           ///< Let the gateway fetch streams, where it does that for this viewer.
  std::string sort{};             ///< As ParseSort takes it; empty: the usual order.
  std::string filter{};           ///< As Filter::Compile takes it; empty: everything is listed.

  friend bool operator==(const UserData&, const UserData&) = default;
};

/// "stores[3]": how messages, and the fields of the form, name an entry.
std::string RowName(std::string_view list, std::size_t row);

/// Whether indexes of a viewer's can be of that kind: "generic", "jackett" or "prowlarr".
bool IsIndexerKind(std::string_view name);

/// What a configuration may hold. Names what does not fit by its place in the JSON, "stores[0].auth", and quotes
/// nothing: values may be secret. Turns `auth` to lower case. The texts of `sort` and `filter` are not read here.
/// \returns  kInvalidArgument. Threads: [any].
sdk::Status CheckUserData(UserData& data);

/// Out of its JSON: `{"stores":[{"c","t","auth"}],"indexers":[{"n","u","ak"}],"cached","unc_prvt","proxy","sort",
/// "filter"}`. All members but `stores` and `c` may be missing or null; others are refused, as a misspelt one would do
/// nothing.
/// \returns  kInvalidArgument, as CheckUserData. Threads: [any].
sdk::Result<UserData> ReadUserData(std::string_view json);

/// Its JSON, one for each configuration: members in a fixed order, and only those that say something. Secret.
/// \param data  as CheckUserData left it. Threads: [any].
std::string WriteUserData(const UserData& data);

}  // namespace sluice::plugins::stremio

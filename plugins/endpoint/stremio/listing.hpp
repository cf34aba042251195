// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Listing: from a title to what can be played of it.

#include <sluice/sdk/host.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "availability.hpp"
#include "knowledge.hpp"
#include "metadata.hpp"
#include "playback_path.hpp"
#include "search.hpp"
#include "settings.hpp"
#include "sort.hpp"
#include "stream.hpp"
#include "userdata.hpp"

namespace sluice::plugins::stremio {

/// What a viewer asks for.
struct Wish {
  UserData userdata{};
  VideoId video{};
  std::string type{};  ///< "movie", "series" or "anime".
  std::string user_agent{};
};

/// A stream, and what its URL says. Of kPeerToPeer there is no such path.
struct ListedStream {
  Stream stream{};
  PlaybackPath path{};
};

struct Listed {
  std::vector<ListedStream> streams{};  ///< As they are shown.
  std::string notice{};                 ///< Why there are none; empty: there are some.
};

/// Whether what is proxied: as the server wants, or as it lets the viewer choose.
bool IsProxied(const Settings& settings, const UserData& userdata);

/// Threads: [any].
class Lister {
 public:
  /// \param settings, metadata  outlive it.
  Lister(sdk::Host host, const Settings& settings, Metadata& metadata);

  /// Asks for accounts and for the title at a time, and then the stores. What fails is left out, so long as something
  /// is left. \returns  kInvalidArgument: sort or filter cannot be read; kCancelled.
  sdk::Result<Listed> List(const sdk::Call& call, const Wish& wish) const;

 private:
  SearchOutcome Find(const sdk::Call& call, const Wish& wish) const;
  std::vector<Stream> OfPeers(const sdk::Call& call, const Wish& wish, const SearchOutcome& outcome) const;
  std::vector<Stream> OfStores(const Wish& wish, const SearchOutcome& outcome,
                               std::span<const StoreAnswer> answers) const;
  std::vector<Account> TakeAccounts(std::vector<AccountOutcome>& outcomes) const;
  const sdk::Error* FirstFault(const sdk::Call& call, std::span<const StoreAnswer> answers) const;

  const sdk::Host host_;
  const Settings& settings_;
  Metadata& metadata_;
  const Knowledge knowledge_;
};

}  // namespace sluice::plugins::stremio

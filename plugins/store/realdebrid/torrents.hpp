// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Torrents: the torrents of Real-Debrid's accounts, and the way by which one comes to be played.

#include <memory>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>

#include "client.hpp"
#include "common/remote/ttl_cache.hpp"
#include "store/common/patience.hpp"
#include "torrent.hpp"
#include "torrent_ids.hpp"

namespace sluice::plugins::realdebrid {

/// Answers as sdk::Store does, of torrents alone. Threads: [any]; the constructor: [control].
class Torrents {
 public:
  /// \param client  outlives it.
  Torrents(const sdk::Host& host, Client& client);

  sdk::Result<sdk::Item> Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order);
  sdk::Result<sdk::Item> Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);
  sdk::Result<std::uint64_t> List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                  sdk::ItemSink& sink);
  sdk::Status Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);
  sdk::Result<sdk::Source> Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                std::string_view file);

 private:
  using Known = std::shared_ptr<const Torrent>;
  /// What is added, and for whom.
  struct Adding {
    const sdk::Call& call;
    const sdk::StoreUser& user;
    const sdk::StoreOrder& order;
    const std::string& account;
    const std::string& hash;
  };

  sdk::Result<sdk::Item> AddOnce(const Adding& adding);
  /// The one that the account has and that serves best; those that never will are deleted on the way.
  sdk::Result<std::optional<Torrent>> FindPresent(const Adding& adding);
  sdk::Result<Torrent> AddNew(const Adding& adding);
  /// Waits until the files are known, and says which are wanted.
  sdk::Result<sdk::Item> Complete(const Adding& adding, Torrent torrent);
  sdk::Result<Torrent> Read(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id);
  sdk::Result<IdsByHash> ReadIds(const sdk::Call& call, const sdk::StoreUser& user);
  sdk::Result<Known> ReadReady(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id);
  sdk::Error NoSuch(std::string_view what) const;

  Client& client_;
  TorrentIds ids_;
  remote::TtlCache<sdk::Item> adding_;  ///< Nothing is kept in it: one of several equal orders is carried out.
  remote::TtlCache<Known> ready_;
  store::Patience patience_;
};

}  // namespace sluice::plugins::realdebrid

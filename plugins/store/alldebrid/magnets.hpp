// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Magnets: the torrents of AllDebrid's accounts.

#include <cstdint>
#include <memory>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"
#include "common/remote/ttl_cache.hpp"
#include "magnet.hpp"
#include "unlocker.hpp"

namespace sluice::plugins::alldebrid {

/// Answers as sdk::Store does, of torrents alone. Threads: [any]; the constructor: [control].
class Magnets {
 public:
  /// \param client, unlocker  outlive it.
  Magnets(sdk::Host host, Client& client, Unlocker& unlocker);

  sdk::Result<sdk::Item> Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order);
  sdk::Result<sdk::Item> Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);
  sdk::Result<std::uint64_t> List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                  sdk::ItemSink& sink);
  sdk::Status Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);
  sdk::Result<sdk::Source> Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                std::string_view file);

 private:
  using Known = std::shared_ptr<const Magnet>;
  using Items = std::shared_ptr<const std::vector<sdk::Item>>;

  sdk::Result<sdk::Item> AddOnce(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order,
                                 const std::string& hash);
  /// What the store says of what is uploaded.
  sdk::Result<store::Json> Upload(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order);
  sdk::Result<Magnet> Read(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id);
  /// Asks for the files of a magnet that is ready, where its state does not name them.
  sdk::Status AddFiles(const sdk::Call& call, const sdk::StoreUser& user, Magnet& magnet);
  sdk::Result<std::vector<sdk::Item>> ReadAll(const sdk::Call& call, const sdk::StoreUser& user);
  sdk::Error NoSuch(std::string_view what) const;

  const sdk::Host host_;
  Client& client_;
  Unlocker& unlocker_;
  remote::TtlCache<sdk::Item> adding_;  ///< Nothing is kept in it: one of several equal orders is carried out.
  remote::TtlCache<Known> ready_;
  remote::TtlCache<Items> lists_;
};

}  // namespace sluice::plugins::alldebrid

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HosterLinks: the links to file hosters that AllDebrid's accounts have saved, or unlocked before.

#include <cstdint>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"
#include "store/common/web_links.hpp"
#include "unlocker.hpp"

namespace sluice::plugins::alldebrid {

/// Stand in front of the MD5 of a hoster's link in an item's id. What is in the history stays there.
inline constexpr std::string_view kSavedPrefix = "saved:", kHistoryPrefix = "history:";

/// Answers as sdk::Store does, of web links alone. Threads: [any]; the constructor: [control].
class HosterLinks {
 public:
  /// \param client, unlocker  outlive it.
  HosterLinks(const sdk::Host& host, Client& client, Unlocker& unlocker);

  sdk::Result<sdk::Item> Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order);
  sdk::Result<sdk::Item> Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);
  sdk::Result<std::uint64_t> List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                  sdk::ItemSink& sink);
  sdk::Status Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);
  sdk::Result<sdk::Source> Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                std::string_view file);

 private:
  using Links = std::vector<store::WebLink>;

  /// Both lists, each link once: as a saved one if it is in both.
  sdk::Result<Links> ReadAll(const sdk::Call& call, const sdk::StoreUser& user);
  sdk::Result<Links> ReadList(const sdk::Call& call, const sdk::StoreUser& user, const store::Endpoint& endpoint,
                              std::string_view prefix);
  sdk::Result<store::WebLink> Find(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);

  const sdk::Host host_;
  Client& client_;
  Unlocker& unlocker_;
  store::WebLinks links_;
};

}  // namespace sluice::plugins::alldebrid

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Downloads: the links to file hosters that Real-Debrid's accounts have had unrestricted.

#include <sluice/sdk/host.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"
#include "store/common/web_links.hpp"

namespace sluice::plugins::realdebrid {

/// Stands in front of the MD5 of a hoster's link in an item's id.
inline constexpr std::string_view kWebPrefix = "web:";

/// Answers as sdk::Store does, of web links alone. What the store lists beside them, the links of its torrents, is left
/// out. Threads: [any]; the constructor: [control].
class Downloads {
 public:
  /// \param client  outlives it.
  Downloads(const sdk::Host& host, Client& client);

  sdk::Result<sdk::Item> Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order);
  sdk::Result<sdk::Item> Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);
  sdk::Result<std::uint64_t> List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                  sdk::ItemSink& sink);
  sdk::Status Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);
  sdk::Result<sdk::Source> Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                std::string_view file);

 private:
  sdk::Result<std::vector<store::WebLink>> ReadAll(const sdk::Call& call, const sdk::StoreUser& user);
  sdk::Result<store::WebLink> Find(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id);

  Client& client_;
  store::WebLinks links_;
};

}  // namespace sluice::plugins::realdebrid

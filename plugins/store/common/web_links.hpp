// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// WebLinks: the links to file hosters that an account holds, where the store has nothing but one list of them.

#include <cstdint>
#include <functional>
#include <memory>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/remote/ttl_cache.hpp"

namespace sluice::plugins::store {

/// One of them. It has one file, which can be played at once.
struct WebLink {
  std::string prefix;  ///< Of its id, "web:": tells it from items of other content, and from links held elsewhere.
  std::string link;    ///< At the hoster: its MD5 is the item's hash, and names it.
  std::string name{};
  std::uint64_t size_bytes = 0;
  sdk::Seconds added_at{};
  std::string store_id{};  ///< The store's own name of it; may be empty.

  std::string id() const;
  sdk::Item ToItem() const;
};

/// What Link takes of such an item.
inline constexpr std::string_view kWebFile = "0";

/// The URL that a web order names. \param own_host  the store's: links of that host are no links to a hoster.
/// \returns  kInvalidArgument for anything else.
sdk::Result<std::string> OrderedLink(const sdk::StoreOrder& order, std::string_view store, std::string_view own_host);

/// Each account's list, for a minute. Threads: [any].
class WebLinks {
 public:
  using Links = std::shared_ptr<const std::vector<WebLink>>;
  /// Asks the store for all of the account's, newest first; one link may stand in it twice.
  using Ask = std::function<sdk::Result<std::vector<WebLink>>()>;

  /// \param store  for messages.
  WebLinks(const sdk::Host& host, std::string_view store);

  /// \param account  fingerprint of its key. \returns  each link once; what `ask` does.
  sdk::Result<Links> All(const sdk::Call& call, const std::string& account, const Ask& ask);
  /// \returns  kNotFound: the account does not hold it; otherwise as All.
  sdk::Result<WebLink> Find(const sdk::Call& call, const std::string& account, std::string_view id, const Ask& ask);
  /// It was added just now.
  void Note(const std::string& account, const WebLink& link);
  /// It was let go of.
  void Forget(const std::string& account, const std::string& id);

 private:
  const std::string store_;
  remote::TtlCache<Links> lists_;
  remote::TtlCache<WebLink> added_;
};

}  // namespace sluice::plugins::store

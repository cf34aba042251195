// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Client: what Real-Debrid's API is asked, one method an operation.

#include <cstddef>
#include <cstdint>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/store.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/common/api.hpp"

namespace sluice::plugins::realdebrid {

/// A part of one of the store's lists.
struct ListPart {
  std::vector<store::Json> entries;
  std::uint64_t total = 0;  ///< X-Total-Count; 0: not said.
};

/// A link of the store's or a hoster's, made into one that a player can follow.
struct Unrestricted {
  std::string id;    ///< Of the entry among the account's downloads.
  std::string link;  ///< What was asked for, as the store writes it.
  std::string name;
  std::uint64_t size_bytes = 0;
  std::string url;  ///< Direct.
};

struct ClientOptions {
  store::ApiOptions api;
  std::string user_agent;         ///< What the store is told; it turns some programs away.
  bool forward_client_ip = true;  ///< Whether it is told the viewer's address.
};

/// Every method answers what Api::Send does. An id is one that IsId takes. Threads: [any]; the constructor: [control].
class Client {
 public:
  Client(sdk::Host host, ClientOptions options);

  sdk::Result<store::Json> User(const sdk::Call& call, const sdk::StoreUser& user);
  /// \returns  the new torrent's id.
  sdk::Result<std::string> AddMagnet(const sdk::Call& call, const sdk::StoreUser& user, std::string_view magnet);
  sdk::Result<std::string> AddTorrent(const sdk::Call& call, const sdk::StoreUser& user,
                                      std::span<const std::byte> file);
  sdk::Result<store::Json> Info(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id);
  /// \param files  ids with commas between them, or "all". That it was done already is no error.
  sdk::Status SelectFiles(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id,
                          std::string_view files);
  /// \returns  kNotFound when there is none of that id.
  sdk::Status Delete(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id);
  sdk::Result<Unrestricted> Unrestrict(const sdk::Call& call, const sdk::StoreUser& user, std::string_view link);
  sdk::Status DeleteDownload(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id);

  /// Of the account's torrents or downloads, newest first. \param what  endpoints::kTorrents or kDownloads.
  sdk::Result<ListPart> List(const sdk::Call& call, const sdk::StoreUser& user, const store::Endpoint& what,
                             std::uint64_t offset, std::uint64_t limit);
  /// All of them, but for what is behind the newest 5000.
  sdk::Result<std::vector<store::Json>> ListAll(const sdk::Call& call, const sdk::StoreUser& user,
                                                const store::Endpoint& what);

  store::Api& api() { return api_; }

 private:
  sdk::Result<store::Reply> Send(const sdk::Call& call, const sdk::StoreUser& user, store::ApiRequest request);
  sdk::Result<std::string> IdOf(const sdk::Result<store::Reply>& reply, const store::Endpoint& endpoint) const;

  /// The viewer's address, as far as the store is to know it.
  std::string_view AddressOf(const sdk::StoreUser& user) const;

  const ClientOptions options_;
  store::Api api_;
};

/// Whether a text has the form of the store's ids: nothing else goes into a path.
bool IsId(std::string_view text);

}  // namespace sluice::plugins::realdebrid

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TorBox: a store of torrents, usenet and web links.

#include <memory>
#include <optional>
#include <sluice/sdk/plugin.hpp>
#include <sluice/sdk/store.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/remote/ttl_cache.hpp"
#include "store/common/api.hpp"
#include "wire.hpp"

namespace sluice::plugins::torbox {

/// Remembers accounts for a minute, items that are ready for ten, and links for fifty; never for another account than
/// the one that was told. A key stands in requests to TorBox alone.
class TorBox final : public sdk::Store {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "torbox", .summary = "TorBox: torrents, usenet and web links", .config_schema = R"({
        "type": "object", "additionalProperties": false,
        "properties": {)" SLUICE_STORE_OPTIONS("https://api.torbox.app") R"(,
          "seed": {"type": "string", "enum": ["account", "yes", "no"], "default": "account",
            "description": "Whether torrents are seeded: as the account's settings say, or always, or never"},
          "forward_client_ip": {"type": "boolean", "default": true,
            "description": "Whether TorBox is told the viewer's address, if it is public: it picks a near server"}}})"};

  static sdk::Result<std::unique_ptr<TorBox>> Create(sdk::Host host, const sdk::Config& config);

  sdk::StoreTraits Traits() const noexcept override {
    return {.usenet = true, .web = true, .torrent_files = true, .private_torrents = true};
  }
  sdk::Result<sdk::Account> GetAccount(const sdk::Call& call, const sdk::StoreUser& user) override;
  sdk::Status Check(const sdk::Call& call, const sdk::StoreUser& user, sdk::Content content,
                    std::span<const std::string_view> hashes, sdk::ItemSink& sink) override;
  sdk::Result<sdk::Item> Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) override;
  sdk::Result<sdk::Item> Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) override;
  sdk::Result<std::uint64_t> List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                  sdk::ItemSink& sink) override;
  sdk::Status Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) override;
  sdk::Result<sdk::Source> Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                std::string_view file) override;

 private:
  struct Options {
    store::ApiOptions api;
    std::string_view seed;  ///< TorBox's number; empty: the account's.
    bool forward_client_ip = true;
  };
  using Json = store::Json;
  using Items = remote::TtlCache<std::shared_ptr<const sdk::Item>>;
  using Texts = remote::TtlCache<std::string>;
  using Accounts = remote::TtlCache<sdk::Account>;

  TorBox(sdk::Host host, Options options);

  sdk::Result<Json> Ask(const sdk::Call& call, const sdk::StoreUser& user, const store::ApiRequest& request);
  sdk::Result<std::vector<sdk::Item>> CheckSome(const sdk::Call& call, const sdk::StoreUser& user,
                                                const Service& service, std::span<const std::string_view> hashes);
  /// The id of what `order` names, ordered if need be. \param made  set when it was.
  sdk::Result<std::string> Order(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order,
                                 const std::string& hash, std::optional<sdk::Item>& made);
  sdk::Result<std::string> SendOrder(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order);
  /// Whether TorBox holds it already, so that the order does not count.
  bool IsCached(const sdk::Call& call, const sdk::StoreUser& user, const Service& service, const std::string& hash);
  sdk::Result<std::string> FindByHash(const sdk::Call& call, const sdk::StoreUser& user, const Service& service,
                                      std::string_view hash);
  sdk::Result<Json> ListSome(const sdk::Call& call, const sdk::StoreUser& user, const Service& service,
                             std::uint64_t offset, std::uint64_t limit);
  sdk::Result<std::shared_ptr<const sdk::Item>> Find(const sdk::Call& call, const sdk::StoreUser& user,
                                                     std::string_view id);
  sdk::Result<sdk::Item> AskForItem(const sdk::Call& call, const sdk::StoreUser& user, const Service& service,
                                    std::string_view number);
  sdk::Result<std::string> AskForLink(const sdk::Call& call, const sdk::StoreUser& user, const Service& service,
                                      std::string_view number, std::string_view file, std::string_view viewer);
  sdk::Error NoItem() const { return api_.Fault(sdk::Errc::kNotFound, "the account has no such item"); }

  const sdk::Host host_;
  const Options options_;
  store::Api api_;
  Accounts accounts_;  ///< By account.
  Items items_;        ///< By account and id.
  Texts ids_;          ///< By account, content and hash.
  Texts links_;        ///< By account, id, file and viewer's address. URLs are secret.
};

}  // namespace sluice::plugins::torbox

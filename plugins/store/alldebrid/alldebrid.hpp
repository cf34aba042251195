// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AllDebrid: the store of alldebrid.com.

#include <memory>
#include <sluice/sdk/plugin.hpp>
#include <sluice/sdk/store.hpp>
#include <string_view>

#include "client.hpp"
#include "common/remote/ttl_cache.hpp"
#include "hoster_links.hpp"
#include "magnets.hpp"
#include "store/common/options.hpp"
#include "unlocker.hpp"

namespace sluice::plugins::alldebrid {

/// Which torrents it holds it does not say: Check asks nothing.
class AllDebrid final : public sdk::Store {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "alldebrid",
      .summary = "AllDebrid: torrents, and links to file hosters",
      .config_schema = R"({"type": "object", "additionalProperties": false, "properties": {)" SLUICE_STORE_OPTIONS(
          "https://api.alldebrid.com") R"(,
        "agent": {"type": "string", "minLength": 1, "default": "sluice",
          "description": "How this program calls itself to the store, which wants to be told"},
        "forward_client_ip": {"type": "boolean", "default": true,
          "description": "Whether the store is told the viewer's address, if it is public, for web links"}}})"};

  static sdk::Result<std::unique_ptr<AllDebrid>> Create(const sdk::Host& host, const sdk::Config& config);

  sdk::StoreTraits Traits() const noexcept override;
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
  AllDebrid(const sdk::Host& host, ClientOptions options);

  Client client_;
  Unlocker unlocker_;
  remote::TtlCache<sdk::Account> accounts_;
  Magnets magnets_;
  HosterLinks links_;
};

}  // namespace sluice::plugins::alldebrid

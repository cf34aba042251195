// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RealDebrid: the store of real-debrid.com.

#include <memory>
#include <sluice/sdk/plugin.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>

#include "client.hpp"
#include "downloads.hpp"
#include "store/common/options.hpp"
#include "torrents.hpp"

namespace sluice::plugins::realdebrid {

/// Which torrents it holds it does not say: Check asks nothing.
class RealDebrid final : public sdk::Store {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "realdebrid",
      .summary = "Real-Debrid: torrents, and links to file hosters",
      .config_schema = R"({"type": "object", "additionalProperties": false, "properties": {)" SLUICE_STORE_OPTIONS(
          "https://api.real-debrid.com") R"(,
        "user_agent": {"type": "string", "minLength": 1,
          "default": "curl/8.7.1",
          "description": "What the store is told in User-Agent; it turns some programs away"},
        "forward_client_ip": {"type": "boolean", "default": true,
          "description": "Whether the store is told the viewer's address, if it is public: links are for that one"}}})"};

  static sdk::Result<std::unique_ptr<RealDebrid>> Create(const sdk::Host& host, const sdk::Config& config);

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
  RealDebrid(const sdk::Host& host, ClientOptions options);

  Client client_;
  remote::TtlCache<sdk::Account> accounts_;
  Torrents torrents_;
  Downloads downloads_;
};

}  // namespace sluice::plugins::realdebrid

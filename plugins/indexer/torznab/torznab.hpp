// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TorznabIndexer: Jackett, and whatever else speaks Torznab.

#include <memory>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/plugin.hpp>

#include "indexer/common/options.hpp"
#include "indexer/common/searches.hpp"

namespace sluice::plugins::torznab {

class TorznabIndexer final : public sdk::Indexer {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "torznab", .summary = "Searches Jackett, or any index that speaks Torznab", .config_schema = R"({
        "type": "object", "additionalProperties": false,
        "properties": {)" SLUICE_INDEXER_OPTIONS R"(
          "url": {"type": "string", "default": "",
            "description": "Torznab URL in front of /api, https:host::indexer or indexer:::https://host of Jackett"}}})"};

  static sdk::Result<std::unique_ptr<TorznabIndexer>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Status Search(const sdk::Call& call, const sdk::IndexerUser& user, const sdk::Query& query,
                     sdk::ReleaseSink& sink) override;

 private:
  /// What searches need, which may outlive the instance.
  struct Engine;

  TorznabIndexer(const sdk::Host& host, indexer::Options options);

  const indexer::Options options_;
  const std::shared_ptr<Engine> engine_;
  indexer::Searches searches_;
};

}  // namespace sluice::plugins::torznab

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ProwlarrIndexer: all indexes of a Prowlarr, each asked by itself, so that a slow one keeps nobody waiting.

#include <cstdint>
#include <memory>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/plugin.hpp>
#include <vector>

#include "indexer/common/options.hpp"
#include "indexer/common/searches.hpp"

namespace sluice::plugins::prowlarr {

class ProwlarrIndexer final : public sdk::Indexer {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "prowlarr", .summary = "Searches the indexes of a Prowlarr", .config_schema = R"({
        "type": "object", "additionalProperties": false,
        "properties": {)" SLUICE_INDEXER_OPTIONS R"(
          "url": {"type": "string", "default": "",
            "description": "http or https URL of Prowlarr, in front of /api/v1; may name one of its indexes"},
          "mode": {"type": "string", "enum": ["torznab", "json"], "default": "torznab",
            "description": "torznab: by ids, where an index can; json: by titles, with Prowlarr's own search"},
          "indexers": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 1000000}, "default": [],
            "description": "Numbers of the indexes to search; none: all that are enabled"}}})"};

  static sdk::Result<std::unique_ptr<ProwlarrIndexer>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Status Search(const sdk::Call& call, const sdk::IndexerUser& user, const sdk::Query& query,
                     sdk::ReleaseSink& sink) override;

 private:
  /// What searches need, which may outlive the instance.
  struct Engine;

  ProwlarrIndexer(const sdk::Host& host, indexer::Options options, bool is_json, std::vector<std::uint32_t> chosen);

  const indexer::Options options_;
  const std::shared_ptr<Engine> engine_;
  indexer::Searches searches_;
};

}  // namespace sluice::plugins::prowlarr

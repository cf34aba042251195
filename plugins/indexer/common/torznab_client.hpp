// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TorznabClient: asks one Torznab index, first what it can, then for what is searched.

#include <cstdint>
#include <memory>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/remote/ttl_cache.hpp"
#include "indexer/common/asker.hpp"
#include "indexer/common/findings.hpp"
#include "indexer/common/harvest.hpp"
#include "indexer/common/question.hpp"
#include "indexer/common/torznab_plan.hpp"
#include "indexer/common/torznab_xml.hpp"

namespace sluice::plugins::indexer {

/// An index as it is asked.
struct Endpoint {
  std::string url;          ///< In front of "?t=caps".
  std::string key;          ///< Secret; empty: none is sent.
  std::string name{};       ///< For people; empty: what its caps say, or its host.
  std::string only_host{};  ///< As Origin has it.
  bool is_private = false;  ///< All of its torrents are.
};

/// Caps are remembered for a quarter of an hour, by URL and key. Threads: [any].
class TorznabClient {
 public:
  /// \param asker  outlives it.
  explicit TorznabClient(Asker& asker);

  /// Adds what is found to `harvest`, answer by answer.
  /// \param categories  as PlanOf has them. \param findings  told when a part of the requests failed.
  /// \returns  as ReadCaps and Asker::Send; an error only when no request was answered.
  sdk::Status Search(const sdk::Call& call, const Endpoint& endpoint, const Question& question,
                     const std::vector<std::uint32_t>& categories, Harvest& harvest, Findings& findings);

 private:
  template <typename T>
  sdk::Result<T> Ask(const sdk::Call& call, const char* what, const Endpoint& endpoint, const std::string& parameters,
                     sdk::Result<T> (*read)(std::string_view body, std::string_view secret));
  sdk::Result<std::shared_ptr<const Caps>> GetCaps(const sdk::Call& call, const Endpoint& endpoint);
  sdk::Status Follow(const sdk::Call& call, const Endpoint& endpoint, const std::string& name,
                     const TorznabRequest& request, Harvest& harvest);

  Asker& asker_;
  remote::TtlCache<std::shared_ptr<const Caps>> caps_;
};

}  // namespace sluice::plugins::indexer

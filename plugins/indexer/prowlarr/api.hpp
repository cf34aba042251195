// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Api: Prowlarr's own API, as far as searches need it.

#include <cstdint>
#include <memory>
#include <sluice/sdk/host.hpp>
#include <string>
#include <vector>

#include "common/remote/ttl_cache.hpp"
#include "indexer/common/asker.hpp"
#include "indexer/common/harvest.hpp"
#include "indexer/common/question.hpp"
#include "prowlarr_json.hpp"

namespace sluice::plugins::prowlarr {

/// One Prowlarr, under one key.
struct Server {
  std::string base;  ///< In front of "/api/v1".
  std::string key;   ///< Secret; may be empty.
  bool of_viewer = false;
  std::string only_host{};  ///< As indexer::Origin has it.
};

/// Threads: [any].
class Api {
 public:
  using Indexers = std::shared_ptr<const std::vector<Listed>>;

  /// \param asker  outlives it.
  explicit Api(indexer::Asker& asker);

  /// Its indexes that are enabled, remembered for a quarter of an hour. \returns  as ReadIndexers and Asker::Send.
  sdk::Result<Indexers> GetIndexers(const sdk::Call& call, const Server& server);

  /// One text in one index, in pages of 100, three at most. Adds what is found to `harvest`.
  /// \param categories  empty: by kind. \returns  as ReadResults and Asker::Send.
  sdk::Status Search(const sdk::Call& call, const Server& server, const Listed& index,
                     const indexer::Question& question, const indexer::SearchText& text,
                     const std::vector<std::uint32_t>& categories, indexer::Harvest& harvest);

 private:
  template <typename T>
  sdk::Result<T> Get(const sdk::Call& call, const char* what, const Server& server, const std::string& path,
                     const std::string& who, sdk::Result<T> (*read)(std::string_view));

  indexer::Asker& asker_;
  remote::TtlCache<Indexers> indexers_;
};

}  // namespace sluice::plugins::prowlarr

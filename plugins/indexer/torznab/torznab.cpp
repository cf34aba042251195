// SPDX-License-Identifier: MIT
#include "torznab.hpp"

#include <string>
#include <utility>

#include "indexer/common/asker.hpp"
#include "indexer/common/harvest.hpp"
#include "indexer/common/question.hpp"
#include "indexer/common/resolver.hpp"
#include "indexer/common/torznab_client.hpp"

namespace sluice::plugins::torznab {

struct TorznabIndexer::Engine {
  Engine(const sdk::Host& host, std::chrono::milliseconds timeout) : asker(host, timeout) {}

  indexer::Asker asker;
  indexer::Resolver resolver{asker};
  indexer::TorznabClient client{asker};
};

TorznabIndexer::TorznabIndexer(const sdk::Host& host, indexer::Options options)
    : options_(std::move(options)),
      engine_(std::make_shared<Engine>(host, options_.timeout)),
      searches_(host, indexer::LimitsOf(options_)) {}

sdk::Result<std::unique_ptr<TorznabIndexer>> TorznabIndexer::Create(sdk::Host host, const sdk::Config& config) {
  auto options = indexer::ReadOptions(config);
  if (!options) return std::move(options).error();
  indexer::WarnOf(*options, host);
  return std::unique_ptr<TorznabIndexer>(new TorznabIndexer(host, *std::move(options)));
}

sdk::Status TorznabIndexer::Search(const sdk::Call& call, const sdk::IndexerUser& user, const sdk::Query& query,
                                   sdk::ReleaseSink& sink) {
  auto question = indexer::ReadQuestion(query);
  if (!question) return std::move(question).error();
  const auto target = indexer::TargetOf(options_, user);
  if (!target) return target.error();
  indexer::Endpoint endpoint{.url = indexer::TorznabUrl(target->address), .key = target->key};
  if (target->of_viewer) endpoint.only_host = indexer::HostOf(endpoint.url);
  const auto id = indexer::IdOf(*target) + indexer::IdOf(*question);
  return searches_.Run(call, id, query.limit, sink,
                       [engine = engine_, categories = options_.categories, endpoint = std::move(endpoint),
                        question = *std::move(question)](const sdk::Call& own, indexer::Findings& findings) {
                         indexer::Harvest harvest(engine->resolver, engine->asker.host(), question, findings);
                         return engine->client.Search(own, endpoint, question, categories, harvest, findings);
                       });
}

}  // namespace sluice::plugins::torznab

// SPDX-License-Identifier: MIT
#include "prowlarr.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "api.hpp"
#include "indexer/common/asker.hpp"
#include "indexer/common/harvest.hpp"
#include "indexer/common/outcomes.hpp"
#include "indexer/common/parallel.hpp"
#include "indexer/common/question.hpp"
#include "indexer/common/resolver.hpp"
#include "indexer/common/torznab_client.hpp"
#include "place.hpp"

namespace sluice::plugins::prowlarr {
namespace {

constexpr std::size_t kAtOnce = 16;

}  // namespace

struct ProwlarrIndexer::Engine {
  Engine(const sdk::Host& host, const indexer::Options& options, bool json, std::vector<std::uint32_t> only)
      : asker(host, options.timeout), categories(options.categories), is_json(json), chosen(std::move(only)) {}

  /// The operator's numbers mean nothing in a viewer's Prowlarr.
  bool IsChosen(const Server& server, const Place& place, const Listed& index) const {
    if (place.indexer != 0 && place.indexer != index.id) return false;
    return server.of_viewer || chosen.empty() || std::find(chosen.begin(), chosen.end(), index.id) != chosen.end();
  }

  sdk::Status Search(const sdk::Call& call, const Server& server, const Place& place, const indexer::Question& question,
                     indexer::Findings& findings) {
    const auto listed = api.GetIndexers(call, server);
    if (!listed) return listed.error();
    std::vector<Listed> indexes;
    std::copy_if((*listed)->begin(), (*listed)->end(), std::back_inserter(indexes),
                 [&](const Listed& index) { return IsChosen(server, place, index); });
    indexer::Harvest harvest(resolver, asker.host(), question, findings);
    indexer::Outcomes outcomes;
    if (is_json) {
      const auto texts = indexer::TextsOf(question);
      indexer::EachOf(asker.host(), call, texts.size() * indexes.size(), kAtOnce, [&](std::size_t i) {
        outcomes.Add(api.Search(call, server, indexes[i % indexes.size()], question, texts[i / indexes.size()],
                                categories, harvest));
      });
    } else {
      indexer::EachOf(asker.host(), call, indexes.size(), kAtOnce, [&](std::size_t i) {
        const indexer::Endpoint endpoint{.url = server.base + "/" + std::to_string(indexes[i].id) + "/api",
                                         .key = server.key,
                                         .name = indexes[i].name,
                                         .only_host = server.only_host,
                                         .is_private = indexes[i].is_private};
        outcomes.Add(torznab.Search(call, endpoint, question, categories, harvest, findings));
      });
    }
    return outcomes.Sum(findings);
  }

  indexer::Asker asker;
  indexer::Resolver resolver{asker};
  indexer::TorznabClient torznab{asker};
  Api api{asker};
  const std::vector<std::uint32_t> categories;
  const bool is_json;
  const std::vector<std::uint32_t> chosen;  ///< Empty: all.
};

ProwlarrIndexer::ProwlarrIndexer(const sdk::Host& host, indexer::Options options, bool is_json,
                                 std::vector<std::uint32_t> chosen)
    : options_(std::move(options)),
      engine_(std::make_shared<Engine>(host, options_, is_json, std::move(chosen))),
      searches_(host, indexer::LimitsOf(options_)) {}

sdk::Result<std::unique_ptr<ProwlarrIndexer>> ProwlarrIndexer::Create(sdk::Host host, const sdk::Config& config) {
  auto options = indexer::ReadOptions(config);
  if (!options) return std::move(options).error();
  if (!options->url.empty()) {
    const auto place = PlaceOf(*indexer::ReadAddress(options->url));
    if (!place) {
      return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "/" + place.error().message};
    }
  }
  std::vector<std::uint32_t> chosen;
  for (std::size_t i = 0; i < config.Size("/indexers"); ++i) {
    chosen.push_back(static_cast<std::uint32_t>(config.Uint("/indexers/" + std::to_string(i))));
  }
  indexer::WarnOf(*options, host);
  return std::unique_ptr<ProwlarrIndexer>(
      new ProwlarrIndexer(host, *std::move(options), config.String("/mode") == "json", std::move(chosen)));
}

sdk::Status ProwlarrIndexer::Search(const sdk::Call& call, const sdk::IndexerUser& user, const sdk::Query& query,
                                    sdk::ReleaseSink& sink) {
  auto question = indexer::ReadQuestion(query);
  if (!question) return std::move(question).error();
  const auto target = indexer::TargetOf(options_, user);
  if (!target) return target.error();
  auto place = PlaceOf(target->address);
  if (!place) return std::move(place).error();
  Server server{.base = place->base, .key = target->key, .of_viewer = target->of_viewer};
  if (target->of_viewer) server.only_host = indexer::HostOf(server.base);
  const auto id = indexer::IdOf(*target) + indexer::IdOf(*question);
  return searches_.Run(call, id, query.limit, sink,
                       [engine = engine_, server = std::move(server), place = *std::move(place),
                        question = *std::move(question)](const sdk::Call& own, indexer::Findings& findings) {
                         return engine->Search(own, server, place, question, findings);
                       });
}

}  // namespace sluice::plugins::prowlarr

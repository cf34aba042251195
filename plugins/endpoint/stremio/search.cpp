// SPDX-License-Identifier: MIT
#include "search.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <sluice/sdk/together.hpp>
#include <utility>

namespace sluice::plugins::stremio {
namespace {

constexpr std::uint32_t kMostReleases = 1000;  // of one indexer

/// Takes what several indexers put, each from a thread of its own.
class Sieve {
 public:
  explicit Sieve(const titles::Wanted& wanted) : wanted_(wanted) {}

  void Take(const sdk::Release& release) {
    auto parsed = titles::Parse(release.title);
    if (!release.exact && !titles::Matches(wanted_, parsed)) return;
    if (release.info_hash.empty()) return;  // what has no hash cannot be checked, nor told from others
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = by_hash_.try_emplace(release.info_hash, findings_.size());
    if (is_new) {
      findings_.push_back({release, std::move(parsed)});
    } else if (release.seeders > findings_[place->second].release.seeders && !release.is_private) {
      findings_[place->second] = {release, std::move(parsed)};
    }
  }
  void Fail(const std::string& indexer, sdk::Error error) {
    const std::lock_guard lock(mutex_);
    faults_.push_back({indexer, std::move(error)});
  }
  SearchOutcome Outcome() && { return {.findings = std::move(findings_), .faults = std::move(faults_)}; }

 private:
  const titles::Wanted& wanted_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> by_hash_;
  std::vector<Finding> findings_;
  std::vector<SearchFault> faults_;
};

struct IntoSieve final : sdk::ReleaseSink {
  explicit IntoSieve(Sieve& into) : sieve(into) {}
  bool Put(const sdk::Release& release) override {
    sieve.Take(release);
    return true;
  }
  Sieve& sieve;
};

sdk::TitleKind KindOf(titles::Kind kind) {
  return kind == titles::Kind::kMovie    ? sdk::TitleKind::kMovie
         : kind == titles::Kind::kSeries ? sdk::TitleKind::kSeries
                                         : sdk::TitleKind::kAnime;
}

/// The component that speaks an index of a viewer's; null: there is none.
sdk::Indexer* SpeakerOf(const Settings& settings, const UserIndexer& index) {
  const auto found = std::find_if(settings.indexers.begin(), settings.indexers.end(), [&](const auto& indexer) {
    return indexer.name == index.name || (indexer.name == "torznab" && index.name != "prowlarr");
  });
  return found == settings.indexers.end() ? nullptr : found->component.get();
}

}  // namespace

SearchOutcome Search(const sdk::Host& host, const Settings& settings, const sdk::Call& call, const UserData& userdata,
                     const titles::Wanted& wanted, std::string_view imdb_id) {
  Sieve sieve(wanted);
  const std::vector<std::string_view> names(wanted.titles.begin(), wanted.titles.end());
  sdk::Query query{.imdb_id = imdb_id,
                   .limit = kMostReleases,
                   .kind = KindOf(wanted.kind),
                   .year = static_cast<std::uint32_t>(std::max(wanted.year, 0)),
                   .titles = names};
  if (wanted.season) query.season = static_cast<std::uint32_t>(*wanted.season);
  if (wanted.episode) query.episode = static_cast<std::uint32_t>(*wanted.episode);

  std::vector<std::function<void()>> parts;
  const auto ask = [&](const std::string& name, sdk::Indexer& indexer, sdk::IndexerUser user) {
    parts.emplace_back([&call, &sieve, &query, &indexer, name, user] {
      IntoSieve sink(sieve);
      if (auto searched = indexer.Search(call, user, query, sink); !searched) sieve.Fail(name, searched.error());
    });
  };
  for (const auto& indexer : settings.indexers) ask(indexer.name, *indexer.component, {});
  for (const auto& index : userdata.indexers) {
    if (auto* const speaker = SpeakerOf(settings, index)) {
      ask(index.name, *speaker, {.url = index.url, .key = index.key});
    } else {
      sieve.Fail(index.name, {.code = sdk::Errc::kUnsupported, .message = "this gateway speaks no such index"});
    }
  }
  sdk::Together(host, call, parts);
  return std::move(sieve).Outcome();
}

}  // namespace sluice::plugins::stremio

// SPDX-License-Identifier: MIT
#include "search.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <sluice/sdk/together.hpp>
#include <unordered_map>
#include <utility>

#include "sooner.hpp"

namespace sluice::plugins::stremio {
namespace {

constexpr std::uint32_t kMostReleases = 1000;  // of one indexer
constexpr std::size_t kMostFindings = 2000;    // of all: stores are asked for each, and what they say is kept

/// Takes what several indexers put, each from a thread of its own.
class Sieve {
 public:
  explicit Sieve(const titles::Wanted& wanted) : wanted_(wanted) {}

  /// \param of_viewer  whether an index of the viewer's own found it.
  void Take(const sdk::Release& release, bool of_viewer) {
    if (release.info_hash.empty()) return;  // what has no hash cannot be checked, nor told from others
    auto parsed = titles::Parse(release.title);
    if (!release.exact && !titles::Matches(wanted_, parsed)) return;
    const std::lock_guard lock(mutex_);
    if (findings_.size() == kMostFindings && !by_hash_.contains(release.info_hash)) return;
    const auto [place, is_new] = by_hash_.try_emplace(release.info_hash, findings_.size());
    if (is_new) {
      findings_.push_back({.release = release, .parsed = std::move(parsed), .of_viewer = of_viewer});
      return;
    }
    auto& known = findings_[place->second];
    const bool is_private = known.release.is_private || release.is_private;
    // Of a private tracker it is added by the file that the tracker gives to this viewer.
    const bool has_file = known.release.is_private && (!known.release.torrent_url.empty() || !release.is_private);
    auto torrent_url = has_file ? known.release.torrent_url : release.torrent_url;
    const bool url_of_viewer = has_file ? known.of_viewer : of_viewer;
    if (release.seeders > known.release.seeders)
      known = {.release = release, .parsed = std::move(parsed), .of_viewer = of_viewer};
    known.release.is_private = is_private;
    if (!is_private) return;
    known.release.torrent_url = std::move(torrent_url);
    known.of_viewer = url_of_viewer;
  }
  void Fail(const std::string& indexer, const sdk::Error& error) {
    const std::lock_guard lock(mutex_);
    faults_.push_back({.indexer = indexer, .error = error});
  }
  SearchOutcome Outcome() && { return {.findings = std::move(findings_), .faults = std::move(faults_)}; }

 private:
  const titles::Wanted& wanted_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> by_hash_;
  std::vector<Finding> findings_;
  std::vector<SearchFault> faults_;
};

struct IntoSieve final : sdk::ReleaseSink {
  IntoSieve(Sieve& into, bool viewers) : sieve(into), of_viewer(viewers) {}
  bool Put(const sdk::Release& release) override {
    sieve.Take(release, of_viewer);
    return true;
  }
  Sieve& sieve;
  const bool of_viewer;
};

sdk::TitleKind KindOf(titles::Kind kind) {
  return kind == titles::Kind::kMovie    ? sdk::TitleKind::kMovie
         : kind == titles::Kind::kSeries ? sdk::TitleKind::kSeries
                                         : sdk::TitleKind::kAnime;
}

}  // namespace

sdk::Indexer* SpeakerOf(const Settings& settings, std::string_view name) {
  // Jackett's indexes, and all others, speak Torznab.
  const auto wanted = name == "prowlarr" ? name : std::string_view("torznab");
  const auto found = std::ranges::find(settings.viewer_indexers, wanted, &Named<sdk::Indexer>::name);
  return found == settings.viewer_indexers.end() ? nullptr : found->component.get();
}

SearchOutcome Search(const sdk::Host& host, const Settings& settings, const sdk::Call& call, const UserData& userdata,
                     const titles::Wanted& wanted, std::string_view imdb_id) {
  Sieve sieve(wanted);
  const Sooner sooner(call, settings.search_time);
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
    parts.emplace_back([&sooner, &sieve, &query, &indexer, &name, user] {
      IntoSieve sink(sieve, !user.url.empty());
      if (auto searched = indexer.Search(sooner.call(), user, query, sink); !searched)
        sieve.Fail(name, searched.error());
    });
  };
  for (const auto& indexer : settings.indexers) ask(indexer.name, *indexer.component, {});
  for (const auto& index : userdata.indexers) {
    if (auto* const speaker = SpeakerOf(settings, index.name)) {
      ask(index.name, *speaker, {.url = index.url, .key = index.api_key});
    } else {
      sieve.Fail(index.name, {.code = sdk::Errc::kUnsupported, .message = "this server speaks no such index"});
    }
  }
  sdk::Together(host, sooner.call(), parts);
  return std::move(sieve).Outcome();
}

}  // namespace sluice::plugins::stremio

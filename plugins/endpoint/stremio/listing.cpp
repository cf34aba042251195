// SPDX-License-Identifier: MIT
#include "listing.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <sluice/sdk/together.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "accounts.hpp"
#include "availability.hpp"
#include "notice.hpp"
#include "search.hpp"
#include "store_codes.hpp"
#include "stream_list.hpp"
#include "stream_record.hpp"
#include "wanted.hpp"

namespace sluice::plugins::stremio {
namespace {

std::string_view BaseName(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// What the indexer says, without a store.
Stream StreamOf(const Finding& finding) {
  const auto& release = finding.release;
  Stream stream{.hash = release.info_hash,
                .is_private = release.is_private,
                .name = release.title,
                .release = finding.parsed,
                .size_bytes = release.size_bytes,
                .seeders = release.seeders,
                .indexer = release.indexer};
  if (const auto url = sdk::ParseUrl(release.torrent_url)) stream.indexer_host = url->host;
  return stream;
}

/// Takes over which of a release's files is wanted. \returns  false: none of them is, so it is not to be listed.
bool TakeFile(const VideoId& video, const std::vector<sdk::File>& known, Stream& stream) {
  const auto files = NamedFiles(known);
  auto wanted = WantedFileOf(video);
  wanted.release = stream.name;
  const auto listing = titles::ListFile(wanted, files);
  if (listing.file == nullptr) return listing.listed;
  const auto& file = known[static_cast<std::size_t>(listing.file - files.data())];
  stream.file_name = BaseName(file.path);
  stream.file_index = file.index;
  stream.file_size_bytes = file.size_bytes;
  stream.video_hash = file.video_hash;
  return true;
}

/// Whether a store can be asked to play it at all.
bool CanPlay(const StoreAnswer& answer, const Finding& finding, CacheState cache, const UserData& userdata) {
  const auto& traits = answer.traits;
  if (cache != CacheState::kCached && !traits.downloads) return false;
  if (!finding.release.is_private) return true;
  const bool has_file = traits.private_torrents && traits.torrent_files && !finding.release.torrent_url.empty();
  return has_file && (cache == CacheState::kCached || userdata.uncached_private);
}

/// The stream of one finding at one store; nothing: it cannot be played there.
std::optional<Stream> At(const StoreAnswer& answer, const Finding& finding, const Wish& wish) {
  const auto found = answer.known.find(finding.release.info_hash);
  const auto* const known = found == answer.known.end() ? nullptr : &found->second;
  if (known == nullptr && answer.error) return std::nullopt;  // nobody knows, and playing would fail as well
  const auto cache = known == nullptr ? CacheState::kUnknown
                     : known->cached  ? CacheState::kCached
                                      : CacheState::kUncached;
  if (!CanPlay(answer, finding, cache, wish.userdata)) return std::nullopt;
  auto stream = StreamOf(finding);
  stream.store_code = answer.account->store->code;
  stream.cache = cache;
  if (known != nullptr && !TakeFile(wish.video, known->files, stream)) return std::nullopt;
  return stream;
}

titles::Wanted WantedOf(const VideoId& video, std::optional<Title> title) {
  const auto file = WantedFileOf(video);
  titles::Wanted wanted{.kind = file.kind, .season = file.season, .episode = file.episode};
  if (title) {
    wanted.titles = std::move(title->names);
    wanted.year = title->year;
  }
  return wanted;
}

std::vector<std::string> HashesOf(const SearchOutcome& outcome) {
  std::vector<std::string> hashes;
  for (const auto& finding : outcome.findings) hashes.push_back(finding.release.info_hash);
  return hashes;
}

/// With what their URLs say. \param outcome  what they were found by.
Listed ListedOf(const VideoId& video, std::vector<Stream> streams, const SearchOutcome& outcome) {
  std::map<std::string_view, const Finding*> private_torrents;
  for (const auto& finding : outcome.findings)
    if (finding.release.is_private) private_torrents.emplace(finding.release.info_hash, &finding);
  Listed listed;
  for (auto& stream : streams) {
    PlaybackPath path{.video = video,
                      .store_code = stream.store_code,
                      .hash = stream.hash,
                      .file_index = stream.file_index,
                      .file_name = stream.file_name};
    if (const auto found = private_torrents.find(stream.hash); found != private_torrents.end()) {
      path.torrent_url = found->second->release.torrent_url;
      path.torrent_of_viewer = found->second->of_viewer;
    }
    listed.streams.push_back({.stream = std::move(stream), .path = std::move(path)});
  }
  return listed;
}

}  // namespace

bool IsProxied(const Settings& settings, const UserData& userdata) {
  return settings.delivery == Delivery::kProxy || (settings.delivery == Delivery::kChoice && userdata.proxied);
}

Lister::Lister(sdk::Host host, const Settings& settings, Metadata& metadata)
    : host_(std::move(host)), settings_(settings), metadata_(metadata), knowledge_(host_) {}

SearchOutcome Lister::Find(const sdk::Call& call, const Wish& wish) const {
  const auto kind = KindOf(wish.video) == titles::Kind::kMovie ? "movie" : "series";
  auto title = metadata_.Find(call, kind, wish.video.title);
  if (!title) {
    host_.Log(sdk::LogLevel::kWarning, "what a title is called could not be looked up; it is searched for by its id",
              {{"error", title.error().message}});
  }
  const auto wanted = WantedOf(wish.video, title ? *std::move(title) : std::nullopt);
  auto outcome = Search(host_, settings_, call, wish.userdata, wanted, wish.video.title);
  for (const auto& fault : outcome.faults) {
    host_.Log(sdk::LogLevel::kWarning, "an indexer could not be searched",
              {{"indexer", fault.indexer}, {"error", fault.error.message}});
  }
  return outcome;
}

/// Streams of peers, as far as it is known which file to play: from what stores have listed in torrents' order.
std::vector<Stream> Lister::OfPeers(const sdk::Call& call, const Wish& wish, const SearchOutcome& outcome) const {
  std::map<std::string, Known> known;
  const auto hashes = HashesOf(outcome);
  for (const auto& store : settings_.stores) {
    const auto traits = store.store->Traits();
    if (!traits.torrent_order || !traits.trusted) continue;
    if (auto found = knowledge_.Find(call, store.name, hashes)) known.merge(*found);
  }
  std::vector<Stream> streams;
  for (const auto& finding : outcome.findings) {
    auto stream = StreamOf(finding);
    stream.store_code = kPeerToPeer;
    const auto found = known.find(stream.hash);
    if (found == known.end() || !TakeFile(wish.video, found->second.files, stream)) continue;
    if (CanBePeerToPeer(stream)) streams.push_back(std::move(stream));
  }
  return streams;
}

std::vector<Stream> Lister::OfStores(const Wish& wish, const SearchOutcome& outcome,
                                     std::span<const StoreAnswer> answers) const {
  std::vector<Stream> streams;
  const bool proxied = IsProxied(settings_, wish.userdata);
  for (const auto& finding : outcome.findings) {
    for (const auto& answer : answers) {
      auto stream = At(answer, finding, wish);
      if (!stream) continue;
      stream->proxied = proxied;
      streams.push_back(*std::move(stream));
    }
  }
  return streams;
}

/// Those that the outcomes have; why there are no more, the log says.
std::vector<Account> Lister::TakeAccounts(std::vector<AccountOutcome>& outcomes) const {
  std::vector<Account> accounts;
  for (auto& one : outcomes) {
    if (one.account) accounts.push_back(*std::move(one.account));
    if (one.error) {
      host_.Log(sdk::LogLevel::kInfo, "a store of a viewer's configuration is left out",
                {{"store", one.code}, {"error", one.error->message}});
    }
  }
  return accounts;
}

/// Of stores that did not say what they have; null: all did. Whoever lent a key that its store refused is told.
const sdk::Error* Lister::FirstFault(const sdk::Call& call, std::span<const StoreAnswer> answers) const {
  const sdk::Error* first = nullptr;
  for (const auto& answer : answers) {
    if (!answer.error) continue;
    host_.Log(sdk::LogLevel::kWarning, "a store did not say what it has",
              {{"store", answer.account->store->name}, {"error", answer.error->message}});
    if (answer.error->code == sdk::Errc::kUnauthenticated) ReportRefusedKey(host_, call, *answer.account);
    if (first == nullptr) first = &*answer.error;
  }
  return first;
}

sdk::Result<Listed> Lister::List(const sdk::Call& call, const Wish& wish) const {
  const auto& userdata = wish.userdata;
  const auto sort = ParseSort(userdata.sort);
  if (!sort) return sort.error();
  const auto filter = Filter::Compile(userdata.filter);
  if (!filter) return filter.error();
  if (wish.video.space != IdSpace::kImdb) return Listed{.notice = "This server does not know ids of anime catalogues."};

  std::vector<AccountOutcome> outcomes;
  SearchOutcome outcome;
  const std::function<void()> parts[] = {
      [&] { outcome = Find(call, wish); },
      [&] {
        outcomes = FindAccounts(
            host_, settings_, call, userdata,
            {.client_ip = std::string(call.client_ip()), .user_agent = wish.user_agent, .action = "check-cache"});
      }};
  sdk::Together(host_, call, parts);
  if (call.cancelled()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};

  const auto accounts = TakeAccounts(outcomes);
  const bool peers = userdata.stores.front().code == kPeerToPeer;
  if (accounts.empty() && !peers) return Listed{.notice = NoticeOfAccounts(outcomes)};
  if (outcome.findings.empty()) return Listed{.notice = NoticeOfSearch(outcome)};

  const auto answers = FindAvailability(host_, knowledge_, call, accounts, HashesOf(outcome));
  const auto* const fault = FirstFault(call, answers);
  auto streams = peers ? OfPeers(call, wish, outcome) : OfStores(wish, outcome, answers);
  KeepWanted(streams, *filter, wish.type, settings_.name);
  streams = Arranged(std::move(streams), *sort, userdata.cached);
  if (streams.empty()) return Listed{.notice = NoticeOfNothingLeft(outcome.findings.size(), userdata, fault)};
  return ListedOf(wish.video, std::move(streams), outcome);
}

}  // namespace sluice::plugins::stremio

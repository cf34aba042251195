// SPDX-License-Identifier: MIT
#include "common/titles/pick_file.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

#include "common/titles/pack.hpp"
#include "common/titles/release.hpp"

namespace sluice::plugins::titles {
namespace {

using Videos = std::vector<const Video*>;

bool IsEpisode(const WantedFile& wanted) {
  return wanted.kind != Kind::kMovie && (wanted.episode || wanted.absolute || !wanted.date.empty());
}

bool Holds(const std::vector<int>& numbers, std::optional<int> number) {
  return number && std::ranges::find(numbers, *number) != numbers.end();
}

/// The exact file name may have been listed with its folders or without.
bool IsNamed(const WantedFile& wanted, const Video& video) {
  if (wanted.file_name.empty()) return false;
  const auto plain = [](std::string_view path) { return path.substr(path.starts_with('/') ? 1 : 0); };
  return wanted.file_name == video.name || plain(wanted.file_name) == plain(video.file->path);
}

bool IsIndexed(const WantedFile& wanted, const Video& video) {
  return wanted.index_is_trusted && wanted.index && *wanted.index >= 0 && video.file->index == *wanted.index;
}

/// Of several that fit: the one that was listed, else one that is whole, else the largest.
const Video* Best(const WantedFile& wanted, const Videos& videos) {
  const auto key = [&](const Video* video) {
    return std::tuple(IsNamed(wanted, *video), IsIndexed(wanted, *video), !video->extra, !video->tiny,
                      video->file->size_bytes);
  };
  const auto best = std::ranges::max_element(videos, {}, key);
  return best == videos.end() ? nullptr : *best;
}

template <typename Test>
Videos Among(const Videos& videos, Test test) {
  Videos found;
  std::ranges::copy_if(videos, std::back_inserter(found), [&](const Video* video) { return test(*video); });
  return found;
}

bool IsOfSeason(const Video& video, int season) {
  if (video.seasons.empty()) return season == 1;
  return Holds(video.seasons, season);
}

/// Which number of episodes `videos`, all of one season, begin with; nothing: some do not say.
std::optional<int> Smallest(const Videos& videos) {
  std::optional<int> smallest;
  for (const auto* video : videos)
    if (!video->episodes.empty())
      smallest = std::min(smallest.value_or(video->episodes.front()), video->episodes.front());
  return smallest;
}

/// Within the files of the wanted season: by episode, through all seasons, or by place.
Videos InSeason(const WantedFile& wanted, const Videos& season) {
  const auto numbered = [&](std::optional<int> number) {
    return Among(season, [&](const Video& video) { return Holds(video.episodes, number); });
  };
  const auto smallest = Smallest(season);
  const bool anime = wanted.kind == Kind::kAnime;
  const int ahead = anime && wanted.absolute && wanted.episode ? *wanted.absolute - *wanted.episode : 0;
  if (ahead > 0 && smallest && *smallest > ahead) return numbered(wanted.absolute);
  if (auto found = numbered(wanted.episode); !found.empty() || !anime) return found;
  if (auto found = Among(season, [&](const Video& v) { return Holds(v.absolute, wanted.absolute); }); !found.empty())
    return found;
  if (auto found = numbered(wanted.absolute); !found.empty()) return found;
  const bool parted = !Parse(wanted.release).episodes.empty();
  if (parted || !smallest || *smallest <= 1 || !wanted.episode) return {};
  return numbered(*smallest + *wanted.episode - 1);
}

/// Files that count through all seasons. Where seasons are named they may be others than ours, and fewer; such as begin
/// anew with their first do not count through.
Videos Through(const WantedFile& wanted, const Videos& videos) {
  return Among(videos, [&](const Video& video) {
    if (Holds(video.absolute, wanted.absolute)) return true;
    if (video.special || !video.counts_through || !Holds(video.episodes, wanted.absolute)) return false;
    if (video.seasons.empty() || Holds(video.seasons, wanted.season)) return true;
    if (!wanted.season || video.seasons.front() > *wanted.season) return false;
    return Smallest(Among(videos, [&](const Video& other) { return other.seasons == video.seasons; })) > 1;
  });
}

Videos OfEpisode(const WantedFile& wanted, const Videos& videos) {
  if (!wanted.date.empty()) {
    auto found = Among(videos, [&](const Video& video) { return video.date == wanted.date; });
    if (!found.empty()) return found;
  }
  if (!wanted.season) {
    const auto number = wanted.absolute ? wanted.absolute : wanted.episode;
    const auto plain = Among(videos, [](const Video& video) { return !video.special; });
    auto found = Among(plain, [&](const Video& v) { return v.counts_through && Holds(v.episodes, number); });
    if (found.empty()) found = Among(plain, [&](const Video& v) { return Holds(v.absolute, number); });
    return found.empty() ? Among(plain, [&](const Video& v) { return Holds(v.episodes, number); }) : found;
  }
  const int season = *wanted.season;
  const auto of_season =
      Among(videos, [&](const Video& video) { return (season == 0 || !video.special) && IsOfSeason(video, season); });
  // Files that count through all seasons seem to be of the first.
  const bool only_through = std::ranges::all_of(of_season, [](const Video* v) { return v->seasons.empty(); });
  if (wanted.kind == Kind::kAnime && only_through && wanted.absolute && season > 0) return Through(wanted, videos);
  auto found = InSeason(wanted, of_season);
  return found.empty() && wanted.kind == Kind::kAnime && season > 0 ? Through(wanted, videos) : found;
}

/// Whether `video` says that it is something else than the wanted episode.
bool Contradicts(const WantedFile& wanted, const Video& video) {
  if (!IsEpisode(wanted)) return false;
  if (!wanted.date.empty() && !video.date.empty()) return video.date != wanted.date;
  if (!video.episodes.empty() && !Holds(video.episodes, wanted.episode) && !Holds(video.episodes, wanted.absolute))
    return true;
  return wanted.season && !video.seasons.empty() && !Holds(video.seasons, wanted.season) &&
         !Holds(video.episodes, wanted.absolute);
}

/// \param for_sure  whether the only video, which says nothing, is not enough.
const Video* PickEpisode(const WantedFile& wanted, const Videos& videos, bool for_sure) {
  const auto real = Among(videos, [](const Video& video) { return !video.extra; });
  if (const auto found = OfEpisode(wanted, real); !found.empty()) return Best(wanted, found);
  const auto listed = Among(videos, [&](const Video& video) {
    return !Contradicts(wanted, video) && (IsNamed(wanted, video) || (IsIndexed(wanted, video) && !video.extra));
  });
  if (!listed.empty()) return Best(wanted, listed);
  const auto whole = Among(real.empty() ? videos : real, [](const Video& video) { return !video.tiny; });
  return !for_sure && whole.size() == 1 && !Contradicts(wanted, *whole.front()) ? whole.front() : nullptr;
}

const Video* PickMovie(const WantedFile& wanted, const Videos& videos) {
  const auto named = Among(videos, [&](const Video& video) { return IsNamed(wanted, video); });
  if (!named.empty()) return Best(wanted, named);
  const auto real = Among(videos, [](const Video& video) { return !video.extra && !video.tiny; });
  return Best(wanted, real.empty() ? videos : real);
}

const File* Pick(const WantedFile& wanted, std::span<const File> files, bool for_sure) {
  const auto pack = ReadPack(wanted.release, files);
  Videos videos;
  videos.reserve(pack.size());
  for (const auto& video : pack) videos.push_back(&video);
  const auto* picked = IsEpisode(wanted) ? PickEpisode(wanted, videos, for_sure) : PickMovie(wanted, videos);
  return picked == nullptr ? nullptr : picked->file;
}

}  // namespace

const File* PickFile(const WantedFile& wanted, std::span<const File> files) { return Pick(wanted, files, false); }

Listing ListFile(const WantedFile& wanted, std::span<const File> files) {
  if (files.empty()) return {.listed = true};
  const auto* file = Pick(wanted, files, true);
  return {.listed = file != nullptr, .file = file};
}

}  // namespace sluice::plugins::titles

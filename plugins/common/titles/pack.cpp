// SPDX-License-Identifier: MIT
#include "common/titles/pack.hpp"

#include <algorithm>
#include <iterator>
#include <sluice/sdk/text.hpp>
#include <string>

#include "common/titles/extensions.hpp"
#include "common/titles/kinds.hpp"
#include "common/titles/normalise.hpp"
#include "common/titles/release.hpp"

namespace sluice::plugins::titles {
namespace {

/// A file with less than this part of the largest is no episode beside it, nor a film.
constexpr std::uint64_t kTinyPart = 20;

/// Folders, and whole names of files, that hold no episodes.
constexpr std::string_view kExtraNames[] = {
    "sample",
    "samples",
    "extra",
    "extras",
    "bonus",
    "bonus features",
    "featurette",
    "featurettes",
    "trailer",
    "trailers",
    "interviews",
    "scenes",
    "shorts",
    "behind the scenes",
    "deleted scenes",
    "making of",
    "menu",
    "menus",
    "nc",
    "ncop",
    "nced",
    "ncop nced",
    "nced ncop",
    "creditless",
    "previews",
    "pv",
    "promos",
    "promo",
    "other",
    "bonus disc",
    "special features",
    "cm",
    "subs",
    "subtitles",
    "proof",
    "screens",
    "op ed",
    "opening ending",
    "creditless op ed",
    "extras and bonus",
};

/// What media servers take for extras at the end of a file's name.
constexpr std::string_view kExtraEnds[] = {"-trailer",    "-sample",    ".sample",       "-behindthescenes", "-deleted",
                                           "-featurette", "-interview", "-deletedscene", "_sample",          " sample"};
constexpr std::string_view kExtraFronts[] = {"sample-", "sample.", "sample_", "sample "};

constexpr std::string_view kSpecialFolders[] = {"specials", "special",   "ova", "ovas", "oad", "oads",
                                                "season 0", "season 00", "s00", "sp",   "sps"};

template <std::size_t n>
bool IsIn(std::string_view text, const std::string_view (&list)[n]) {
  return std::ranges::find(list, text) != std::end(list);
}

std::string_view WithoutExtension(std::string_view name) {
  const auto extension = ExtensionOf(name);
  return extension.empty() ? name : name.substr(0, name.size() - extension.size() - 1);
}

bool IsNamedExtra(std::string_view name) {
  const auto stem = sdk::LowerCase(WithoutExtension(name));
  const auto ends = [&](std::string_view end) { return stem.ends_with(end); };
  const auto begins = [&](std::string_view front) { return stem.starts_with(front); };
  return IsIn(Normalise(stem), kExtraNames) || std::ranges::any_of(kExtraEnds, ends) ||
         std::ranges::any_of(kExtraFronts, begins);
}

struct Reading {
  Video video{};
  bool in_extras = false;      ///< Its folder says that it is an extra.
  std::vector<int> numbers{};  ///< That may be its episode.
};

/// What the folders say, the innermost first.
void ReadFolders(std::string_view folders, Reading& reading) {
  auto& video = reading.video;
  while (!folders.empty()) {
    const auto slash = folders.rfind('/');
    const auto folder = slash == std::string_view::npos ? folders : folders.substr(slash + 1);
    folders = slash == std::string_view::npos ? std::string_view{} : folders.substr(0, slash);
    const auto normal = Normalise(folder);
    reading.in_extras = reading.in_extras || IsIn(normal, kExtraNames);
    const bool special = IsIn(normal, kSpecialFolders);
    if (!video.seasons.empty()) continue;
    video.special = video.special || special;
    auto seasons = special ? std::vector{0} : Parse(folder).seasons;
    if (seasons.size() == 1) video.seasons = std::move(seasons);
  }
}

/// "105" in season 1 is its fifth episode, where the season is known to be so.
void SplitNumber(Video& video, int number) {
  if (number > 100 && number % 100 != 0 && video.seasons == std::vector{number / 100}) number %= 100;
  video.episodes = {number};
}

Reading ReadFile(const File& file) {
  Reading reading;
  auto& video = reading.video;
  video.file = &file;
  const auto slash = file.path.rfind('/');
  video.name = slash == std::string_view::npos ? file.path : file.path.substr(slash + 1);
  auto release = Parse(video.name);
  video.extra = IsExtra(release) || IsNamedExtra(video.name);
  video.seasons = std::move(release.seasons);
  video.episodes = std::move(release.episodes);
  video.absolute = std::move(release.absolute);
  video.date = std::move(release.date);
  video.counts_through = video.seasons.empty();
  video.special = IsSpecial(release) && (video.seasons.empty() || video.seasons == std::vector{0});
  if (video.special) video.seasons = {0};
  if (slash != std::string_view::npos) ReadFolders(file.path.substr(0, slash), reading);
  if (video.episodes.empty()) reading.numbers = std::move(release.numbers);
  return reading;
}

/// Numbers that each name has are of the title, "Mob Psycho 100 05": what is left, if it is one, is the episode.
void ReadNumbers(std::vector<Reading>& readings) {
  const auto asks = [](const Reading& reading) { return !reading.video.extra && reading.video.episodes.empty(); };
  std::vector<int> common;
  std::size_t files = 0;
  for (const auto& reading : readings) {
    if (!asks(reading)) continue;
    if (files++ == 0) common = reading.numbers;
    std::erase_if(common, [&](int n) { return std::ranges::find(reading.numbers, n) == reading.numbers.end(); });
  }
  for (auto& reading : readings) {
    if (files < 2 || !asks(reading)) continue;
    std::erase_if(reading.numbers, [&](int n) { return std::ranges::find(common, n) != common.end(); });
    if (reading.numbers.size() == 1) SplitNumber(reading.video, reading.numbers.front());
  }
}

/// What the name of the release says of all its files, or of its only one.
void ReadRelease(std::string_view name, std::vector<Reading>& readings) {
  if (name.empty()) return;
  const auto release = Parse(name);
  const auto real = [](const Reading& reading) { return !reading.video.extra; };
  const bool alone = std::ranges::count_if(readings, real) == 1;
  for (auto& reading : readings) {
    auto& video = reading.video;
    if (video.seasons.empty() && release.seasons.size() == 1) video.seasons = release.seasons;
    if (alone && real(reading) && video.episodes.empty() && video.date.empty()) {
      video.episodes = release.episodes;
      video.date = release.date;
    }
  }
}

}  // namespace

std::vector<Video> ReadPack(std::string_view release, std::span<const File> files) {
  std::vector<Reading> readings;
  std::uint64_t largest = 0;
  for (const auto& file : files) {
    if (!IsVideoExtension(ExtensionOf(file.path.substr(file.path.rfind('/') + 1)))) continue;
    readings.push_back(ReadFile(file));
    largest = std::max(largest, file.size_bytes);
  }
  // A folder that all lie in says nothing of some.
  if (!std::ranges::all_of(readings, &Reading::in_extras))
    for (auto& reading : readings) reading.video.extra = reading.video.extra || reading.in_extras;
  ReadRelease(release, readings);
  ReadNumbers(readings);
  std::vector<Video> videos;
  videos.reserve(readings.size());
  for (auto& reading : readings) {
    const auto size = reading.video.file->size_bytes;
    reading.video.tiny = size > 0 && size < largest / kTinyPart;
    videos.push_back(std::move(reading.video));
  }
  return videos;
}

}  // namespace sluice::plugins::titles

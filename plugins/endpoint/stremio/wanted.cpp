// SPDX-License-Identifier: MIT
#include "wanted.hpp"

namespace sluice::plugins::stremio {

titles::Kind KindOf(const VideoId& video) {
  if (video.space != IdSpace::kImdb) return titles::Kind::kAnime;
  return video.episode ? titles::Kind::kSeries : titles::Kind::kMovie;
}

titles::WantedFile WantedFileOf(const VideoId& video) {
  titles::WantedFile wanted{.kind = KindOf(video)};
  if (video.season) wanted.season = static_cast<int>(*video.season);
  if (video.episode) wanted.episode = static_cast<int>(*video.episode);
  return wanted;
}

std::vector<titles::File> NamedFiles(const std::vector<sdk::File>& files) {
  std::vector<titles::File> named;
  named.reserve(files.size());
  for (const auto& file : files)
    named.push_back({.index = file.index, .path = file.path, .size_bytes = file.size_bytes});
  return named;
}

}  // namespace sluice::plugins::stremio

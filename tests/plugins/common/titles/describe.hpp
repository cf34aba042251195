// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A release as one line of text: "title=Show; seasons=1; episodes=2-4; resolution=1080p; repack".

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/common/titles/release.hpp"

namespace sluice::plugins::titles {

/// Spans of three numbers or more as "1-3".
inline std::string Join(const std::vector<int>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    auto last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (last < i + 2) last = i;
    out += (out.empty() ? "" : ",") + std::to_string(numbers[i]);
    if (last > i) out += "-" + std::to_string(numbers[last]);
    i = last + 1;
  }
  return out;
}

inline std::string Join(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ",") + text;
  return out;
}

/// All that `release` says, in a fixed order. `numbers`, which follow from the rest, are left out.
inline std::string Describe(const Release& release) {
  std::string out;
  const auto add = [&](std::string_view field, const std::string& value) {
    if (!value.empty()) out.append(out.empty() ? "" : "; ").append(field).append("=").append(value);
  };
  const auto number = [](int n) { return n == 0 ? std::string() : std::to_string(n); };
  add("title", release.title);
  add("aka", Join(release.other_titles));
  add("year", number(release.year) + (release.year_end == 0 ? "" : "-" + std::to_string(release.year_end)));
  add("date", release.date);
  add("seasons", Join(release.seasons));
  add("episodes", Join(release.episodes));
  add("absolute", Join(release.absolute));
  add("volumes", Join(release.volumes));
  add("types", Join(release.release_types));
  add("resolution", release.resolution);
  add("quality", release.quality);
  add("codec", release.codec);
  add("depth", release.bit_depth);
  add("hdr", Join(release.hdr));
  add("audio", Join(release.audio));
  add("channels", Join(release.channels));
  add("3d", release.three_d);
  add("languages", Join(release.languages));
  add("subtitles", Join(release.subtitles));
  add("network", release.network);
  add("edition", release.edition);
  add("region", release.region);
  add("group", release.group);
  add("site", release.site);
  add("code", release.episode_code);
  add("container", release.container);
  add("extension", release.extension);
  const std::pair<std::string_view, bool> flags[] = {
      {"complete", release.complete},       {"dubbed", release.dubbed},         {"subbed", release.subbed},
      {"hardcoded", release.hardcoded},     {"repack", release.repack},         {"proper", release.proper},
      {"retail", release.retail},           {"remastered", release.remastered}, {"unrated", release.unrated},
      {"uncensored", release.uncensored},   {"extended", release.extended},     {"upscaled", release.upscaled},
      {"documentary", release.documentary}, {"convert", release.convert}};
  for (const auto& [flag, set] : flags)
    if (set) out.append(out.empty() ? "" : "; ").append(flag);
  return out;
}

}  // namespace sluice::plugins::titles

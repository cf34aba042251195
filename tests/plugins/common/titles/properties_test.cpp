// SPDX-License-Identifier: MIT
// What holds of any octets. Cuts and mixtures of the names of the table reach further than octets at random do.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "plugins/common/titles/match.hpp"
#include "plugins/common/titles/normalise.hpp"
#include "plugins/common/titles/pick_file.hpp"
#include "plugins/common/titles/release.hpp"
#include "tests/plugins/common/titles/names.hpp"

namespace sluice::plugins::titles {
namespace {

/// As many names as asked for, each out of parts of two names of the table, some with octets changed.
std::vector<std::string> Mixtures(std::size_t count) {
  const auto names = ReadNames(SLUICE_TITLES_DATA);
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same in every run
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& a = names[below(names.size())].name;
    const auto& b = names[below(names.size())].name;
    auto mixed = a.substr(0, below(a.size() + 1)) + b.substr(below(b.size()));
    for (auto changes = below(4); changes > 0 && !mixed.empty(); --changes)
      mixed[below(mixed.size())] = static_cast<char>(below(256));
    out.push_back(std::move(mixed));
  }
  return out;
}

template <typename T>
bool IsSet(const std::vector<T>& list) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (std::find(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(i), list[i]) !=
        list.begin() + static_cast<std::ptrdiff_t>(i))
      return false;
  return true;
}

TEST(TitlesPropertiesTest, ReleasesKeepTheirPromises) {
  for (const auto& name : Mixtures(3000)) {
    const auto release = Parse(name);

    EXPECT_EQ(release, Parse(name)) << name;
    EXPECT_LE(release.title.size(), name.size()) << name;
    EXPECT_TRUE(release.year == 0 || (release.year >= 1900 && release.year <= 2035)) << name;
    EXPECT_TRUE(release.year_end == 0 || release.year_end > release.year) << name;
    EXPECT_TRUE(release.date.empty() || release.date.size() == 10) << name;
    for (const auto* list : {&release.seasons, &release.episodes, &release.absolute, &release.volumes}) {
      EXPECT_TRUE(std::ranges::is_sorted(*list) && IsSet(*list)) << name;
      EXPECT_TRUE(list->empty() || list->front() >= 0) << name;
    }
    for (const auto* list : {&release.hdr, &release.audio, &release.channels, &release.languages, &release.subtitles,
                             &release.release_types, &release.other_titles})
      EXPECT_TRUE(IsSet(*list)) << name;
  }
}

TEST(TitlesPropertiesTest, NormalisingTwiceChangesNothing) {
  for (const auto& name : Mixtures(3000)) {
    const auto normal = Normalise(name);

    EXPECT_EQ(Normalise(normal), normal) << name;
    EXPECT_EQ(normal.find("  "), std::string::npos) << name;
    EXPECT_TRUE(normal.empty() || (normal.front() != ' ' && normal.back() != ' ')) << name;
  }
}

TEST(TitlesPropertiesTest, EveryReleaseHasItsOwnTitle) {
  for (const auto& [line, name, says] : ReadNames(SLUICE_TITLES_DATA)) {
    const auto release = Parse(name);
    if (Normalise(release.title).empty()) continue;

    EXPECT_TRUE(TitleMatches({.titles = {release.title}}, release)) << name;
  }
}

TEST(TitlesPropertiesTest, WhatIsPickedIsOneOfTheVideos) {
  const auto names = Mixtures(1200);
  for (std::size_t i = 0; i + 6 <= names.size(); i += 6) {
    std::vector<File> files;
    for (std::size_t k = 0; k < 6; ++k)
      files.push_back({.index = static_cast<std::int64_t>(k), .path = names[i + k], .size_bytes = k * 1000});
    for (const int episode : {1, 3, 7}) {
      const WantedFile wanted{.kind = Kind::kAnime, .season = 1, .episode = episode, .absolute = episode + 12};

      const auto* picked = PickFile(wanted, files);

      EXPECT_TRUE(picked == nullptr || (picked >= files.data() && picked < files.data() + files.size()));
    }
  }
}

TEST(TitlesPropertiesTest, TheWorstNamesAreReadToo) {
  for (const auto* part : {"[", "(", "1-2-", "s01", "e01-", "1080p.", "-", "a ", "1 ", "sub eng ", "\xe3\x80\x90",
                           "01 to ", "s1-s2-", "(a) ", "5.1", "www.a."}) {
    std::string name;
    while (name.size() < 4 * kMaxNameBytes) name += part;

    const auto release = Parse(name);

    EXPECT_LE(release.title.size(), kMaxNameBytes) << part;
    EXPECT_LE(release.episodes.size(), 4000u) << part;
  }
}

}  // namespace
}  // namespace sluice::plugins::titles

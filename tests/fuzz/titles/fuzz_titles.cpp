// SPDX-License-Identifier: MIT
// Names out of any octets: no fault, lists in order, titles that stay as they are once they are normal. The lines of an
// input are also the files of a release: what is picked is one of them, and so is what is listed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sluice/sdk/text.hpp>
#include <string_view>
#include <vector>

#include "plugins/common/titles/match.hpp"
#include "plugins/common/titles/normalise.hpp"
#include "plugins/common/titles/pick_file.hpp"
#include "plugins/common/titles/ranks.hpp"
#include "plugins/common/titles/release.hpp"

namespace {

using namespace sluice::plugins::titles;

void Expect(bool holds) {
  if (!holds) std::abort();
}

void Read(std::string_view name) {
  const auto release = Parse(name);
  Expect(release.title.size() <= kMaxNameBytes);
  for (const auto* list : {&release.seasons, &release.episodes, &release.absolute, &release.volumes})
    Expect(std::ranges::is_sorted(*list) && std::ranges::adjacent_find(*list) == list->end());
  Expect(release.year == 0 || (release.year >= 1900 && release.year <= 2035));
  ResolutionRank(release.resolution);
  QualityRank(release.quality);
  SizeRank(name);

  const auto normal = Normalise(name);
  Expect(Normalise(normal) == normal);
  const auto title = Normalise(release.title);
  Expect(TitlesAgree(title, title) == !title.empty());
  Matches({.kind = Kind::kAnime, .titles = {release.title}, .season = 1, .episode = 2, .absolute = 14}, release);
}

void Pick(const std::vector<File>& files) {
  for (const auto kind : {Kind::kMovie, Kind::kSeries, Kind::kAnime}) {
    WantedFile wanted{.kind = kind, .season = 2, .episode = 5, .absolute = 17, .index = 0, .index_is_trusted = true};
    if (!files.empty()) wanted.release = files.front().path;
    const auto* picked = PickFile(wanted, files);
    Expect(picked == nullptr || (picked >= files.data() && picked < files.data() + files.size()));
    const auto listing = ListFile(wanted, files);
    Expect(listing.file == nullptr || listing.listed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Read(rest);
  std::vector<File> files;
  while (!rest.empty() && files.size() < 12) {
    const auto line = sluice::sdk::TakeUpTo(rest, '\n');
    files.push_back({.index = static_cast<std::int64_t>(files.size()), .path = line, .size_bytes = line.size()});
  }
  Pick(files);
  return 0;
}

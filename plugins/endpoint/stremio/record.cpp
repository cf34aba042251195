// SPDX-License-Identifier: MIT
#include "record.hpp"

#include <algorithm>
#include <iterator>

#include "common/titles/ranks.hpp"

namespace sluice::plugins::stremio {
namespace {

struct Row {
  std::string_view name;
  Field field;
};

constexpr Row kFields[] = {
    {"Title", Field::kTitle},
    {"Year", Field::kYear},
    {"Resolution", Field::kResolution},
    {"Quality", Field::kQuality},
    {"Codec", Field::kCodec},
    {"BitDepth", Field::kBitDepth},
    {"HDR", Field::kHdr},
    {"Audio", Field::kAudio},
    {"Channels", Field::kChannels},
    {"Languages", Field::kLanguages},
    {"Subtitles", Field::kSubtitles},
    {"Group", Field::kGroup},
    {"Site", Field::kSite},
    {"Seasons", Field::kSeasons},
    {"Episodes", Field::kEpisodes},
    {"Size", Field::kSize},
    {"Seeders", Field::kSeeders},
    {"IsPrivate", Field::kIsPrivate},
    {"Hash", Field::kHash},
    {"TTitle", Field::kTorrentTitle},
    {"Category", Field::kCategory},
    {"Kind", Field::kKind},
    {"File.Name", Field::kFileName},
    {"File.Idx", Field::kFileIndex},
    {"File.Size", Field::kFileSize},
    {"Indexer.Name", Field::kIndexerName},
    {"Indexer.Host", Field::kIndexerHost},
    {"Store.Code", Field::kStoreCode},
    {"Store.Name", Field::kStoreName},
    {"Store.IsCached", Field::kStoreIsCached},
    {"Store.IsProxied", Field::kStoreIsProxied},
    {"Addon.Name", Field::kAddonName},
};

}  // namespace

std::optional<Field> FieldOf(std::string_view name) {
  const auto* const found = std::ranges::find(kFields, name, &Row::name);
  return found == std::end(kFields) ? std::nullopt : std::optional(found->field);
}

bool IsGroupOfFields(std::string_view name) {
  return std::ranges::any_of(kFields, [&](const Row& row) {
    return row.name.size() > name.size() && row.name.starts_with(name) && row.name[name.size()] == '.';
  });
}

Rank RankOf(Field field) {
  switch (field) {
    case Field::kResolution:
      return Rank::kResolution;
    case Field::kQuality:
      return Rank::kQuality;
    case Field::kSize:
    case Field::kFileSize:
      return Rank::kSize;
    default:
      return Rank::kNone;
  }
}

std::optional<double> RankOf(Rank rank, std::string_view text) {
  if (rank == Rank::kSize) {
    const auto bytes = titles::SizeRank(text);
    return bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt;
  }
  if (rank == Rank::kQuality) return titles::QualityRank(text);
  const int lines = titles::ResolutionRank(text);
  // Releases of 2160 lines are "4k", whatever their names say.
  return lines == 2160 ? 4000 : lines == 4320 ? 8000 : lines;
}

}  // namespace sluice::plugins::stremio

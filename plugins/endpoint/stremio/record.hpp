// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What filter expressions are evaluated over: fields by name, and their values.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace sluice::plugins::stremio {

/// In expressions by the names that FieldOf knows.
enum class Field : std::uint8_t {
  kTitle,
  kYear,
  kResolution,
  kQuality,
  kCodec,
  kBitDepth,
  kHdr,
  kAudio,
  kChannels,
  kLanguages,
  kSubtitles,
  kGroup,
  kSite,
  kSeasons,
  kEpisodes,
  kSize,
  kSeeders,
  kIsPrivate,
  kHash,
  kTorrentTitle,
  kCategory,
  kKind,
  kFileName,
  kFileIndex,
  kFileSize,
  kIndexerName,
  kIndexerHost,
  kStoreCode,
  kStoreName,
  kStoreIsCached,
  kStoreIsProxied,
  kAddonName,
};

/// Nothing ("nil": not known), a truth value, a number, text, or a list of texts or numbers.
using Value = std::variant<std::monostate, bool, double, std::string_view, std::span<const std::string>,
                           std::span<const int>, std::span<const double>>;

/// One stream as expressions see it.
struct Record {
  virtual ~Record() = default;
  /// What the value looks into outlives the evaluation.
  virtual Value Get(Field field) const = 0;
};

/// How a field compares: text by the rank that it stands for, so that "4k" is more than "1080p".
enum class Rank : std::uint8_t { kNone, kResolution, kQuality, kSize };

/// \param name  as expressions write it: "Title", "File.Size".
std::optional<Field> FieldOf(std::string_view name);

/// Whether a field has members, and is nothing by itself: "File".
bool IsGroupOfFields(std::string_view name);

Rank RankOf(Field field);

/// The rank that a text stands for. Nothing: it is none, such as a size without digits; unknown resolutions and
/// qualities are 0. \param rank  not kNone.
std::optional<double> RankOf(Rank rank, std::string_view text);

}  // namespace sluice::plugins::stremio

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The words that say something about a release, as tables: words, value, field, and where they count.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/titles/words.hpp"

namespace sluice::plugins::titles {

/// Which member of Release a word sets. Those from kDubbed on are flags, and their value is empty.
enum class Field : std::uint8_t {
  kNone,  ///< Says nothing that is kept, but is no part of a title either.
  kResolution,
  kQuality,
  kRemux,
  kCodec,
  kBitDepth,
  kHdr,
  kAudio,
  kChannels,
  kThreeD,
  kLanguage,
  kSubtitle,
  kNetwork,
  kEdition,
  kRegion,
  kContainer,
  kReleaseType,
  kDubbed,
  kSubbed,
  kHardcoded,
  kComplete,
  kRepack,
  kProper,
  kRetail,
  kRemastered,
  kUnrated,
  kUncensored,
  kExtended,
  kUpscaled,
  kDocumentary,
  kConvert,
};

/// Where a word counts. Every row has one of the first three, and what else must hold.
enum Rule : unsigned {
  kStrong = 0,            ///< Everywhere: the title ends in front of it.
  kWeak = 1,              ///< Behind the title, directly in front of what ends it, or in brackets of its own.
  kTail = 2,              ///< Behind the title only.
  kUpper = 1U << 2U,      ///< Only in capitals.
  kMixed = 1U << 3U,      ///< Not in small letters, nor with one capital in front: as scene groups write, "iTALiAN".
  kBeforeWeb = 1U << 4U,  ///< Only in front of "WEB", "WEBRip" ...
  kBeside = 1U << 5U,     ///< Only beside another word for a language, or for subtitles.
};

struct Row {
  std::string_view words;  ///< Lower case, one space between words, alternatives divided by "|".
  std::string_view value;
  Field field;
  unsigned rule;
};

/// What stands at a word.
struct Found {
  std::span<const Row* const> rows{};  ///< That share their words and their rule. Empty: nothing.
  std::size_t count = 0;               ///< Of words.
};

/// The longest expression of the tables that begins with word `i`. `rule` of its rows is not looked at but for kUpper,
/// kMixed and kBeforeWeb. Threads: [any].
Found Find(const Words& words, std::size_t i);

/// Whether `word`, in lower case, is in the tables as it stands, for `field`. \returns  its value, or an empty text.
std::string_view ValueOf(std::string_view word, Field field);

std::span<const Row> VideoRows();
std::span<const Row> AudioRows();
std::span<const Row> LanguageRows();
std::span<const Row> NetworkRows();
std::span<const Row> KindRows();

}  // namespace sluice::plugins::titles

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A name that is being read: its words, what was recognised in them, and the release that comes of it.
///
/// Reading has stages, each a function on a Draft: marks are found (FindMarks), the front of the name is looked at for
/// sites and groups (FindFront), numbers that stand alone are taken for episodes (FindBareNumbers), the title's end is
/// decided and with it which marks count (DecideOutline), and what counts is written down (WriteFields, FindGroup).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "common/titles/release.hpp"
#include "common/titles/vocabulary.hpp"
#include "common/titles/words.hpp"

namespace sluice::plugins::titles {

enum class MarkKind : std::uint8_t {
  kVocabulary,
  kChannels,
  kResolution,
  kSeason,
  kEpisode,
  kVolume,
  kDate,
  kYear,
  kCode,
  kSite
};

/// Some words that were recognised.
struct Mark {
  MarkKind kind = MarkKind::kVocabulary;
  unsigned rule = kStrong;  ///< Of Rule.
  std::size_t first = 0;    ///< Word.
  std::size_t last = 0;     ///< Past the last word.
  std::span<const Row* const> rows{};
  std::string_view value{};  ///< kChannels, kResolution: of static storage or of the draft's words.
  int year = 0;              ///< kYear.
  int year_end = 0;
  bool counts = false;  ///< Set by DecideOutline.

  unsigned strength() const { return rule & 3U; }  ///< kStrong, kWeak or kTail.
  bool strong() const { return strength() == kStrong; }
  bool weak() const { return strength() == kWeak; }
  bool numbers() const { return kind == MarkKind::kSeason || kind == MarkKind::kEpisode || kind == MarkKind::kDate; }
};

struct Draft {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  /// \param name  without its extension. \param is_video  it had one, of a video: it is a file, and so one episode.
  Draft(std::string_view name, bool is_video)
      : words(name), file(is_video), title_last(words.size()), mark_of(words.size(), kNone) {}

  void Add(const Mark& mark);
  /// The mark that word `i` belongs to, or null.
  const Mark* At(std::size_t i) const {
    return i >= words.size() || mark_of[i] == kNone ? nullptr : &marks[mark_of[i]];
  }
  bool Free(std::size_t i) const { return At(i) == nullptr; }
  /// Brings `marks` into the order of their words.
  void Sort();
  /// Whether each word inside is part of a mark, and there are some.
  bool AllMarked(const Bracket& bracket) const;

  Words words;
  bool file;
  Release out;
  std::vector<Mark> marks;
  bool fansub = false;               ///< A group in brackets stands in front.
  std::size_t title_first = 0;       ///< Word.
  std::size_t title_last;            ///< Past the last word of the title.
  std::vector<std::size_t> mark_of;  ///< By word, its mark's place in `marks`, or kNone. Kept by Add and Sort.
};

void FindMarks(Draft& draft);
void FindFront(Draft& draft);
void FindBareNumbers(Draft& draft);
void DecideOutline(Draft& draft);
void FindGroup(Draft& draft);
void WriteFields(Draft& draft);

/// Recognisers of what begins with word `i`. They write numbers into `draft.out` and add a mark.
/// \returns  the word behind, or `i`: it is nothing of the kind.
std::size_t TakeDate(Draft& draft, std::size_t i);
std::size_t TakeYear(Draft& draft, std::size_t i);
std::size_t TakeCode(Draft& draft, std::size_t i);     ///< "S01E02", "2x05", "S01-S03".
std::size_t TakeCounted(Draft& draft, std::size_t i);  ///< "Season 1", "Ep. 5", "05 of 12", "第05話".
std::size_t TakeType(Draft& draft, std::size_t i);     ///< "OVA 2", "NCOP1".

}  // namespace sluice::plugins::titles

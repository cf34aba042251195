// SPDX-License-Identifier: MIT
#include "common/titles/draft.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "common/titles/numbers.hpp"

namespace sluice::plugins::titles {
namespace {

struct Size {
  std::string_view words;
  std::string_view resolution;
};

constexpr Size kWidths[] = {{"7680", "4320p"}, {"4096", "4k"},   {"3840", "4k"},  {"2560", "1440p"}, {"1920", "1080p"},
                            {"1280", "720p"},  {"1024", "576p"}, {"960", "540p"}, {"854", "480p"},   {"852", "480p"},
                            {"848", "480p"},   {"720", "480p"},  {"704", "480p"}, {"640", "480p"}};
constexpr Size kHeights[] = {{"4320", "4320p"}, {"2160", "4k"},  {"1440", "1440p"}, {"1080", "1080p"},
                             {"900", "900p"},   {"720", "720p"}, {"640", "640p"},   {"576", "576p"},
                             {"540", "540p"},   {"480", "480p"}, {"404", "404p"},   {"400", "400p"},
                             {"396", "396p"},   {"368", "368p"}, {"360", "360p"},   {"240", "240p"}};

std::string_view Look(std::span<const Size> sizes, std::string_view words) {
  const auto found = std::ranges::find(sizes, words, &Size::words);
  return found == sizes.end() ? std::string_view{} : found->resolution;
}

/// "1080p", "1080i", "1080p60", "1920x1080".
std::string_view ResolutionOf(std::string_view word) {
  const auto letter = word.find_first_of("pix");
  if (letter == std::string_view::npos || letter < 3 || letter > 4) return {};
  const auto rest = word.substr(letter + 1);
  if (word[letter] == 'x') return IsNumber(rest) && rest.size() >= 3 ? Look(kWidths, word.substr(0, letter)) : "";
  if (!rest.empty() && !IsNumber(rest) && rest != "hd" && rest != "x") return {};
  return Look(kHeights, word.substr(0, letter));
}

std::string_view ChannelsOf(std::string_view word) {
  return word.size() >= 3 && word[1] == '.' ? word.substr(0, 3) : std::string_view{};
}

/// "ddp51", "ddp5" in front of "1", "aac2" in front of "0": a codec of sound with channels glued to it.
/// \returns  how many words belong to it; 0: it is none.
std::size_t TakeGluedChannels(Draft& draft, std::size_t i) {
  constexpr std::string_view kChannels[] = {"1.0", "2.0", "2.1", "5.0", "5.1", "6.1", "7.1"};
  const auto word = draft.words.Lower(i);
  const auto letters = word.find_first_of("1234567890");
  if (letters == std::string_view::npos || letters < 2 || word.size() - letters > 2) return 0;
  const auto codec = word.substr(0, letters);
  const bool apart = word.size() - letters == 1;
  if (apart && (i + 1 >= draft.words.size() || draft.words.Lower(i + 1).size() != 1 || draft.words.Gap(i + 1) != " "))
    return 0;
  const char low = apart ? draft.words.Lower(i + 1).front() : word.back();
  for (const auto channels : kChannels) {
    if (channels.front() != word[letters] || channels.back() != low) continue;
    const auto value = codec == "dd" ? "DD" : ValueOf(codec, Field::kAudio);
    if (value.empty()) return 0;
    const std::size_t count = apart ? 2 : 1;
    draft.Add({.kind = MarkKind::kChannels, .first = i, .last = i + count, .value = channels});
    draft.out.audio.emplace_back(value);
    return count;
  }
  return 0;
}

/// "[ABCD1234]".
bool IsCode(const Words& words, std::size_t i) {
  const auto word = words.Text(i);
  const auto bracket = words.BracketOf(i);
  if (word.size() != 8 || bracket == Words::kNoBracket) return false;
  const auto& pair = words.brackets()[bracket];
  const auto hex = [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  return pair.last - pair.first == 1 && std::ranges::all_of(word, hex) &&
         (std::ranges::any_of(word, IsDigit) || words.IsUpper(i));
}

std::size_t TakeVocabulary(Draft& draft, std::size_t i) {
  const auto found = Find(draft.words, i);
  if (found.count == 0) return i;
  draft.Add({.rule = found.rows.front()->rule, .first = i, .last = i + found.count, .rows = found.rows});
  return i + found.count;
}

/// "700mb", "700 MB": how large it is, which the name is not asked for.
std::size_t SizeAt(const Words& words, std::size_t i) {
  auto word = words.Lower(i);
  if (TakeNumber(word, 5) < 0) return 0;
  const bool apart = word.empty() && i + 1 < words.size() && words.Gap(i + 1) == " ";
  if (apart) word = words.Lower(i + 1);
  if (word != "mb" && word != "gb" && word != "mib" && word != "gib") return 0;
  return apart ? 2 : 1;
}

std::size_t TakePicture(Draft& draft, std::size_t i) {
  const auto& words = draft.words;
  if (const auto size = SizeAt(words, i); size > 0) {
    draft.Add({.kind = MarkKind::kCode, .rule = kTail, .first = i, .last = i + size});
    return i + size;
  }
  if (const auto resolution = ResolutionOf(words.Lower(i)); !resolution.empty()) {
    draft.Add({.kind = MarkKind::kResolution, .first = i, .last = i + 1, .value = resolution});
    return i + 1;
  }
  if (const auto channels = ChannelsOf(words.Lower(i)); !channels.empty()) {
    const bool glued = i > 0 && words.Gap(i).empty();
    if (glued && draft.Free(i - 1) && words.Lower(i - 1) == "dd") {
      draft.Add({.kind = MarkKind::kChannels, .first = i - 1, .last = i, .value = channels});
      draft.out.audio.emplace_back("DD");
    }
    draft.Add({.kind = MarkKind::kChannels, .rule = kTail, .first = i, .last = i + 1, .value = channels});
    return i + 1;
  }
  return i + TakeGluedChannels(draft, i);
}

}  // namespace

void Draft::Add(const Mark& mark) {
  for (auto i = mark.first; i < mark.last; ++i) mark_of[i] = marks.size();
  marks.push_back(mark);
}

void Draft::Sort() {
  std::ranges::stable_sort(marks, {}, &Mark::first);
  std::ranges::fill(mark_of, kNone);
  for (std::size_t m = 0; m < marks.size(); ++m)
    for (auto i = marks[m].first; i < marks[m].last; ++i) mark_of[i] = m;
}

bool Draft::AllMarked(const Bracket& bracket) const {
  if (bracket.end == 0 || bracket.first == bracket.last) return false;
  for (auto i = bracket.first; i < bracket.last; ++i)
    if (Free(i)) return false;
  return true;
}

void FindMarks(Draft& draft) {
  const auto& words = draft.words;
  for (std::size_t i = 0; i < words.size();) {
    const auto before = i;
    if (IsCode(words, i) && TakeDate(draft, i) == i) {
      draft.out.episode_code = words.Text(i);
      for (char& c : draft.out.episode_code) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
      draft.Add({.kind = MarkKind::kCode, .first = i, .last = i + 1});
      ++i;
      continue;
    }
    for (const auto take : {TakeDate, TakeCode, TakeCounted, TakeType, TakePicture, TakeYear, TakeVocabulary}) {
      if (draft.Free(i)) i = take(draft, i);
      if (i != before) break;
    }
    if (i == before) i += draft.Free(i) ? 1 : 0;
    if (i == before) i = draft.At(i)->last;
  }
}

}  // namespace sluice::plugins::titles

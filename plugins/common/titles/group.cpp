// SPDX-License-Identifier: MIT
#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <string>

#include "common/titles/draft.hpp"

namespace sluice::plugins::titles {
namespace {

/// Whether word `i` may be a group's name: no mark, or one that is a word like others, "-TBS".
bool MayBeName(const Draft& draft, std::size_t i) {
  const auto* mark = draft.At(i);
  if (mark == nullptr) return true;
  if (mark->rows.empty() || mark->strong()) return false;
  const auto field = mark->rows.front()->field;
  return field == Field::kNone || field == Field::kNetwork || field == Field::kEdition || field == Field::kRegion;
}

bool IsExtra(const Mark* mark) {
  return mark != nullptr && !mark->rows.empty() && mark->rows.front()->field == Field::kReleaseType;
}

std::string TextOf(const Draft& draft, std::size_t first, std::size_t last) {
  const auto begin = draft.words.Begin(first);
  return std::string(draft.words.text().substr(begin, draft.words.End(last - 1) - begin));
}

/// Where the brackets begin that the name ends with: "-GROUP[site]". \returns  a word.
std::size_t InFrontOfLastBrackets(const Draft& draft) {
  const auto& words = draft.words;
  auto end = words.size();
  while (end > draft.title_last && words.BracketOf(end - 1) != Words::kNoBracket) {
    const auto& bracket = words.brackets()[words.BracketOf(end - 1)];
    if (bracket.last != end || bracket.first <= draft.title_last) break;
    end = bracket.first;
  }
  return end;
}

/// What those who copy releases put behind the group.
constexpr std::string_view kCopies[] = {"obfuscated", "scrambled", "xpost", "postbot", "asrequested", "rp", "buymore"};

/// "-GROUP", "-D-Z0N3", "-Group.Name"? at `end`. \returns  its first word, or `end`.
std::size_t FirstOfDashed(const Draft& draft, std::size_t end) {
  const auto& words = draft.words;
  auto first = end;
  for (auto i = end; i-- > draft.title_last;) {
    if (!MayBeName(draft, i) || end - i > 3) break;
    const auto gap = words.Gap(i);
    if (gap == "-")
      first = i;
    else if (gap != "_" && gap != "." && gap != "@" && gap != "!")
      break;
  }
  return first;
}

/// The mark that ends in front of word `i` says how something is coded: what follows may be a group's name.
bool FollowsCoding(const Draft& draft, std::size_t i) {
  const auto* mark = i == 0 ? nullptr : draft.At(i - 1);
  if (mark == nullptr || !mark->counts) return false;
  if (mark->kind == MarkKind::kChannels || mark->kind == MarkKind::kResolution) return true;
  if (mark->rows.empty()) return false;
  const auto field = mark->rows.front()->field;
  return field == Field::kCodec || field == Field::kAudio || field == Field::kBitDepth || field == Field::kHdr ||
         field == Field::kQuality || field == Field::kSubbed || field == Field::kSubtitle || field == Field::kLanguage;
}

/// "[GROUP]" behind marks, or the last word of "(1080p BluRay x265 Group)".
bool TakeFromBrackets(Draft& draft) {
  const auto& words = draft.words;
  for (auto b = words.brackets().size(); b-- > 0;) {
    const auto& bracket = words.brackets()[b];
    if (bracket.end == 0 || bracket.first == bracket.last || bracket.first < draft.title_last || bracket.first == 0)
      continue;
    auto first = bracket.last;
    while (first > bracket.first && draft.Free(first - 1)) --first;
    if (first == bracket.last) continue;
    const bool glued = words.Gap(first) == "(" && bracket.last == words.size();
    const bool whole = first == bracket.first && (glued || words.text()[bracket.begin] == '[') &&
                       bracket.last - first <= 3 && !IsNumber(words.Text(first));
    const bool tail = first > bracket.first && bracket.last - first <= 2 && FollowsCoding(draft, first);
    if (!whole && !tail) continue;
    draft.out.group = TextOf(draft, first, bracket.last);
    return true;
  }
  return false;
}

}  // namespace

void FindGroup(Draft& draft) {
  auto& group = draft.out.group;
  const auto& words = draft.words;
  if (draft.title_last == words.size() && draft.marks.empty()) return;
  auto end = InFrontOfLastBrackets(draft);
  if (end > draft.title_last && words.Gap(end - 1) == "-" &&
      std::ranges::find(kCopies, words.Lower(end - 1)) != std::end(kCopies))
    --end;
  while (end > draft.title_last && IsExtra(draft.At(end - 1))) --end;
  const auto first = FirstOfDashed(draft, end);
  if (first < end && first > 0) {
    if (group.empty()) group = TextOf(draft, first, end);
    for (auto& mark : draft.marks)
      if (mark.first >= first && mark.last <= end) mark.counts = false;
    return;
  }
  if (!group.empty() || TakeFromBrackets(draft)) return;
  if (end > 0 && end > draft.title_last && draft.Free(end - 1) && FollowsCoding(draft, end - 1) &&
      !IsNumber(words.Text(end - 1)) && words.Gap(end - 1).size() == 1)
    group = words.Text(end - 1);
}

}  // namespace sluice::plugins::titles

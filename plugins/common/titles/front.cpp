// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <sluice/sdk/text.hpp>
#include <string>

#include "common/titles/draft.hpp"

namespace sluice::plugins::titles {
namespace {

/// What hosts of sites that share releases end with.
constexpr std::string_view kDomains[] = {
    "com",  "org",  "net",  "info",  "biz",   "me",      "to",      "tv",  "ws",  "cc",   "in",  "se",  "io",
    "site", "xyz",  "eu",   "fr",    "ru",    "nl",      "lol",     "pw",  "mx",  "re",   "am",  "ag",  "li",
    "vip",  "club", "life", "lat",   "lt",    "top",     "fun",     "sx",  "is",  "nu",   "pro", "wtf", "app",
    "fm",   "co",   "uk",   "de",    "es",    "it",      "br",      "pl",  "one", "link", "cx",  "st",  "ink",
    "buzz", "day",  "how",  "world", "party", "example", "invalid", "foo", "bz",  "host", "la",
};

bool IsDomain(std::string_view word) { return std::ranges::find(kDomains, word) != std::end(kDomains); }

/// \returns  past the last word of "www.name.com" at word `i`, or `i`.
std::size_t EndOfWww(const Words& words, std::size_t i) {
  if (words.Lower(i) != "www") return i;
  auto k = i + 1;
  while (k < words.size() && k < i + 6 && words.Gap(k) == ".") {
    ++k;
    if (k >= i + 3 && IsDomain(words.Lower(k - 1))) return k;
  }
  return k == i + 1 ? i : k;
}

/// \returns  past the last word of "name.com" or "sub.name.com" at word `i`, or `i`.
std::size_t EndOfHost(const Words& words, std::size_t i) {
  auto k = i + 1;
  while (k < words.size() && (words.Gap(k) == "." || words.Gap(k) == "-")) ++k;
  return k > i + 1 && words.Gap(k - 1) == "." && IsDomain(words.Lower(k - 1)) ? k : i;
}

void AddSite(Draft& draft, std::size_t first, std::size_t last) {
  const auto begin = draft.words.Begin(first);
  if (draft.out.site.empty()) draft.out.site = draft.words.text().substr(begin, draft.words.End(last - 1) - begin);
  std::erase_if(draft.marks, [&](const Mark& mark) { return mark.first < last && mark.last > first; });
  draft.Sort();
  draft.Add({.kind = MarkKind::kSite, .first = first, .last = last});
  draft.Sort();
}

/// "www.name.com" anywhere, "[name.com]" anywhere, "name.com - " in front.
void FindSites(Draft& draft) {
  const auto& words = draft.words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto bracket = words.BracketOf(i);
    auto end = EndOfWww(words, i);
    if (end == i && bracket != Words::kNoBracket && words.brackets()[bracket].first == i) {
      end = EndOfHost(words, i);
      if (end != words.brackets()[bracket].last) end = i;
    }
    if (end == i && i == 0) {
      end = EndOfHost(words, i);
      if (end == words.size() || !words.AfterSpacedDash(end)) end = i;
    }
    if (end == i) continue;
    AddSite(draft, i, end);
    i = end - 1;
  }
}

/// The brackets that open in front of word `i`, if these are what the word's gap ends with.
const Bracket* OpensAt(const Words& words, std::size_t i) {
  if (i >= words.size() || words.BracketOf(i) == Words::kNoBracket) return nullptr;
  const auto& bracket = words.brackets()[words.BracketOf(i)];
  return bracket.first == i ? &bracket : nullptr;
}

/// "[Group] Title". A bracket that all of the title stands in is none: "[Title] (2019)".
void FindLeadingGroup(Draft& draft) {
  const auto& words = draft.words;
  const auto* bracket = OpensAt(words, draft.title_first);
  if (bracket == nullptr || words.text()[bracket->begin] != '[' || draft.AllMarked(*bracket)) return;
  auto next = bracket->last;
  for (const auto* behind = OpensAt(words, next); behind != nullptr && draft.AllMarked(*behind);
       behind = OpensAt(words, next))
    next = behind->last;
  if (next >= words.size()) return;
  const auto* mark = draft.At(next);
  if (mark != nullptr && mark->strong() && mark->kind != MarkKind::kCode) return;
  draft.out.group = sdk::TrimSpace(words.text().substr(bracket->begin + 1, bracket->end - bracket->begin - 2));
  draft.fansub = true;
  draft.title_first = bracket->last;
  std::erase_if(draft.marks, [&](const Mark& m) { return m.first >= bracket->first && m.last <= bracket->last; });
  for (auto& m : draft.marks)
    if (m.kind == MarkKind::kVolume) m.rule = kStrong;
  draft.Sort();
}

/// What says something stands in front of the title: brackets of marks, "1080p", a site.
void SkipMarks(Draft& draft) {
  const auto& words = draft.words;
  for (auto i = draft.title_first; i < words.size(); draft.title_first = i) {
    const auto* bracket = OpensAt(words, i);
    const auto* mark = draft.At(i);
    if (bracket != nullptr && draft.AllMarked(*bracket)) {
      i = bracket->last;
    } else if (mark != nullptr && mark->strong() &&
               (mark->kind == MarkKind::kResolution || mark->kind == MarkKind::kSite || mark->kind == MarkKind::kDate ||
                (!mark->rows.empty() && mark->rows.front()->field == Field::kResolution))) {
      i = mark->last;
    } else {
      return;
    }
  }
}

}  // namespace

void FindFront(Draft& draft) {
  FindSites(draft);
  SkipMarks(draft);
  FindLeadingGroup(draft);
  SkipMarks(draft);
  const auto free = [&](std::size_t i) { return draft.Free(i) || draft.At(i)->kind == MarkKind::kYear; };
  for (auto i = draft.title_first; i < draft.words.size(); ++i)
    if (free(i)) return;
  if (draft.fansub) return;
  draft.title_first = 0;  // nothing but marks
}

}  // namespace sluice::plugins::titles

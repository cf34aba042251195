// SPDX-License-Identifier: MIT
#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <span>
#include <string>
#include <vector>

#include "common/titles/draft.hpp"
#include "common/titles/numbers.hpp"

namespace sluice::plugins::titles {
namespace {

constexpr std::string_view kHdrOrder[] = {"DV", "HDR10+", "HDR", "HLG", "SDR"};
constexpr std::string_view kAudioOrder[] = {"Atmos", "TrueHD", "DTS Lossless", "DTS Lossy", "DDP", "DD",
                                            "FLAC",  "PCM",    "OPUS",         "AAC",       "MP3", "Vorbis"};

struct Flag {
  Field field;
  bool Release::*member;
};

constexpr Flag kFlags[] = {
    {Field::kDubbed, &Release::dubbed},           {Field::kSubbed, &Release::subbed},
    {Field::kHardcoded, &Release::hardcoded},     {Field::kComplete, &Release::complete},
    {Field::kRepack, &Release::repack},           {Field::kProper, &Release::proper},
    {Field::kRetail, &Release::retail},           {Field::kRemastered, &Release::remastered},
    {Field::kUnrated, &Release::unrated},         {Field::kUncensored, &Release::uncensored},
    {Field::kExtended, &Release::extended},       {Field::kUpscaled, &Release::upscaled},
    {Field::kDocumentary, &Release::documentary}, {Field::kConvert, &Release::convert},
};

struct List {
  Field field;
  std::vector<std::string> Release::*member;
};

constexpr List kLists[] = {
    {Field::kHdr, &Release::hdr},
    {Field::kAudio, &Release::audio},
    {Field::kChannels, &Release::channels},
    {Field::kLanguage, &Release::languages},
    {Field::kSubtitle, &Release::subtitles},
    {Field::kReleaseType, &Release::release_types},
};

struct Text {
  Field field;
  std::string Release::*member;
};

constexpr Text kTexts[] = {
    {Field::kResolution, &Release::resolution}, {Field::kQuality, &Release::quality},
    {Field::kCodec, &Release::codec},           {Field::kBitDepth, &Release::bit_depth},
    {Field::kNetwork, &Release::network},       {Field::kEdition, &Release::edition},
    {Field::kRegion, &Release::region},         {Field::kContainer, &Release::container},
};

void AddText(std::vector<std::string>& list, std::string_view text) {
  if (std::ranges::find(list, text) == list.end()) list.emplace_back(text);
}

bool Has(const Mark& mark, Field field) {
  return std::ranges::any_of(mark.rows, [&](const Row* row) { return row->field == field; });
}

/// Whether the mark names one language, and not how many.
bool NamesLanguage(const Mark& mark) {
  return mark.counts && Has(mark, Field::kLanguage) && mark.rows.front()->value.find(' ') == std::string_view::npos;
}

/// Which marks of languages say what the subtitles are in: behind "Sub", or else the one in front of it.
std::vector<bool> FindSubtitles(const std::vector<Mark>& marks) {
  std::vector<bool> subtitles(marks.size(), false);
  for (std::size_t m = 0; m < marks.size(); ++m) {
    if (!marks[m].counts || marks[m].rows.size() != 1 || marks[m].rows.front()->field != Field::kSubbed) continue;
    auto k = m + 1;
    for (; k < marks.size() && NamesLanguage(marks[k]) && marks[k].first == marks[k - 1].last; ++k) subtitles[k] = true;
    if (k == m + 1 && m > 0 && NamesLanguage(marks[m - 1]) && marks[m - 1].last == marks[m].first)
      subtitles[m - 1] = true;
  }
  return subtitles;
}

void WriteRow(Release& out, const Row& row, bool as_subtitle) {
  const auto field = as_subtitle && row.field == Field::kLanguage ? Field::kSubtitle : row.field;
  for (const auto& flag : kFlags)
    if (flag.field == field) out.*flag.member = true;
  for (const auto& list : kLists)
    if (list.field == field) AddText(out.*list.member, row.value);
  if (field == Field::kThreeD && row.value.size() > out.three_d.size()) out.three_d = row.value;
}

/// What has one value: numbers before words, and certain words before others.
void WriteTexts(Release& out, const std::vector<Mark>& marks, unsigned strength) {
  for (const auto& mark : marks) {
    if (!mark.counts || mark.strength() != strength) continue;
    if (mark.kind == MarkKind::kResolution && out.resolution.empty()) out.resolution = mark.value;
  }
  for (const auto& mark : marks) {
    if (!mark.counts || mark.strength() != strength) continue;
    for (const auto* row : mark.rows)
      for (const auto& text : kTexts)
        if (text.field == row->field && (out.*text.member).empty()) out.*text.member = row->value;
  }
}

void WriteRemux(Release& out, const std::vector<Mark>& marks) {
  const auto is_remux = [](const Mark& mark) { return mark.counts && Has(mark, Field::kRemux); };
  if (!std::ranges::any_of(marks, is_remux) || out.quality.find("REMUX") != std::string::npos) return;
  if (out.quality.starts_with("DVD"))
    out.quality = "DVD REMUX";
  else if (out.quality.starts_with("WEB") || out.quality == "HDTV")
    out.quality += " REMUX";
  else
    out.quality = "BluRay REMUX";
}

void SortBy(std::span<const std::string_view> order, std::vector<std::string>& list) {
  const auto place = [&](const std::string& text) { return std::ranges::find(order, text) - order.begin(); };
  std::ranges::stable_sort(list, {}, place);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

void SortNumbers(std::vector<int>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

/// "Title (" to "Title"; brackets that lost their other half go too.
std::string Trimmed(std::string text) {
  for (const auto& [open, close] : {std::pair('(', ')'), std::pair('[', ']'), std::pair('{', '}')}) {
    std::vector<std::size_t> opened;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == open) opened.push_back(i);
      if (text[i] != close) continue;
      if (opened.empty())
        text[i] = ' ';
      else
        opened.pop_back();
    }
    for (const auto i : opened) text[i] = ' ';
  }
  constexpr std::string_view kEdge = " -_.,:;|/\\~+=@#*&'\"";
  const auto first = text.find_first_not_of(" -_.,:;|/\\~+=@*&'\"");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kEdge) - first + 1);
}

/// With single spaces between words. Dots are spaces too, unless the name has others.
std::string Readable(std::string_view text) {
  const bool spaced = text.find(' ') != std::string_view::npos;
  std::string out;
  for (const char c : text) {
    const char readable = c == '_' || (c == '.' && !spaced) || (c == '+' && !spaced) ? ' ' : c;
    if (readable != ' ' || (!out.empty() && out.back() != ' ')) out += readable;
  }
  return Trimmed(std::move(out));
}

/// Where a further title begins in `text`, and how long what divides them is.
std::pair<std::size_t, std::size_t> FindDivider(std::string_view text) {
  std::pair<std::size_t, std::size_t> found{std::string_view::npos, 0};
  for (const std::string_view divider : {" / ", " | ", " AKA ", " aka ", " Aka ", " a.k.a. "})
    if (const auto at = text.find(divider); at < found.first) found = {at, divider.size()};
  return found;
}

void WriteTitle(Draft& draft) {
  const auto begin = draft.title_first == 0 ? 0 : draft.words.Begin(draft.title_first);
  const auto end = draft.words.Begin(draft.title_last);
  const auto text = draft.words.text().substr(begin, end > begin ? end - begin : 0);
  const auto readable = draft.title_first < draft.title_last ? Readable(text) : std::string{};
  std::string_view rest = readable;
  while (!rest.empty()) {
    const auto [at, length] = FindDivider(rest);
    auto title = Trimmed(std::string(rest.substr(0, at)));
    if (draft.out.title.empty())
      draft.out.title = std::move(title);
    else if (!title.empty() && title != draft.out.title)
      AddText(draft.out.other_titles, title);
    rest.remove_prefix(std::min(rest.size(), at == std::string_view::npos ? rest.size() : at + length));
  }
}

void WriteNumbers(Draft& draft) {
  for (auto i = draft.title_first; i < draft.words.size(); ++i) {
    const auto word = draft.words.Lower(i);
    const auto* mark = draft.At(i);
    const bool explained = mark != nullptr && (mark->kind != MarkKind::kYear || mark->year == draft.out.year);
    if (!explained && IsNumber(word) && word.size() <= 4) draft.out.numbers.push_back(ToNumber(word));
  }
}

}  // namespace

void WriteFields(Draft& draft) {
  auto& out = draft.out;
  const auto subtitles = FindSubtitles(draft.marks);
  for (std::size_t m = 0; m < draft.marks.size(); ++m) {
    const auto& mark = draft.marks[m];
    if (!mark.counts) continue;
    for (const auto* row : mark.rows) WriteRow(out, *row, subtitles[m]);
    if (mark.kind == MarkKind::kChannels) AddText(out.channels, mark.value);
  }
  for (const unsigned strength : {kStrong, kWeak, kTail}) WriteTexts(out, draft.marks, strength);
  WriteRemux(out, draft.marks);
  WriteTitle(draft);
  WriteNumbers(draft);
  SortBy(kHdrOrder, out.hdr);
  SortBy(kAudioOrder, out.audio);
  for (auto* list : {&out.seasons, &out.episodes, &out.absolute, &out.volumes}) SortNumbers(*list);
  const auto several = [](const std::string& language) {
    return language == "multi audio" || language == "dual audio";
  };
  out.dubbed = out.dubbed || std::ranges::any_of(out.languages, several);
  out.subbed = out.subbed || !out.subtitles.empty();
}

}  // namespace sluice::plugins::titles

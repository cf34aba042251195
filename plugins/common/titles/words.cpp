// SPDX-License-Identifier: MIT
#include "common/titles/words.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>

#include "common/titles/release.hpp"

namespace sluice::plugins::titles {
namespace {

struct Replacement {
  std::string_view from;
  char to;
};

constexpr Replacement kPunctuation[] = {
    {"\u00a0", ' '}, {"\u00b7", ' '}, {"\u2010", '-'},  {"\u2011", '-'},  {"\u2012", '-'}, {"\u2013", '-'},
    {"\u2014", '-'}, {"\u2015", '-'}, {"\u2018", '\''}, {"\u2019", '\''}, {"\u201c", '"'}, {"\u201d", '"'},
    {"\u2022", ' '}, {"\u2026", ' '}, {"\u3000", ' '},  {"\u3010", '['},  {"\u3011", ']'}, {"\u301c", '~'},
    {"\uff01", '!'}, {"\uff08", '('}, {"\uff09", ')'},  {"\uff0c", ','},  {"\uff1a", ':'}, {"\uff1f", '?'},
    {"\uff3b", '['}, {"\uff3d", ']'}, {"\uff5e", '~'},  {"\u300c", ' '},  {"\u300d", ' '}, {"\u2605", ' '},
};

/// Words whose plus sign is not a separator: "DD+", "HDR10+".
constexpr std::string_view kPlusWords[] = {"dd", "hdr10", "disney", "paramount"};

/// How many octets at `at` a replaceable character has.
const Replacement* ReplacementAt(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0xC2) return nullptr;
  for (const auto& replacement : kPunctuation)
    if (text.substr(at).starts_with(replacement.from)) return &replacement;
  return nullptr;
}

std::string Prepared(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (std::size_t i = 0; i < name.size();) {
    if (const auto* replacement = ReplacementAt(name, i)) {
      out += replacement->to;
      i += replacement->from.size();
    } else {
      out += sdk::IsControlOrSpace(name[i]) || name[i] == 0x7f ? ' ' : name[i];
      ++i;
    }
  }
  return out;
}

/// Whether "5.1" or its like stands at `at`, and no longer number: "1.0" to "9.1".
bool IsChannelsAt(std::string_view text, std::size_t at) {
  if (at + 3 > text.size() || text[at] < '1' || text[at] > '9' || text[at + 1] != '.') return false;
  if (text[at + 2] < '0' || text[at + 2] > '1' || (at > 0 && IsDigit(text[at - 1]))) return false;
  const auto rest = text.substr(at + 3);
  return rest.empty() || !IsWordOctet(rest.front()) || sdk::EqualsIgnoreCase(rest.substr(0, 2), "ch");
}

char ClosingOf(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

}  // namespace

std::string_view CutUtf8(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  auto cut = most;
  while (cut > 0 && most - cut < 4 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return text.substr(0, cut);
}

Words::Words(std::string_view name) : text_(Prepared(CutUtf8(name, kMaxNameBytes))), lower_(sdk::LowerCase(text_)) {
  words_.reserve(32);
  std::size_t open[8] = {};
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text_.size();) {
    const char c = text_[i];
    if ((c == '(' || c == '[' || c == '{') && depth < std::size(open)) {
      open[depth++] = brackets_.size();
      brackets_.push_back({.begin = i, .first = words_.size()});
    } else if (depth > 0 && c == ClosingOf(text_[brackets_[open[depth - 1]].begin])) {
      auto& bracket = brackets_[open[--depth]];
      bracket.end = i + 1;
      bracket.last = words_.size();
    }
    if (!IsWordOctet(c)) {
      ++i;
      continue;
    }
    const auto end = WordEnd(i);
    words_.push_back({.begin = i, .end = end, .bracket = depth > 0 ? open[depth - 1] : kNoBracket});
    i = end;
  }
  ForgetOpenBrackets();
}

std::size_t Words::WordEnd(std::size_t begin) const {
  if (IsChannelsAt(text_, begin)) return begin + (begin + 3 < text_.size() && IsWordOctet(text_[begin + 3]) ? 5 : 3);
  auto end = begin + 1;
  while (end < text_.size() && IsWordOctet(text_[end]) && !IsChannelsAt(text_, end)) ++end;
  const auto word = View(lower_, begin, end);
  if (end < text_.size() && text_[end] == '+' && std::ranges::find(kPlusWords, word) != std::end(kPlusWords)) ++end;
  return end;
}

void Words::ForgetOpenBrackets() {
  for (auto& word : words_)
    if (word.bracket != kNoBracket && brackets_[word.bracket].end == 0) word.bracket = kNoBracket;
}

bool Words::IsUpper(std::size_t i) const {
  const auto word = Text(i);
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return std::ranges::none_of(word, small) && std::ranges::any_of(word, capital);
}

bool Words::AfterSpacedDash(std::size_t i) const {
  const auto gap = Gap(i);
  const auto dash = gap.find('-');
  constexpr std::string_view kSpaces = " _.";
  return dash != std::string_view::npos && dash > 0 && dash + 1 < gap.size() &&
         kSpaces.find(gap[dash - 1]) != std::string_view::npos && kSpaces.find(gap[dash + 1]) != std::string_view::npos;
}

bool Words::Near(std::size_t i) const {
  const auto gap = Gap(i);
  return gap.size() <= 3 && gap.find_first_of("()[]{}") == std::string_view::npos;
}

}  // namespace sluice::plugins::titles

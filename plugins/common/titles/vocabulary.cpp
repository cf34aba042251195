// SPDX-License-Identifier: MIT
#include "common/titles/vocabulary.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::plugins::titles {
namespace {

/// One spelling of a row.
struct Spelling {
  std::string_view words;
  std::size_t count;
  const Row* row;
};

/// All tables, by the first word of each spelling; longer spellings stand before shorter ones.
class Index {
 public:
  Index() {
    std::vector<Spelling> spellings;
    for (const auto rows : {VideoRows(), AudioRows(), LanguageRows(), NetworkRows(), KindRows()})
      for (const auto& row : rows) AddTo(spellings, row);
    std::ranges::stable_sort(spellings, [](const Spelling& a, const Spelling& b) {
      const auto key = [](const Spelling& s) {
        return std::tuple(FirstWord(s.words), -static_cast<int>(s.count), s.words);
      };
      return key(a) < key(b);
    });
    rows_.reserve(spellings.size());
    for (const auto& spelling : spellings) {
      rows_.push_back(spelling.row);
      auto& entries = entries_[FirstWord(spelling.words)];
      const bool together = !entries.empty() && entries.back().words == spelling.words &&
                            rows_[entries.back().first]->rule == spelling.row->rule;
      if (!together) entries.push_back({spelling.words, spelling.count, rows_.size() - 1, 0});
      ++entries.back().rows;
    }
  }

  struct Entry {
    std::string_view words;
    std::size_t count;
    std::size_t first;
    std::size_t rows;
  };

  std::span<const Entry> StartingWith(std::string_view word) const {
    const auto found = entries_.find(word);
    return found == entries_.end() ? std::span<const Entry>{} : std::span<const Entry>(found->second);
  }
  std::span<const Row* const> RowsOf(const Entry& entry) const {
    return std::span<const Row* const>(rows_).subspan(entry.first, entry.rows);
  }

 private:
  static std::string_view FirstWord(std::string_view words) { return words.substr(0, words.find(' ')); }
  static void AddTo(std::vector<Spelling>& spellings, const Row& row) {
    auto rest = row.words;
    while (!rest.empty()) {
      const auto words = sdk::TakeUpTo(rest, '|');
      const auto spaces = static_cast<std::size_t>(std::ranges::count(words, ' '));
      spellings.push_back({.words = words, .count = spaces + 1, .row = &row});
    }
  }

  std::vector<const Row*> rows_;
  std::unordered_map<std::string_view, std::vector<Entry>> entries_;
};

const Index& Tables() {
  static const Index kIndex;
  return kIndex;
}

/// Whether the words from `i` on read as `expression`, with one octet or none between them.
bool Reads(const Words& words, std::size_t i, std::string_view expression, std::size_t count) {
  if (i + count > words.size()) return false;
  for (std::size_t k = 0; k < count; ++k) {
    if (k > 0 && (words.Gap(i + k).size() > 1 || !words.Near(i + k))) return false;
    if (words.Lower(i + k) != sdk::TakeUpTo(expression, ' ')) return false;
  }
  return true;
}

bool IsWeb(std::string_view word) { return word.starts_with("web"); }

/// "French", "french"; not "FRENCH", "FRENCh".
bool IsPlain(std::string_view word) {
  return std::ranges::none_of(word.substr(1), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool Allowed(const Words& words, std::size_t i, std::size_t count, unsigned rule) {
  if ((rule & kBeforeWeb) != 0 && (i + count >= words.size() || !IsWeb(words.Lower(i + count)))) return false;
  for (auto k = i; k < i + count; ++k) {
    if ((rule & kUpper) != 0 && !words.IsUpper(k) && !IsNumber(words.Text(k))) return false;
    if ((rule & kMixed) != 0 && IsPlain(words.Text(k))) return false;
  }
  return true;
}

}  // namespace

Found Find(const Words& words, std::size_t i) {
  const auto& tables = Tables();
  for (const auto& entry : tables.StartingWith(words.Lower(i))) {
    if (!Reads(words, i, entry.words, entry.count)) continue;
    const auto rows = tables.RowsOf(entry);
    if (Allowed(words, i, entry.count, rows.front()->rule)) return {.rows = rows, .count = entry.count};
  }
  return {};
}

std::string_view ValueOf(std::string_view word, Field field) {
  const auto& tables = Tables();
  for (const auto& entry : tables.StartingWith(word))
    for (const auto* row : tables.RowsOf(entry))
      if (entry.count == 1 && row->field == field) return row->value;
  return {};
}

}  // namespace sluice::plugins::titles

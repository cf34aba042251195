// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The name of a release as words, what stands between them, and brackets.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::titles {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Octets beyond ASCII count as letters.
constexpr bool IsWordOctet(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Whether there is something, and nothing but digits.
constexpr bool IsNumber(std::string_view text) {
  for (const char c : text)
    if (!IsDigit(c)) return false;
  return !text.empty();
}

/// The longest front of `text` that has at most `most` octets and ends with a whole UTF-8 character.
std::string_view CutUtf8(std::string_view text, std::size_t most);

/// A pair of brackets: "(", "[" or "{".
struct Bracket {
  std::size_t begin = 0;  ///< Where the opening one stands in the text.
  std::size_t end = 0;    ///< Past the closing one. 0: it is not closed.
  std::size_t first = 0;  ///< The first word inside.
  std::size_t last = 0;   ///< Past the last word inside.
};

/// Words are letters and digits. "5.1" and its like are one word, cut off a word that they are glued to ("DDP5.1").
class Words {
 public:
  static constexpr std::size_t kNoBracket = static_cast<std::size_t>(-1);

  /// \param name  at most kMaxNameBytes are read. Dashes, quotes and brackets beyond ASCII are replaced by ASCII ones.
  explicit Words(std::string_view name);

  std::size_t size() const { return words_.size(); }
  std::string_view text() const { return text_; }
  std::string_view Text(std::size_t i) const { return View(text_, words_[i].begin, words_[i].end); }
  std::string_view Lower(std::size_t i) const { return View(lower_, words_[i].begin, words_[i].end); }
  /// What stands in front of word `i`; of size(), behind the last.
  std::string_view Gap(std::size_t i) const { return View(text_, EndOf(i), BeginOf(i)); }
  std::size_t Begin(std::size_t i) const { return BeginOf(i); }
  std::size_t End(std::size_t i) const { return words_[i].end; }

  /// The innermost closed pair that word `i` stands in, or kNoBracket.
  std::size_t BracketOf(std::size_t i) const { return words_[i].bracket; }
  const std::vector<Bracket>& brackets() const { return brackets_; }

  /// Whether word `i` has capital letters and no small ones.
  bool IsUpper(std::size_t i) const;
  /// Whether a dash stands in front of word `i` that has white space, dots or underscores on both sides.
  bool AfterSpacedDash(std::size_t i) const;
  /// Whether words `i - 1` and `i` may be parts of one expression: few octets between them, and no bracket.
  bool Near(std::size_t i) const;

 private:
  struct Word {
    std::size_t begin;
    std::size_t end;
    std::size_t bracket;
  };

  static std::string_view View(std::string_view text, std::size_t begin, std::size_t end) {
    return text.substr(begin, end - begin);
  }
  std::size_t BeginOf(std::size_t i) const { return i < words_.size() ? words_[i].begin : text_.size(); }
  std::size_t EndOf(std::size_t i) const { return i == 0 ? 0 : words_[i - 1].end; }
  std::size_t WordEnd(std::size_t begin) const;
  void ForgetOpenBrackets();

  std::string text_;
  std::string lower_;
  std::vector<Word> words_;
  std::vector<Bracket> brackets_;
};

}  // namespace sluice::plugins::titles

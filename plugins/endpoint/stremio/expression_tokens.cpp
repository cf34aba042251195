// SPDX-License-Identifier: MIT
#include "expression_tokens.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <utility>

namespace sluice::plugins::stremio {
namespace {

/// The longer ones first.
constexpr std::string_view kSigns[] = {"==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(",
                                       ")",  "[",  "]",  "{",  "}",  ",",  "?", ":", "#", "-"};

/// What a double holds without loss.
constexpr std::size_t kMaxDigits = 15;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameStart(char c) { return (sdk::LowerLetter(c) >= 'a' && sdk::LowerLetter(c) <= 'z') || c == '_'; }
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }

class Scanner {
 public:
  explicit Scanner(std::string_view source) : source_(source) {}

  sdk::Result<Token> Next() {
    while (at_ < source_.size() && IsSpace(source_[at_])) ++at_;
    Token token{.at = at_};
    if (at_ == source_.size()) return token;
    const char c = source_[at_];
    if (c == '"' || c == '\'') return Text(std::move(token));
    if (IsDigit(c)) return Number(std::move(token));
    if (IsNameStart(c)) return Name(std::move(token));
    for (const auto sign : kSigns) {
      if (!source_.substr(at_).starts_with(sign)) continue;
      token.kind = Token::Kind::kSign;
      token.text = sign;
      at_ += sign.size();
      return token;
    }
    return Fault(at_, "an operand or an operator");
  }

 private:
  static bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  sdk::Error Fault(std::size_t at, std::string_view wanted) const { return ExpressionFault(source_, at, wanted); }
  char Peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }

  sdk::Result<Token> Text(Token token) {
    token.kind = Token::Kind::kText;
    const char quote = source_[at_++];
    for (; at_ < source_.size(); ++at_) {
      const char c = source_[at_];
      if (c == quote) {
        ++at_;
        return token;
      }
      if (c != '\\') {
        token.text += c;
        continue;
      }
      const char escaped = Peek(1);
      constexpr std::string_view kLetters = "nrt\\'\"";
      constexpr std::string_view kMeaning = "\n\r\t\\'\"";
      const auto found = kLetters.find(escaped);
      if (escaped == '\0' || found == std::string_view::npos) return Fault(at_, R"(n, r, t, \, ' or " after \)");
      token.text += kMeaning[found];
      ++at_;
    }
    return Fault(token.at, "text with a quote at its end");
  }

  sdk::Result<Token> Number(Token token) {
    token.kind = Token::Kind::kNumber;
    std::size_t digits = 0;
    for (; IsDigit(Peek()); ++at_, ++digits) token.number = token.number * 10 + (Peek() - '0');
    if (Peek() == '.' && IsDigit(Peek(1))) {
      double place = 1;
      double fraction = 0;
      for (++at_; IsDigit(Peek()); ++at_, ++digits, place *= 10) fraction = fraction * 10 + (Peek() - '0');
      token.number += fraction / place;
    }
    if (digits > kMaxDigits) return Fault(token.at, "a number of at most 15 digits");
    if (IsNamePart(Peek())) return Fault(at_, "an operator; sizes and resolutions stand in quotes");
    return token;
  }

  sdk::Result<Token> Name(Token token) {
    token.kind = Token::Kind::kName;
    while (IsNamePart(Peek()) || (Peek() == '.' && IsNameStart(Peek(1)))) token.text += source_[at_++];
    return token;
  }

  std::string_view source_;
  std::size_t at_ = 0;
};

}  // namespace

sdk::Error ExpressionFault(std::string_view source, std::size_t at, std::string_view wanted) {
  std::size_t place = 1;
  for (auto front = source.substr(0, at); !front.empty(); ++place) sdk::TakeCharacter(front);
  return {.code = sdk::Errc::kInvalidArgument,
          .message = "filter: character " + std::to_string(place) + ": want " + std::string(wanted)};
}

sdk::Result<std::vector<Token>> Tokens(std::string_view source) {
  std::vector<Token> out;
  Scanner scanner(source);
  do {
    auto token = scanner.Next();
    if (!token) return std::move(token).error();
    out.push_back(*std::move(token));
  } while (out.back().kind != Token::Kind::kEnd);
  return out;
}

}  // namespace sluice::plugins::stremio

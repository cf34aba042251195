// SPDX-License-Identifier: MIT
#include "indexer/common/question.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <utility>

namespace sluice::plugins::indexer {
namespace {

constexpr std::size_t kMaxTextBytes = 500;
constexpr std::size_t kMaxTitles = 3;
constexpr std::size_t kMaxIdDigits = 10;
constexpr char kBetween = '\x1f';  // no text holds it

sdk::Error Invalid(const char* message) { return {.code = sdk::Errc::kInvalidArgument, .message = message}; }

bool IsImdbId(std::string_view text) {
  return text.starts_with("tt") && text.size() > 2 && text.size() <= 2 + kMaxIdDigits &&
         text.find_first_not_of("0123456789", 2) == std::string_view::npos;
}

/// Line breaks and the like are spaces to every index.
std::string Cleaned(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), sdk::IsControlOrSpace, ' ');
  return std::string(sdk::TrimSpace(out));
}

std::string Numbered(char letter, std::uint32_t number) {
  std::string out(1, letter);
  if (number < 10) out += '0';
  return out + std::to_string(number);
}

void AddTexts(const Question& question, const std::string& title, std::vector<SearchText>& out) {
  if (!question.is_series()) return out.push_back({.words = title, .year = question.year});
  if (question.season) {
    const auto season = title + " " + Numbered('S', *question.season);
    if (question.episode) out.push_back({.words = season + Numbered('E', *question.episode)});
    out.push_back({.words = season});
  } else if (question.episode) {
    // Absolute numbers, as anime has them.
    out.push_back({.words = title + " " + (*question.episode < 10 ? "0" : "") + std::to_string(*question.episode)});
  }
  out.push_back({.words = title});
}

}  // namespace

sdk::Result<Question> ReadQuestion(const sdk::Query& query) {
  if (query.text.empty() && query.imdb_id.empty() && query.titles.empty()) {
    return Invalid("want a text, a title or an IMDb id");
  }
  if (!query.imdb_id.empty() && !IsImdbId(query.imdb_id)) return Invalid("imdb_id: want tt and digits");
  if (query.text.size() > kMaxTextBytes) return Invalid("text: want at most 500 octets");
  Question question{.text = Cleaned(query.text),
                    .imdb_id = std::string(query.imdb_id),
                    .season = query.season,
                    .episode = query.episode,
                    .kind = query.kind,
                    .year = query.year};
  if (question.kind == sdk::TitleKind::kMovie) question.season = question.episode = std::nullopt;
  for (const auto title : query.titles) {
    if (title.size() > kMaxTextBytes) return Invalid("titles: want at most 500 octets each");
    auto cleaned = Cleaned(title);
    const bool is_known = std::any_of(question.titles.begin(), question.titles.end(),
                                      [&](const auto& other) { return sdk::EqualsIgnoreCase(other, cleaned); });
    if (!cleaned.empty() && !is_known && question.titles.size() < kMaxTitles) {
      question.titles.push_back(std::move(cleaned));
    }
  }
  if (question.text.empty() && question.imdb_id.empty() && question.titles.empty()) {
    return Invalid("want a text or a title that is more than white space");
  }
  return question;
}

std::string IdOf(const Question& question) {
  const auto number = [](const std::optional<std::uint32_t>& value) { return value ? std::to_string(*value) : "-"; };
  std::string id = std::to_string(static_cast<unsigned>(question.kind));
  for (const auto& part : {question.text, question.imdb_id, number(question.season), number(question.episode),
                           std::to_string(question.year)}) {
    id.append(1, kBetween).append(part);
  }
  for (const auto& title : question.titles) id.append(1, kBetween).append(title);
  return id;
}

std::vector<SearchText> TextsOf(const Question& question) {
  std::vector<SearchText> texts;
  if (!question.text.empty()) texts.push_back({.words = question.text});
  for (const auto& title : question.titles) AddTexts(question, title, texts);
  std::vector<SearchText> distinct;
  for (auto& text : texts) {
    if (std::find(distinct.begin(), distinct.end(), text) == distinct.end()) distinct.push_back(std::move(text));
  }
  return distinct;
}

}  // namespace sluice::plugins::indexer

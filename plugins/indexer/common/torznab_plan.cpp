// SPDX-License-Identifier: MIT
#include "indexer/common/torznab_plan.hpp"

#include <algorithm>
#include <sluice/sdk/url.hpp>

namespace sluice::plugins::indexer {
namespace {

using sdk::TitleKind;

/// "&cat=2000&limit=100". An index that has none of the categories files its films elsewhere: it is asked without.
std::string CommonOf(const Caps& caps, std::vector<std::uint32_t> wanted, bool is_default) {
  const auto has = [&](std::uint32_t category) {
    return std::any_of(caps.categories.begin(), caps.categories.end(),
                       [&](std::uint32_t own) { return own / 1000 == category / 1000; });
  };
  if (is_default && !caps.categories.empty()) std::erase_if(wanted, [&](std::uint32_t one) { return !has(one); });
  std::string out;
  for (const auto category : wanted) out.append(out.empty() ? "&cat=" : ",").append(std::to_string(category));
  return out + "&limit=" + std::to_string(caps.max);
}

void AddById(const char* name, const Function& function, const Question& question, const std::string& common,
             bool is_film, std::vector<TorznabRequest>& out) {
  if (!function.available || !function.imdb_id) return;
  TorznabRequest request{.parameters = std::string("t=") + name + "&imdbid=" + question.imdb_id, .exact = is_film};
  if (!is_film && question.season && function.season) {
    request.parameters += "&season=" + std::to_string(*question.season);
    if (question.episode && function.episode) {
      request.parameters += "&ep=" + std::to_string(*question.episode);
      request.exact = true;
    }
  }
  request.parameters += common;
  out.push_back(std::move(request));
}

/// Section 6.2's choice of one function; where the kind is not known, that of films and that of series.
void AddByIds(const Caps& caps, const Question& question, const std::string& common, std::vector<TorznabRequest>& out) {
  if (question.imdb_id.empty() || question.kind == TitleKind::kAnime) return;
  const bool is_series = question.is_series();
  const bool is_open = question.kind == TitleKind::kAny && !is_series;
  if ((is_series || is_open) && caps.tv.available) AddById("tvsearch", caps.tv, question, common, false, out);
  if (!is_series && caps.movie.available) AddById("movie", caps.movie, question, common, true, out);
  if (is_series ? caps.tv.available : caps.movie.available) return;
  AddById("search", caps.search, question, common, question.kind == TitleKind::kMovie, out);
}

void AddText(const Caps& caps, const Question& question, const SearchText& text, const std::string& common,
             std::vector<TorznabRequest>& out) {
  const auto add = [&](const char* name, const std::string& words, std::uint32_t year) {
    std::string parameters = std::string("t=") + name + "&q=" + sdk::PercentEncode(words);
    if (year != 0) parameters += "&year=" + std::to_string(year);
    out.push_back({.parameters = parameters + common});
  };
  if (text.year != 0 && caps.movie.available && caps.movie.q && caps.movie.year) {
    return add("movie", text.words, text.year);
  }
  if (caps.search.available) {
    return caps.search.year ? add("search", text.words, text.year) : add("search", text.whole(), 0);
  }
  const auto& function = question.is_series() ? caps.tv : caps.movie;
  if (function.available && function.q) add(question.is_series() ? "tvsearch" : "movie", text.whole(), 0);
}

}  // namespace

std::vector<TorznabRequest> PlanOf(const Caps& caps, const Question& question,
                                   const std::vector<std::uint32_t>& categories) {
  const bool is_default = categories.empty();
  const auto common = CommonOf(caps, is_default ? CategoriesOf(question.kind) : categories, is_default);
  std::vector<TorznabRequest> plan;
  AddByIds(caps, question, common, plan);
  const bool by_id = !plan.empty();
  for (const auto& text : TextsOf(question)) {
    if (!by_id || text.words == question.text) AddText(caps, question, text, common, plan);
  }
  return plan;
}

std::vector<std::uint32_t> CategoriesOf(TitleKind kind) {
  switch (kind) {
    case TitleKind::kMovie:
      return {2000};
    case TitleKind::kSeries:
      return {5000};
    case TitleKind::kAnime:
      return {2000, 5000};
    default:
      return {};
  }
}

}  // namespace sluice::plugins::indexer

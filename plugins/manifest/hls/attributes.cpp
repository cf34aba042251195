// SPDX-License-Identifier: MIT
#include "attributes.hpp"

#include <algorithm>
#include <cstddef>
#include <sluice/sdk/text.hpp>

namespace sluice::plugins::hls {
namespace {

std::string_view Between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

bool AttributeScanner::Next(Attribute& attribute) {
  while (!rest_.empty() && (sdk::IsControlOrSpace(rest_.front()) || rest_.front() == ',')) rest_.remove_prefix(1);
  if (rest_.empty()) return false;
  const char* begin = rest_.data();
  std::size_t stop = 0;
  while (stop < rest_.size() && rest_[stop] != '=' && rest_[stop] != ',') ++stop;
  attribute = {.name = sdk::TrimControls(rest_.substr(0, stop))};
  const bool has_value = stop < rest_.size() && rest_[stop] == '=';
  rest_.remove_prefix(stop + (has_value ? 1 : 0));
  if (has_value) {
    while (!rest_.empty() && sdk::IsControlOrSpace(rest_.front())) rest_.remove_prefix(1);
    const char first = rest_.empty() ? '\0' : rest_.front();
    // A bare value may well start with an apostrophe: only a pair of them quotes.
    if (first == '"' || (first == '\'' && rest_.find('\'', 1) != std::string_view::npos))
      TakeQuoted(attribute);
    else
      TakeBare(attribute);
  }
  attribute.whole = Between(begin, rest_.data());
  return true;
}

void AttributeScanner::TakeQuoted(Attribute& attribute) {
  attribute.quote = rest_.front();
  rest_.remove_prefix(1);
  const auto close = rest_.find(attribute.quote);
  attribute.value = rest_.substr(0, close);
  rest_.remove_prefix(close == std::string_view::npos ? rest_.size() : close + 1);
}

void AttributeScanner::TakeBare(Attribute& attribute) {
  const auto comma = std::min(rest_.find(','), rest_.size());
  attribute.value = sdk::TrimControls(rest_.substr(0, comma));
  rest_.remove_prefix(comma);
}

std::string_view FindAttribute(std::string_view list, std::string_view name) {
  AttributeScanner scanner(list);
  for (Attribute attribute; scanner.Next(attribute);)
    if (attribute.name == name) return attribute.value;
  return {};
}

}  // namespace sluice::plugins::hls

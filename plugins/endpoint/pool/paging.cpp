// SPDX-License-Identifier: MIT
#include "paging.hpp"

#include <algorithm>
#include <sluice/sdk/base64.hpp>

namespace sluice::plugins::pool {
namespace {

constexpr std::int64_t kDefaultLimit = 100;
constexpr std::int64_t kMaxLimit = 1000;
constexpr std::size_t kMaxCursor = 512;

std::optional<Place> PlaceOf(std::string_view cursor) {
  const auto text = sdk::Base64UrlDecode(cursor);
  if (!text || text->find(' ') == std::string::npos) return std::nullopt;
  std::string_view id = *text;
  const auto at = WholeNumber(sdk::TakeUpTo(id, ' '));
  const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!at || !std::all_of(id.begin(), id.end(), visible)) return std::nullopt;
  return Place{.at = *at, .id = std::string(id)};
}

}  // namespace

sdk::Result<Page> ReadPage(const Request& request) {
  const auto limit = QueryNumber(request, "limit", 1, kMaxLimit);
  if (!limit) return limit.error();
  const auto cursor = QueryText(request, "cursor", kMaxCursor);
  if (!cursor) return cursor.error();
  Page page{.limit = limit->value_or(kDefaultLimit)};
  if (!*cursor) return page;
  page.after = PlaceOf(**cursor);
  if (!page.after) return Invalid("cursor: want `next` of the page before");
  return page;
}

std::string CursorOf(const Place& place) { return sdk::Base64UrlEncode(std::to_string(place.at) + " " + place.id); }

void Query::Where(std::string_view condition, sdk::SqlParam param) {
  Join();
  const auto mark = Mark(param);
  for (const char c : condition) sql_.append(c == '?' ? mark : std::string(1, c));
}

void Query::WhereBehind(const char* columns, const char* order, const Place& place) {
  Join();
  sql_ += "(" + std::string(columns) + ") " + order + " (" + Mark(place.at) + ", ";
  sql_ += Mark(place.id) + ")";
}

void Query::Limit(std::int64_t limit) { sql_ += " LIMIT " + Mark(limit); }

std::string Query::Mark(sdk::SqlParam param) {
  params_.push_back(param);
  return "$" + std::to_string(params_.size());
}

void Query::Join() {
  sql_ += has_where_ ? " AND " : " WHERE ";
  has_where_ = true;
}

}  // namespace sluice::plugins::pool

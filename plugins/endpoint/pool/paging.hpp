// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pages of lists: every list is bounded, and goes on where the one before ended.

#include <cstdint>
#include <optional>
#include <string>

#include "answers.hpp"

namespace sluice::plugins::pool {

/// Of the last row of a page, by which its list is ordered.
struct Place {
  std::int64_t at = 0;
  std::string id{};
};

struct Page {
  std::int64_t limit = 0;
  std::optional<Place> after{};
};

/// Out of `limit` (1 to 1000; 100) and `cursor`.
sdk::Result<Page> ReadPage(const Request& request);
std::string CursorOf(const Place& place);

/// A statement that is put together out of what a request asks for. Texts that it is given outlive it.
class Query {
 public:
  explicit Query(std::string sql) : sql_(std::move(sql)) {}

  /// One more condition, joined by AND; "?" in it stands for `param`.
  void Where(std::string_view condition, sdk::SqlParam param);
  /// Those behind `place` in an order by two columns. \param order  "<": the newest first.
  void WhereBehind(const char* columns, const char* order, const Place& place);
  void Then(std::string_view sql) { sql_ += sql; }
  /// "LIMIT": one row more than the page has, which says that there is another page.
  void Limit(std::int64_t limit);

  sdk::Result<sdk::SqlResult> Run(const sdk::Host& host, const sdk::Call& call) const {
    return host.database().Read(call, sql_, params_);
  }

 private:
  std::string Mark(sdk::SqlParam param);
  void Join();

  std::string sql_;
  std::vector<sdk::SqlParam> params_;
  bool has_where_ = false;
};

/// `{"<name>": [...], "next": ...}`. Takes the row that is one too many away. \param at, id  columns of a row's place.
/// \param make  of a row its JSON.
template <typename Make>
Json PageOf(const char* name, sdk::SqlResult& result, const Page& page, std::size_t at, std::size_t id, Make make) {
  Json next = nullptr;
  if (result.rows.size() > static_cast<std::size_t>(page.limit)) {
    result.rows.pop_back();
    const auto& last = result.rows.back();
    next = CursorOf({.at = last[at].integer, .id = last[id].text});
  }
  auto items = Json::array();
  for (const auto& row : result.rows) items.push_back(make(row));
  return Json{{name, std::move(items)}, {"next", std::move(next)}};
}

}  // namespace sluice::plugins::pool

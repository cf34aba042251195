// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pages of lists: every list is bounded, and goes on where the one before ended.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

  /// What is read for it: one row more says that there is another page.
  std::int64_t rows() const { return limit + 1; }
};

/// Out of `limit` (1 to 1000; 100) and `cursor`.
sdk::Result<Page> ReadPage(const Request& request);

/// A statement that is put together out of what a request asks for. Texts that it is given outlive it.
class Query {
 public:
  explicit Query(std::string sql) : sql_(std::move(sql)) {}

  /// One more condition, joined by AND; "?" in it stands for `param`.
  void Where(std::string_view condition, sdk::SqlParam param);
  /// Those behind `place` in an order by two columns. \param order  "<": the newest first.
  void WhereBehind(const char* columns, const char* order, const Place& place);
  void Then(std::string_view sql) { sql_ += sql; }
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

/// How a page says where the next one begins.
std::string CursorOf(const Place& place);

/// `{"<name>": [...], "next": ...}`. \param rows  Page::rows() of them, or fewer. \param place  of a row in the list's
/// order. \param make  of a row its JSON.
template <typename Row, typename PlaceOfRow, typename Make>
Json PageOf(const char* name, std::vector<Row> rows, const Page& page, PlaceOfRow place, Make make) {
  Json next = nullptr;
  if (rows.size() > static_cast<std::size_t>(page.limit)) {
    rows.pop_back();
    next = CursorOf(place(rows.back()));
  }
  auto items = Json::array();
  for (const auto& row : rows) items.push_back(make(row));
  return Json{{name, std::move(items)}, {"next", std::move(next)}};
}

}  // namespace sluice::plugins::pool

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Values and rows of the database service between the SDK and the C structs.

#include <sluice/abi/database.h>
#include <sluice/sdk/database.hpp>
#include <sluice/sdk/detail/convert.hpp>

#include <utility>

namespace sluice::sdk::detail {

inline sluice_sql_value ToSqlValue(const SqlParam& param) noexcept {
  return {.type = static_cast<sluice_sql_type>(param.type()),
          .reserved = 0,
          .integer = param.integer(),
          .real = param.real(),
          .text = Str(param.text())};
}

inline SqlType FromSqlType(sluice_sql_type type) noexcept {
  return type > SLUICE_SQL_BYTES ? SqlType::kNull : static_cast<SqlType>(type);
}

inline SqlParam FromSqlValue(const sluice_sql_value& value) {
  switch (FromSqlType(value.type)) {
    case SqlType::kInteger:
      return value.integer;
    case SqlType::kReal:
      return value.real;
    case SqlType::kText:
      return View(value.text);
    case SqlType::kBytes:
      return SqlParam::Bytes(View(value.text));
    case SqlType::kNull:
      break;
  }
  return nullptr;
}

inline SqlValue CopySqlValue(const sluice_sql_value& value) {
  return {.type = FromSqlType(value.type),
          .integer = value.integer,
          .real = value.real,
          .text = std::string(View(value.text))};
}

/// The parameters of one statement, as the other side reads them.
class SqlParams {
 public:
  explicit SqlParams(std::span<const SqlParam> params) { views_.Fill(params, ToSqlValue); }
  const sluice_sql_value* data() const noexcept { return views_.data(); }
  std::size_t size() const noexcept { return views_.size(); }

 private:
  Array<sluice_sql_value, 16> views_;
};

/// The same the other way.
inline std::vector<SqlParam> FromSqlValues(const sluice_sql_value* params, std::size_t param_count) {
  std::vector<SqlParam> out;
  out.reserve(param_count);
  for (const auto& value : Elements(params, param_count)) out.push_back(FromSqlValue(value));
  return out;
}

/// Keeps the rows that it is given. Once it could not, it wants no more.
class RowTaker {
 public:
  sluice_row_sink sink() noexcept {
    return {.ctx = this, .put = [](void* ctx, const sluice_sql_value* values, size_t value_count) noexcept -> uint32_t {
              auto& self = *static_cast<RowTaker*>(ctx);
              self.failed_ = self.failed_ || !BarrierOr(false, [&] {
                               SqlRow row;
                               row.reserve(value_count);
                               for (const auto& value : Elements(values, value_count))
                                 row.push_back(CopySqlValue(value));
                               self.result_.rows.push_back(std::move(row));
                               return true;
                             });
              return self.failed_ ? 1 : 0;
            }};
  }
  /// What was taken, after a statement that was answered with OK.
  Result<SqlResult> Take(std::uint64_t changed) {
    if (failed_) return Error{.code = Errc::kInternal, .message = "no memory for the rows of a statement"};
    result_.changed = changed;
    return std::move(result_);
  }

 private:
  SqlResult result_;
  bool failed_ = false;
};

inline void PutRows(const SqlResult& result, sluice_row_sink out) {
  std::vector<sluice_sql_value> views;
  for (const auto& row : result.rows) {
    views.clear();
    for (const auto& value : row) views.push_back(ToSqlValue(SqlParam::Of(value)));
    if (out.put(out.ctx, views.data(), views.size()) != 0) return;
  }
}

}  // namespace sluice::sdk::detail

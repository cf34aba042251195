// SPDX-License-Identifier: MIT
#include "core/state/postgres_values.hpp"

#include <charconv>
#include <cstdlib>
#include <memory>
#include <sluice/sdk/hex.hpp>

#include "core/state/database_limits.hpp"

namespace sluice::state {
namespace {

// Of pg_type.dat; they never change.
constexpr Oid kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kFloat4 = 700, kFloat8 = 701,
              kNumeric = 1700;

std::string TextOf(double value) {
  char buffer[32];
  const auto end = std::to_chars(std::begin(buffer), std::end(buffer), value).ptr;
  return {buffer, end};
}

std::string TextOf(const sdk::SqlParam& param) {
  switch (param.type()) {
    case sdk::SqlType::kInteger:
      return std::to_string(param.integer());
    case sdk::SqlType::kReal:
      return TextOf(param.real());
    case sdk::SqlType::kBytes:
      return "\\x" + sdk::HexEncode(param.text());
    case sdk::SqlType::kText:
    case sdk::SqlType::kNull:
      break;
  }
  return std::string(param.text());
}

sdk::SqlValue Real(const std::string& text) {
  return {.type = sdk::SqlType::kReal, .real = std::strtod(text.c_str(), nullptr)};
}

/// The sum of integers is a "numeric".
sdk::SqlValue Number(const std::string& text) {
  std::int64_t integer = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, integer);
  if (parsed.ec != std::errc() || parsed.ptr != end) return Real(text);
  return {.type = sdk::SqlType::kInteger, .integer = integer};
}

sdk::SqlValue Octets(const char* text) {
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, decltype(&PQfreemem)> octets(
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &size), &PQfreemem);
  return {.type = sdk::SqlType::kBytes, .text = std::string(reinterpret_cast<const char*>(octets.get()), size)};
}

sdk::SqlValue ValueOf(const PGresult* answer, int row, int column) {
  if (PQgetisnull(answer, row, column) != 0) return {};
  const char* const data = PQgetvalue(answer, row, column);
  std::string text(data, static_cast<std::size_t>(PQgetlength(answer, row, column)));
  switch (PQftype(answer, column)) {
    case kBool:
      return {.type = sdk::SqlType::kInteger, .integer = text == "t" ? 1 : 0};
    case kInt2:
    case kInt4:
    case kInt8:
    case kNumeric:
      return Number(text);
    case kFloat4:
    case kFloat8:
      return Real(text);
    case kBytea:
      return Octets(data);
    default:
      return {.type = sdk::SqlType::kText, .text = std::move(text)};
  }
}

}  // namespace

PostgresParams::PostgresParams(std::span<const sdk::SqlParam> params) {
  texts_.reserve(params.size());
  for (const auto& param : params) {
    texts_.push_back(TextOf(param));
    pointers_.push_back(param.type() == sdk::SqlType::kNull ? nullptr : texts_.back().c_str());
  }
}

sdk::Result<sdk::SqlResult> RowsOf(PGresult* answer) {
  sdk::SqlResult result;
  const int rows = PQntuples(answer);
  const int columns = PQnfields(answer);
  if (static_cast<std::size_t>(rows) > kMaxRows) return TooManyRows();
  result.rows.resize(static_cast<std::size_t>(rows));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      result.rows[static_cast<std::size_t>(row)].push_back(ValueOf(answer, row, column));
    }
  }
  const std::string changed = PQcmdTuples(answer);  // "" of what changes nothing
  const std::string done = PQcmdStatus(answer);
  if (!done.starts_with("SELECT")) result.changed = std::strtoull(changed.c_str(), nullptr, 10);
  return result;
}

}  // namespace sluice::state

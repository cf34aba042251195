// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// DatabaseService: tables that outlive the process. What SQL may be written is in docs/sdk/database.md.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk {

/// What a value in the database is. Values equal `sluice_sql_type` in <sluice/abi/database.h>.
enum class SqlType : std::uint32_t { kNull, kInteger, kReal, kText, kBytes };

/// A value of a row.
struct SqlValue {
  SqlType type = SqlType::kNull;
  std::int64_t integer = 0;  ///< Of kInteger; truth values are 0 and 1.
  double real = 0;           ///< Of kReal.
  std::string text{};        ///< Of kText, and the octets of kBytes.
};

using SqlRow = std::vector<SqlValue>;

/// What a statement came to.
struct SqlResult {
  std::vector<SqlRow> rows{};  ///< At most 100,000.
  std::uint64_t changed = 0;   ///< Rows that it inserted, updated or deleted.
};

/// A parameter of a statement; views what it is made of.
class SqlParam {
 public:
  // So that a statement's parameters are written as the values that they are.
  // NOLINTBEGIN(google-explicit-constructor)
  SqlParam(std::nullptr_t) {}
  template <std::integral T>
  SqlParam(T value) : type_(SqlType::kInteger), integer_(static_cast<std::int64_t>(value)) {}
  SqlParam(double value) : type_(SqlType::kReal), real_(value) {}
  SqlParam(std::string_view value) : type_(SqlType::kText), text_(value) {}
  SqlParam(const std::string& value) : SqlParam(std::string_view(value)) {}
  SqlParam(const char* value) : SqlParam(std::string_view(value)) {}
  SqlParam(Seconds value) : SqlParam(std::int64_t{value.time_since_epoch().count()}) {}
  template <typename T>
  SqlParam(const std::optional<T>& value) : SqlParam(value ? SqlParam(*value) : SqlParam(nullptr)) {}
  // NOLINTEND(google-explicit-constructor)

  /// Octets that need not be text.
  static SqlParam Bytes(std::string_view octets) {
    SqlParam param(octets);
    param.type_ = SqlType::kBytes;
    return param;
  }
  /// What a row held.
  static SqlParam Of(const SqlValue& value) {
    SqlParam param(std::string_view(value.text));
    param.type_ = value.type;
    param.integer_ = value.integer;
    param.real_ = value.real;
    return param;
  }

  SqlType type() const { return type_; }
  std::int64_t integer() const { return integer_; }
  double real() const { return real_; }
  std::string_view text() const { return text_; }

 private:
  SqlType type_ = SqlType::kNull;
  std::int64_t integer_ = 0;
  double real_ = 0;
  std::string_view text_{};
};

/// A transaction under way. Threads: one.
struct SqlTransaction {
  /// One statement with its parameters, $1 and on.
  /// \returns  as DatabaseService; after any error the transaction can only be given up.
  virtual Result<SqlResult> Run(std::string_view sql, std::span<const SqlParam> params) = 0;
  Result<SqlResult> Run(std::string_view sql, std::initializer_list<SqlParam> params = {}) {
    return Run(sql, std::span<const SqlParam>(params.begin(), params.size()));
  }

 protected:
  ~SqlTransaction() = default;
};

/// What is done in one transaction: OK has it committed, an error gives it up.
using SqlWork = std::function<Status(SqlTransaction&)>;

/// "sluice.database/1": tables in a name space of the component's own; one is written {name}. Not from `Create`.
/// \returns  kInvalidArgument (SQL that the engine does not take, a constraint that is broken, more than 100,000 rows),
///           kUpstreamFailed (the database is away, full, or of a newer server), kDeadlineExceeded, kCancelled.
/// Threads: [any].
struct DatabaseService {
  /// One statement that writes nothing.
  virtual Result<SqlResult> Read(const Call& call, std::string_view sql, std::span<const SqlParam> params) = 0;
  Result<SqlResult> Read(const Call& call, std::string_view sql, std::initializer_list<SqlParam> params = {}) {
    return Read(call, sql, std::span<const SqlParam>(params.begin(), params.size()));
  }
  /// All of `work` or nothing, as if no other transaction ran beside it; when OK is answered, it is durable.
  /// \param work  runs again when it met another transaction, so it keeps nothing of an earlier time.
  /// \returns  what `work` answered, if that was an error. After kUpstreamFailed it may have been committed all the
  ///           same: write so that a second time does no harm.
  virtual Status Transact(const Call& call, const SqlWork& work) = 0;

 protected:
  ~DatabaseService() = default;
};

}  // namespace sluice::sdk

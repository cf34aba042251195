// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SqliteConnection: one connection to one SQLite file.

#include <sqlite3.h>

#include <memory>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/database.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::state {

/// Threads: one at a time.
class SqliteConnection {
 public:
  enum class Access : std::uint8_t { kRead, kWrite };

  /// Makes the file (mode 0600) and the folders above it that are missing.
  static sdk::Result<std::unique_ptr<SqliteConnection>> Open(const std::string& path, Access access);

  /// One statement. Ends early when `call` does.
  sdk::Result<sdk::SqlResult> Run(const sdk::Call& call, std::string_view sql, std::span<const sdk::SqlParam> params);
  /// Several statements, without parameters.
  sdk::Status RunScript(const sdk::Call& call, std::string_view sql);

  /// Gives the open transaction up.
  void RollBack();
  bool usable() const { return true; }
  /// Whether a transaction is open: some errors end it by themselves.
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Handle = std::unique_ptr<sqlite3, Close>;
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit SqliteConnection(Handle handle) : handle_(std::move(handle)) {}
  sdk::Result<sqlite3_stmt*> Prepared(const sdk::Call& call, std::string_view sql);
  sdk::Result<sdk::SqlResult> Step(const sdk::Call& call, sqlite3_stmt* statement);
  sdk::Error Fault(const sdk::Call& call) const;
  void Watch(const sdk::Call& call);

  Handle handle_;
  std::unordered_map<std::string, Statement> statements_;  ///< By their text.
};

}  // namespace sluice::state

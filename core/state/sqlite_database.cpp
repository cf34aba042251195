// SPDX-License-Identifier: MIT
#include "core/state/sqlite_database.hpp"

#include "core/state/connection_pool.hpp"
#include "core/state/database_limits.hpp"
#include "core/state/sqlite_connection.hpp"

namespace sluice::state {
namespace {

constexpr std::size_t kReaders = 4;

class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(SqliteConnection& connection, const sdk::Call& call) : connection_(connection), call_(call) {}
  using Transaction::Run;
  sdk::Result<sdk::SqlResult> Run(std::string_view sql, std::span<const sdk::SqlParam> params) override {
    if (failed_) return GoesOn();
    auto result = connection_.Run(call_, sql, params);
    failed_ = !result;
    return result;
  }
  sdk::Status RunEach(std::string_view sql, std::span<const std::vector<sdk::SqlParam>> rows) override {
    for (const auto& row : rows) {
      if (auto run = Run(sql, row); !run) return std::move(run).error();
    }
    return sdk::Ok();
  }
  sdk::Status RunScript(std::string_view sql) override {
    if (failed_) return GoesOn();
    auto done = connection_.RunScript(call_, sql);
    failed_ = !done;
    return done;
  }
  bool failed() const { return failed_; }

 private:
  SqliteConnection& connection_;
  const sdk::Call& call_;
  bool failed_ = false;  // some faults end SQLite's transaction, and what came after would be committed by itself
};

/// WAL lets readers read beside the one that writes, so there is one connection to write with and a few to read.
class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(std::string path)
      : name_("sqlite:" + path),
        writer_(1, [path](const sdk::Call&) { return SqliteConnection::Open(path, SqliteConnection::Access::kWrite); }),
        readers_(kReaders,
                 [path](const sdk::Call&) { return SqliteConnection::Open(path, SqliteConnection::Access::kRead); }) {}

  using Database::Read;
  sdk::Result<sdk::SqlResult> Read(const sdk::Call& call, std::string_view sql,
                                   std::span<const sdk::SqlParam> params) override {
    const auto reader = readers_.Take(call);
    if (!reader) return reader.error();
    return (*reader)->Run(call, sql, params);
  }

  sdk::Status Change(const sdk::Call& call, const Work& work) override {
    const auto writer = writer_.Take(call);
    if (!writer) return writer.error();
    // At once the one that writes: a transaction that found out later would have to begin again.
    if (auto begun = (*writer)->RunScript(call, "BEGIN IMMEDIATE"); !begun) return begun;
    const RollBack roll_back(**writer);
    SqliteTransaction transaction(**writer, call);
    if (auto done = work(transaction); !done) return done;
    return transaction.failed() ? GoesOn() : (*writer)->RunScript(call, "COMMIT");
  }

  const std::string& name() const override { return name_; }
  bool is_local() const override { return true; }

 private:
  /// Unless it was committed; also when `work` throws.
  class RollBack {
   public:
    explicit RollBack(SqliteConnection& connection) : connection_(connection) {}
    ~RollBack() {
      if (connection_.in_transaction()) connection_.RollBack();
    }
    RollBack(const RollBack&) = delete;
    RollBack& operator=(const RollBack&) = delete;

   private:
    SqliteConnection& connection_;
  };

  const std::string name_;
  ConnectionPool<SqliteConnection> writer_;
  ConnectionPool<SqliteConnection> readers_;
};

}  // namespace

std::unique_ptr<Database> MakeSqliteDatabase(std::string path) {
  return std::make_unique<SqliteDatabase>(std::move(path));
}

}  // namespace sluice::state

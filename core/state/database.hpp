// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Database: tables that outlive the process, in SQLite or PostgreSQL, behind one interface.

#include <functional>
#include <memory>
#include <sluice/sdk/database.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::state {

/// A transaction under way, as core uses it. Threads: one.
class Transaction : public sdk::SqlTransaction {
 public:
  using sdk::SqlTransaction::Run;
  /// Runs one statement once for each row of parameters, faster than by itself each time.
  virtual sdk::Status RunEach(std::string_view sql, std::span<const std::vector<sdk::SqlParam>> rows) = 0;
  /// Several statements, without parameters: what a migration does.
  virtual sdk::Status RunScript(std::string_view sql) = 0;

 protected:
  ~Transaction() = default;
};

/// Statements and answers as of sdk::DatabaseService, over the tables of all components. Connects when it is first
/// asked, and again after it was away. Threads: [any].
class Database : public sdk::DatabaseService {
 public:
  using Work = std::function<sdk::Status(Transaction&)>;

  virtual ~Database() = default;

  sdk::Status Transact(const sdk::Call& call, const sdk::SqlWork& work) final {
    return Change(call, [&](Transaction& transaction) { return work(transaction); });
  }
  /// As Transact.
  virtual sdk::Status Change(const sdk::Call& call, const Work& work) = 0;
  /// For people: "sqlite:var/sluice.db", "postgresql://db.example:5432/sluice"; without user and password.
  virtual const std::string& name() const = 0;
  /// Whether only this machine can reach it: then what is wrong with it will not get better by itself.
  virtual bool is_local() const = 0;
};

/// Why `url` names no database; empty: it does. For the configuration.
std::string WhyNoDatabase(std::string_view url);

/// \param url  "sqlite:<path>", "postgresql://…" or "postgres://…" (libpq's form). \pre  WhyNoDatabase says nothing.
std::unique_ptr<Database> MakeDatabase(std::string_view url);

}  // namespace sluice::state

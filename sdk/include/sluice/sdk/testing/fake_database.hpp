// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeDatabase: the place of the host's database. It has no engine of its own: SQL that no engine has seen proves
/// nothing.

#include <sluice/sdk/database.hpp>

#include <atomic>

namespace sluice::sdk::testing {

/// Answers kUnsupported until it is given a database. Threads: [any].
class FakeDatabase final : public DatabaseService {
 public:
  /// Hands on to `database` from now on, which outlives the host. Null: to none.
  void Use(DatabaseService* database) { database_.store(database); }

  using DatabaseService::Read;
  Result<SqlResult> Read(const Call& call, std::string_view sql, std::span<const SqlParam> params) override {
    auto* const database = database_.load();
    if (database == nullptr) return Missing();
    return database->Read(call, sql, params);
  }
  Status Transact(const Call& call, const SqlWork& work) override {
    auto* const database = database_.load();
    if (database == nullptr) return Missing();
    return database->Transact(call, work);
  }

 private:
  static Error Missing() { return {.code = Errc::kUnsupported, .message = "the test gave its host no database"}; }

  std::atomic<DatabaseService*> database_{nullptr};
};

}  // namespace sluice::sdk::testing

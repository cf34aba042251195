// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What every engine must do is tested on each of them: EachEngine is a suite with one database of its own a test.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/state/database.hpp"
#include "sluice/sdk/testing/calls.hpp"
#include "tests/fakes/postgres.hpp"

namespace sluice::state {

using sdk::testing::TestCall;

enum class Engine { kSqlite, kPostgres };

/// One server for a test program: starting it takes a second.
inline fakes::Postgres& PostgresServer() {
  static fakes::Postgres server;
  return server;
}

class EachEngine : public ::testing::TestWithParam<Engine> {
 protected:
  EachEngine()
      : url_(GetParam() == Engine::kSqlite ? "sqlite:" + (folder_.path() / "state/test.db").string()
                                           : PostgresServer().MakeDatabase()),
        database_(MakeDatabase(url_)) {}

  /// Another one on the same tables, as another process has it.
  std::unique_ptr<Database> Other() const { return MakeDatabase(url_); }

  void Script(std::string_view sql) {
    const auto run =
        database_->Change(TestCall(), [&](Transaction& transaction) { return transaction.RunScript(sql); });
    ASSERT_TRUE(run) << run.error().message;
  }
  sdk::SqlResult Read(std::string_view sql, std::initializer_list<sdk::SqlParam> params = {}) {
    auto result = database_->Read(TestCall(), sql, params);
    EXPECT_TRUE(result) << result.error().message;
    return result ? std::move(*result) : sdk::SqlResult{.rows = {{{}}}};
  }
  sdk::Status Write(std::string_view sql, std::initializer_list<sdk::SqlParam> params = {}) {
    return database_->Change(TestCall(), [&](Transaction& transaction) -> sdk::Status {
      auto result = transaction.Run(sql, params);
      return result ? sdk::Ok() : sdk::Status(std::move(result).error());
    });
  }

  fakes::TempFolder folder_;
  const std::string url_;
  const std::unique_ptr<Database> database_;
};

inline std::string EngineName(const ::testing::TestParamInfo<Engine>& info) {
  return info.param == Engine::kSqlite ? "Sqlite" : "Postgres";
}

}  // namespace sluice::state

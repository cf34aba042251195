// SPDX-License-Identifier: MIT
#include "core/state/database.hpp"

#include "core/state/postgres_database.hpp"
#include "core/state/sqlite_database.hpp"

namespace sluice::state {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

bool IsPostgres(std::string_view url) { return url.starts_with("postgresql://") || url.starts_with("postgres://"); }

}  // namespace

std::string WhyNoDatabase(std::string_view url) {
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) return {};
  if (IsPostgres(url)) {
    if (IsPostgresUrl(std::string(url))) return {};
    return "want postgresql://[user[:password]@]host[:port]/database, with special characters percent-encoded";
  }
  return "want sqlite:<path> or postgresql://<host>/<database>";
}

std::unique_ptr<Database> MakeDatabase(std::string_view url) {
  if (IsPostgres(url)) return MakePostgresDatabase(std::string(url));
  return MakeSqliteDatabase(std::string(url.substr(kSqlite.size())));
}

}  // namespace sluice::state

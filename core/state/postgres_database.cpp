// SPDX-License-Identifier: MIT
#include "core/state/postgres_database.hpp"

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>

#include "core/net/own_call.hpp"
#include "core/state/connection_pool.hpp"
#include "core/state/database_limits.hpp"
#include "core/state/postgres_connection.hpp"

namespace sluice::state {
namespace {

constexpr std::size_t kConnections = 8;
constexpr int kMaxAttempts = 50;  // of a transaction that meets others
constexpr auto kRollBackTimeout = std::chrono::seconds(2);
constexpr auto kStatementTimeout = std::chrono::seconds(60);  // as PostgresConnection sets it
constexpr const char* kBegin = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
constexpr const char* kBeginLong = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SET LOCAL statement_timeout = 0";

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// Null: it is no such URL.
Options Parse(const std::string& url) {
  char* message = nullptr;
  Options options(PQconninfoParse(url.c_str(), &message), &PQconninfoFree);
  PQfreemem(message);
  return options;
}

std::string Option(const PQconninfoOption* options, std::string_view keyword, std::string_view otherwise) {
  for (; options != nullptr && options->keyword != nullptr; ++options) {
    if (options->keyword == keyword && options->val != nullptr && *options->val != '\0') return options->val;
  }
  return std::string(otherwise);
}

/// Without user and password.
std::string NameOf(const std::string& url) {
  const auto options = Parse(url);
  return "postgresql://" + Option(options.get(), "host", "localhost") + ":" + Option(options.get(), "port", "5432") +
         "/" + Option(options.get(), "dbname", "");
}

class PostgresTransaction final : public Transaction {
 public:
  PostgresTransaction(PostgresConnection& connection, const sdk::Call& call) : connection_(connection), call_(call) {}
  using Transaction::Run;
  sdk::Result<sdk::SqlResult> Run(std::string_view sql, std::span<const sdk::SqlParam> params) override {
    auto result = connection_.Run(call_, sql, params);
    Note();
    return result;
  }
  sdk::Status RunEach(std::string_view sql, std::span<const std::vector<sdk::SqlParam>> rows) override {
    auto status = connection_.RunEach(call_, sql, rows);
    Note();
    return status;
  }
  sdk::Status RunScript(std::string_view sql) override {
    const std::string script(sql);
    auto done = connection_.RunScript(call_, script.c_str());
    Note();
    return done ? sdk::Ok() : sdk::Status(std::move(done).error());
  }
  /// Whether any of its statements met another transaction.
  bool met_another() const { return met_another_; }

 private:
  void Note() { met_another_ = met_another_ || connection_.met_another(); }

  PostgresConnection& connection_;
  const sdk::Call& call_;
  bool met_another_ = false;
};

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(std::string url)
      : name_(NameOf(url)), connections_(kConnections, [url = std::move(url)](const sdk::Call& call) {
          return PostgresConnection::Open(url, call);
        }) {}

  using Database::Read;
  sdk::Result<sdk::SqlResult> Read(const sdk::Call& call, std::string_view sql,
                                   std::span<const sdk::SqlParam> params) override {
    for (bool again = false;; again = true) {
      const auto connection = connections_.Take(call);
      if (!connection) return connection.error();
      auto result = (*connection)->Run(call, sql, params);
      if (result || again || !WentAway(**connection, call)) return result;
    }
  }

  sdk::Status Change(const sdk::Call& call, const Work& work) override {
    bool reconnected = false;
    for (int attempt = 1;; ++attempt) {
      const auto connection = connections_.Take(call);
      if (!connection) return connection.error();
      // Whoever may wait longer than the session's statements take (a migration) says so.
      auto begun = (*connection)->RunScript(call, call.remaining() > kStatementTimeout ? kBeginLong : kBegin);
      if (!begun) {
        if (reconnected || !WentAway(**connection, call)) return std::move(begun).error();
        reconnected = true;
        continue;
      }
      const RollBack roll_back(**connection);
      PostgresTransaction transaction(**connection, call);
      auto done = work(transaction);
      bool met_another = transaction.met_another();
      if (done) done = Commit(call, **connection, met_another);
      if (done || !met_another || attempt == kMaxAttempts || call.expired()) return done;
      roll_back.Now();
      Pause(attempt);
    }
  }

  const std::string& name() const override { return name_; }
  bool is_local() const override { return false; }

 private:
  /// Unless it was committed; also when `work` throws.
  class RollBack {
   public:
    explicit RollBack(PostgresConnection& connection) : connection_(connection) {}
    ~RollBack() { Now(); }
    RollBack(const RollBack&) = delete;
    RollBack& operator=(const RollBack&) = delete;

    void Now() const {
      if (!connection_.usable() || !connection_.in_transaction()) return;
      // Whoever has left, the connection goes on. One that cannot even do this is given up.
      const net::OwnCall call(std::chrono::steady_clock::now() + kRollBackTimeout);
      static_cast<void>(connection_.RunScript(call.call(), "ROLLBACK"));
    }

   private:
    PostgresConnection& connection_;
  };

  static sdk::Status Commit(const sdk::Call& call, PostgresConnection& connection, bool& met_another) {
    auto done = connection.RunScript(call, "COMMIT");
    met_another = met_another || connection.met_another();
    if (!done) return std::move(done).error();
    if (*done == "COMMIT") return sdk::Ok();
    return GoesOn();
  }

  /// Idle connections do not notice that the server is gone before they are used.
  bool WentAway(const PostgresConnection& connection, const sdk::Call& call) {
    if (connection.usable() || call.expired() || call.cancelled()) return false;
    connections_.DropIdle();
    return true;
  }

  /// Longer each time, and not the same for all who met.
  static void Pause(int attempt) {
    thread_local std::minstd_rand random(std::random_device{}());
    ::poll(nullptr, 0, std::uniform_int_distribution<>(0, 2 * std::min(attempt, 10))(random));
  }

  const std::string name_;
  ConnectionPool<PostgresConnection> connections_;
};

}  // namespace

bool IsPostgresUrl(const std::string& url) { return Parse(url) != nullptr; }

std::unique_ptr<Database> MakePostgresDatabase(std::string url) {
  return std::make_unique<PostgresDatabase>(std::move(url));
}

}  // namespace sluice::state

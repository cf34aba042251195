// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PostgresConnection: one connection to a PostgreSQL server (libpq), never waited for longer than a call allows.

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/database.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::state {

/// Threads: one at a time.
class PostgresConnection {
 public:
  /// \param url  libpq's form. \returns  kUpstreamFailed, kDeadlineExceeded, kCancelled.
  static sdk::Result<std::unique_ptr<PostgresConnection>> Open(const std::string& url, const sdk::Call& call);

  /// One statement, which is prepared the first time.
  sdk::Result<sdk::SqlResult> Run(const sdk::Call& call, std::string_view sql, std::span<const sdk::SqlParam> params);
  /// The same for many rows of parameters, without waiting for one before the next is sent.
  sdk::Status RunEach(const sdk::Call& call, std::string_view sql, std::span<const std::vector<sdk::SqlParam>> rows);
  /// Several statements, without parameters. \returns  what the last of them says it did: "COMMIT".
  sdk::Result<std::string> RunScript(const sdk::Call& call, const char* sql);

  /// False after the server went away, or was given up while it worked.
  bool usable() const { return !given_up_ && PQstatus(handle_.get()) == CONNECTION_OK; }
  bool in_transaction() const { return PQtransactionStatus(handle_.get()) != PQTRANS_IDLE; }
  /// Whether the last fault was another transaction's doing: the same may succeed now.
  bool met_another() const { return met_another_; }

 private:
  struct Close {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Handle = std::unique_ptr<PGconn, Close>;
  using Answer = std::unique_ptr<PGresult, Clear>;
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit PostgresConnection(Handle handle) : handle_(std::move(handle)) {}

  sdk::Status Connect(const sdk::Call& call);
  sdk::Status WaitFor(const sdk::Call& call, short events, TimePoint give_up = TimePoint::max());
  sdk::Status Flush(const sdk::Call& call);
  sdk::Result<Answer> Next(const sdk::Call& call);
  sdk::Result<Answer> Only(const sdk::Call& call);
  sdk::Result<std::string> Prepared(const sdk::Call& call, std::string_view sql);
  sdk::Status TakeEach(const sdk::Call& call, std::size_t count);
  bool Send(const std::string& statement, std::span<const sdk::SqlParam> params);
  sdk::Status Check(const PGresult* answer);
  sdk::Error Broken();

  Handle handle_;
  std::unordered_map<std::string, std::string> statements_;  ///< Their names, by their text.
  std::size_t prepared_ = 0;                                 ///< How many there were, to name the next.
  bool given_up_ = false;
  bool met_another_ = false;
};

}  // namespace sluice::state

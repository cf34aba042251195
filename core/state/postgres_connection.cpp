// SPDX-License-Identifier: MIT
#include "core/state/postgres_connection.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "core/state/database_limits.hpp"
#include "core/state/postgres_values.hpp"

namespace sluice::state {
namespace {

constexpr auto kConnectTimeout = std::chrono::seconds(5);
constexpr auto kLookForViewer = std::chrono::milliseconds(100);
constexpr std::size_t kMaxStatements = 256;
constexpr std::size_t kRowsAtOnce = 500;  // sent before answers are read

// Reads can write nothing. A statement whose caller has left comes to an end all the same.
constexpr const char* kSetup =
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET statement_timeout = '60s'; "
    "SET idle_in_transaction_session_timeout = '60s'";

/// libpq's messages end in a newline and may have several lines.
std::string OneLine(std::string_view message) {
  std::string out;
  for (const char c : message) {
    if (c != '\n') {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

sdk::Error Failed(std::string_view message) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = "database: " + OneLine(message)};
}

sdk::Error TooLong() { return {.code = sdk::Errc::kDeadlineExceeded, .message = "database: no answer in time"}; }

}  // namespace

sdk::Result<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(const std::string& url,
                                                                          const sdk::Call& call) {
  // What stands in front of the URL may be said otherwise in it.
  const char* const names[] = {"fallback_application_name", "tcp_user_timeout", "client_encoding", "dbname", nullptr};
  const char* const values[] = {"sluice", "10000", "UTF8", url.c_str(), nullptr};
  Handle handle(PQconnectStartParams(names, values, 1));
  if (handle == nullptr) return Failed("no memory");
  PQsetNoticeProcessor(
      handle.get(), [](void*, const char*) {}, nullptr);
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(std::move(handle)));
  if (auto connected = connection->Connect(call); !connected) return std::move(connected).error();
  PQsetnonblocking(connection->handle_.get(), 1);
  if (auto set_up = connection->RunScript(call, kSetup); !set_up) return std::move(set_up).error();
  return connection;
}

sdk::Status PostgresConnection::Connect(const sdk::Call& call) {
  const auto give_up = std::chrono::steady_clock::now() + kConnectTimeout;
  for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = PQconnectPoll(handle_.get())) {
    if (state == PGRES_POLLING_FAILED || PQstatus(handle_.get()) == CONNECTION_BAD) {
      return Failed(PQerrorMessage(handle_.get()));
    }
    // libpq would block if it were called before its socket is ready.
    if (auto waited = WaitFor(call, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, give_up); !waited) return waited;
  }
  return sdk::Ok();
}

/// Until the socket is ready.
sdk::Status PostgresConnection::WaitFor(const sdk::Call& call, short events, TimePoint give_up) {
  using std::chrono::ceil;
  using std::chrono::milliseconds;
  for (;;) {
    if (call.expired() || call.cancelled()) {
      given_up_ = true;  // an answer may still come, and would be taken for the next statement's
      if (call.expired()) return TooLong();
      return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
    }
    if (std::chrono::steady_clock::now() >= give_up) return Failed("no connection within 5 s");
    pollfd socket{.fd = PQsocket(handle_.get()), .events = events, .revents = 0};
    const auto wait = std::min<sdk::Call::Clock::duration>(call.remaining(), kLookForViewer);
    const int ready = ::poll(&socket, 1, static_cast<int>(ceil<milliseconds>(wait).count()));
    if (ready > 0) return sdk::Ok();
    if (ready < 0 && errno != EINTR) return Broken();
  }
}

sdk::Error PostgresConnection::Broken() {
  given_up_ = true;
  return Failed(PQerrorMessage(handle_.get()));
}

sdk::Status PostgresConnection::Flush(const sdk::Call& call) {
  for (;;) {
    const int left = PQflush(handle_.get());
    if (left == 0) return sdk::Ok();
    if (left < 0) return Broken();
    if (auto waited = WaitFor(call, POLLIN | POLLOUT); !waited) return waited;
    if (PQconsumeInput(handle_.get()) == 0) return Broken();  // else both sides could wait for each other
  }
}

/// The next answer to what was sent; null: there is none left.
sdk::Result<PostgresConnection::Answer> PostgresConnection::Next(const sdk::Call& call) {
  while (PQisBusy(handle_.get()) != 0) {
    if (auto waited = WaitFor(call, POLLIN); !waited) return std::move(waited).error();
    if (PQconsumeInput(handle_.get()) == 0) return Broken();
  }
  return Answer(PQgetResult(handle_.get()));
}

/// The last answer to what was sent, or the first that says what went wrong.
sdk::Result<PostgresConnection::Answer> PostgresConnection::Only(const sdk::Call& call) {
  if (auto flushed = Flush(call); !flushed) return std::move(flushed).error();
  Answer last;
  sdk::Status fault;
  for (;;) {
    auto answer = Next(call);
    if (!answer) return answer;
    if (*answer == nullptr) break;
    if (fault) fault = Check(answer->get());
    last = std::move(*answer);
  }
  if (!fault) return std::move(fault).error();
  if (last == nullptr) return Broken();
  return last;
}

sdk::Status PostgresConnection::Check(const PGresult* answer) {
  const auto status = PQresultStatus(answer);
  if (status == PGRES_EMPTY_QUERY) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "database: want one statement"};
  }
  if (status != PGRES_FATAL_ERROR && status != PGRES_BAD_RESPONSE && status != PGRES_PIPELINE_ABORTED) return sdk::Ok();
  const char* const state_text = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  const char* const message = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
  const std::string_view state = state_text == nullptr ? "" : state_text;
  met_another_ = met_another_ || state == "40001" || state == "40P01";
  auto error = Failed(message == nullptr ? PQresultErrorMessage(answer) : message);
  if (state == "57014") return TooLong();
  // Syntax, data and constraints are the statement's own; all else is the server's.
  if (state == "08P01" || state.starts_with("42") || state.starts_with("22") || state.starts_with("23") ||
      state.starts_with("25")) {
    error.code = sdk::Errc::kInvalidArgument;
  }
  return error;
}

sdk::Result<std::string> PostgresConnection::Prepared(const sdk::Call& call, std::string_view sql) {
  if (const auto known = statements_.find(std::string(sql)); known != statements_.end()) return known->second;
  if (statements_.size() == kMaxStatements) {
    if (auto dropped = RunScript(call, "DEALLOCATE ALL"); !dropped) return std::move(dropped).error();
    statements_.clear();
  }
  const std::string text(sql);
  auto name = "s" + std::to_string(++prepared_);
  if (PQsendPrepare(handle_.get(), name.c_str(), text.c_str(), 0, nullptr) == 0) return Broken();
  if (auto prepared = Only(call); !prepared) return std::move(prepared).error();
  return statements_.emplace(text, std::move(name)).first->second;
}

bool PostgresConnection::Send(const std::string& statement, std::span<const sdk::SqlParam> params) {
  const PostgresParams texts(params);
  return PQsendQueryPrepared(handle_.get(), statement.c_str(), texts.size(), texts.data(), nullptr, nullptr, 0) != 0;
}

sdk::Result<sdk::SqlResult> PostgresConnection::Run(const sdk::Call& call, std::string_view sql,
                                                    std::span<const sdk::SqlParam> params) {
  met_another_ = false;
  if (HasNul(params)) return TextWithNul();
  const auto statement = Prepared(call, sql);
  if (!statement) return statement.error();
  if (!Send(*statement, params)) return Broken();
  const auto answer = Only(call);
  if (!answer) return answer.error();
  return RowsOf(answer->get());
}

sdk::Result<std::string> PostgresConnection::RunScript(const sdk::Call& call, const char* sql) {
  met_another_ = false;
  if (PQsendQuery(handle_.get(), sql) == 0) return Broken();
  const auto answer = Only(call);
  if (!answer) return answer.error();
  return std::string(PQcmdStatus(answer->get()));
}

sdk::Status PostgresConnection::RunEach(const sdk::Call& call, std::string_view sql,
                                        std::span<const std::vector<sdk::SqlParam>> rows) {
  met_another_ = false;
  if (std::any_of(rows.begin(), rows.end(), [](const auto& row) { return HasNul(row); })) return TextWithNul();
  const auto statement = Prepared(call, sql);
  if (!statement) return statement.error();
  if (PQenterPipelineMode(handle_.get()) == 0) return Broken();
  while (!rows.empty()) {
    const auto part = rows.first(std::min(rows.size(), kRowsAtOnce));
    rows = rows.subspan(part.size());
    for (const auto& row : part) {
      if (!Send(*statement, row)) return Broken();
    }
    if (PQpipelineSync(handle_.get()) == 0) return Broken();
    if (auto flushed = Flush(call); !flushed) return flushed;
    if (auto taken = TakeEach(call, part.size()); !taken) {
      if (PQexitPipelineMode(handle_.get()) == 0) given_up_ = true;
      return taken;
    }
  }
  if (PQexitPipelineMode(handle_.get()) == 0) return Broken();
  return sdk::Ok();
}

/// Each statement has an answer and a null behind it; the mark of the end stands alone.
sdk::Status PostgresConnection::TakeEach(const sdk::Call& call, std::size_t count) {
  sdk::Status fault;
  for (std::size_t i = 0; i < count; ++i) {
    for (;;) {
      const auto answer = Next(call);
      if (!answer) return answer.error();
      if (*answer == nullptr) break;
      if (fault) fault = Check(answer->get());
    }
  }
  if (const auto end = Next(call); !end) return end.error();
  return fault;
}

}  // namespace sluice::state

// SPDX-License-Identifier: MIT
#include "core/state/sqlite_connection.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>

#include "core/state/database_limits.hpp"

namespace sluice::state {
namespace {

constexpr std::size_t kMaxStatements = 128;
constexpr int kInstructionsPerLook = 10'000;  // of SQLite's virtual machine: some 0.1 ms
constexpr auto kLongestWait = std::chrono::seconds(10);

sdk::Error Failed(std::string message) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = "database: " + std::move(message)};
}

/// SQLite would make the file readable for all. One that is there is never opened here: closing it again would let go
/// of the locks that SQLite has on it (POSIX: a process loses them all), and another process would take the file for
/// unused.
sdk::Status MakeFile(const std::string& path) {
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return Failed(folder.string() + ": " + error.message());
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
    return sdk::Ok();
  }
  if (errno != EEXIST) return Failed(path + ": " + std::strerror(errno));
  if (std::filesystem::is_directory(path, error)) return Failed(path + ": " + std::strerror(EISDIR));
  if (::access(path.c_str(), R_OK | W_OK) != 0) return Failed(path + ": " + std::strerror(errno));
  return sdk::Ok();
}

int Bind(sqlite3_stmt* statement, int index, const sdk::SqlParam& param) {
  const auto text = param.text();
  switch (param.type()) {
    case sdk::SqlType::kInteger:
      return sqlite3_bind_int64(statement, index, param.integer());
    case sdk::SqlType::kReal:
      return sqlite3_bind_double(statement, index, param.real());
    case sdk::SqlType::kText:
      return sqlite3_bind_text64(statement, index, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    case sdk::SqlType::kBytes:
      return sqlite3_bind_blob64(statement, index, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC);
    case sdk::SqlType::kNull:
      break;
  }
  return sqlite3_bind_null(statement, index);
}

sdk::SqlValue Column(sqlite3_stmt* statement, int index) {
  const auto octets = [&](const void* data) {
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, index));
    return size == 0 ? std::string() : std::string(static_cast<const char*>(data), size);
  };
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      return {.type = sdk::SqlType::kInteger, .integer = sqlite3_column_int64(statement, index)};
    case SQLITE_FLOAT:
      return {.type = sdk::SqlType::kReal, .real = sqlite3_column_double(statement, index)};
    case SQLITE_TEXT:
      return {.type = sdk::SqlType::kText, .text = octets(sqlite3_column_text(statement, index))};
    case SQLITE_BLOB:
      return {.type = sdk::SqlType::kBytes, .text = octets(sqlite3_column_blob(statement, index))};
    default:
      return {};
  }
}

/// Which of the parameters the one at `index` is: SQLite counts "$2" as the first if it comes first.
std::size_t NumberOf(sqlite3_stmt* statement, int index) {
  const char* const name = sqlite3_bind_parameter_name(statement, index);
  const auto number = name == nullptr ? 0 : std::strtoul(name + 1, nullptr, 10);
  return number == 0 ? static_cast<std::size_t>(index) : number;
}

/// Set back at the end, whatever came of it: what a statement is bound to is lent for one run.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
  ~Reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  sqlite3_stmt* const statement_;
};

}  // namespace

sdk::Result<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path, Access access) {
  if (auto made = MakeFile(path); !made) return std::move(made).error();
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(raw);
  if (handle == nullptr) return Failed("no memory");
  if (opened != SQLITE_OK) return Failed(path + ": " + sqlite3_errmsg(handle.get()));
  sqlite3_extended_result_codes(handle.get(), 1);
  sqlite3_busy_timeout(handle.get(), static_cast<int>(std::chrono::milliseconds(kLongestWait).count()));
  // FULL: a commit is on the disk before it is answered, also when the power fails.
  const std::string setup =
      std::string("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;") +
      (access == Access::kRead ? "PRAGMA query_only = ON;" : "");
  if (sqlite3_exec(handle.get(), setup.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Failed(path + ": " + sqlite3_errmsg(handle.get()));
  }
  return std::unique_ptr<SqliteConnection>(new SqliteConnection(std::move(handle)));
}

/// Both ways in which a statement can take long: another process that writes, and its own work.
void SqliteConnection::Watch(const sdk::Call& call) {
  const auto wait = std::min<sdk::Call::Clock::duration>(call.remaining(), kLongestWait);
  sqlite3_busy_timeout(handle_.get(),
                       static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(wait).count()));
  sqlite3_progress_handler(
      handle_.get(), kInstructionsPerLook,
      [](void* context) {
        const auto& watched = *static_cast<const sdk::Call*>(context);
        return watched.expired() || watched.cancelled() ? 1 : 0;
      },
      const_cast<sdk::Call*>(&call));  // C has one `void*` for all; it is only read
}

sdk::Error SqliteConnection::Fault(const sdk::Call& call) const {
  const int code = sqlite3_errcode(handle_.get());
  const std::string message = std::string("database: ") + sqlite3_errmsg(handle_.get());
  switch (code & 0xff) {
    case SQLITE_INTERRUPT:
      if (call.cancelled()) return {.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
      return {.code = sdk::Errc::kDeadlineExceeded, .message = "database: the statement took too long"};
    case SQLITE_BUSY:
      return {.code = sdk::Errc::kDeadlineExceeded, .message = "database: another process is writing"};
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_READONLY:  // of a read that would write
    case SQLITE_TOOBIG:
      return {.code = sdk::Errc::kInvalidArgument, .message = message};
    default:  // SQLITE_FULL, SQLITE_IOERR, SQLITE_CORRUPT …
      return {.code = sdk::Errc::kUpstreamFailed, .message = message};
  }
}

sdk::Result<sqlite3_stmt*> SqliteConnection::Prepared(const sdk::Call& call, std::string_view sql) {
  if (const auto known = statements_.find(std::string(sql)); known != statements_.end()) return known->second.get();
  if (sql.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "database: the statement is too long"};
  }
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int prepared = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &raw, &rest);
  Statement statement(raw);
  if (prepared != SQLITE_OK) return Fault(call);
  const std::string_view left(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
  if (statement == nullptr || left.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "database: want one statement"};
  }
  if (statements_.size() == kMaxStatements) statements_.clear();
  return statements_.emplace(std::string(sql), std::move(statement)).first->second.get();
}

sdk::Result<sdk::SqlResult> SqliteConnection::Run(const sdk::Call& call, std::string_view sql,
                                                  std::span<const sdk::SqlParam> params) {
  if (HasNul(params)) return TextWithNul();
  Watch(call);
  const auto statement = Prepared(call, sql);
  if (!statement) return statement.error();
  const int count = sqlite3_bind_parameter_count(*statement);
  std::size_t wanted = 0;
  for (int i = 1; i <= count; ++i) wanted = std::max(wanted, NumberOf(*statement, i));
  if (wanted != params.size()) return WrongParams(wanted, params.size());
  const Reset reset(*statement);
  for (int i = 1; i <= count; ++i) {
    if (Bind(*statement, i, params[NumberOf(*statement, i) - 1]) != SQLITE_OK) return Fault(call);
  }
  return Step(call, *statement);
}

sdk::Result<sdk::SqlResult> SqliteConnection::Step(const sdk::Call& call, sqlite3_stmt* statement) {
  sdk::SqlResult result;
  const auto before = sqlite3_total_changes64(handle_.get());
  const int columns = sqlite3_column_count(statement);
  int step = 0;
  while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
    if (result.rows.size() == kMaxRows) return TooManyRows();
    auto& row = result.rows.emplace_back();
    row.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) row.push_back(Column(statement, i));
  }
  if (step != SQLITE_DONE) return Fault(call);
  // Without what a foreign key deleted along with it.
  if (sqlite3_total_changes64(handle_.get()) != before) {
    result.changed = static_cast<std::uint64_t>(sqlite3_changes64(handle_.get()));
  }
  return result;
}

sdk::Status SqliteConnection::RunScript(const sdk::Call& call, std::string_view sql) {
  Watch(call);
  const std::string script(sql);
  if (sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return Fault(call);
  return sdk::Ok();
}

void SqliteConnection::RollBack() {
  sqlite3_progress_handler(handle_.get(), 0, nullptr, nullptr);
  // What fails here has ended the transaction by itself.
  sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace sluice::state

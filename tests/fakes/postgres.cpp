// SPDX-License-Identifier: MIT
#include "tests/fakes/postgres.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <stdexcept>

namespace sluice::fakes {
namespace {

constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";
constexpr const char* kUser = "sluice";
constexpr auto kPatience = std::chrono::seconds(30);

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// `command` as a user that PostgreSQL runs as, and that ends with this process.
std::vector<std::string> Unprivileged(std::vector<std::string> command) {
  if (::geteuid() != 0) return command;
  std::vector<std::string> whole = {"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
                                    "--pdeathsig=KILL"};
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

void GiveAway(const std::filesystem::path& path) {
  if (::geteuid() != 0) return;
  const auto* const user = ::getpwnam("postgres");
  if (user == nullptr) throw std::runtime_error("there is no user postgres; is postgresql-15 installed?");
  if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("cannot give away a folder");
}

}  // namespace

Postgres::Postgres(Disk disk) : disk_(disk) {
  GiveAway(folder_.path());
  const auto password = folder_.Write("password", kPassword);
  GiveAway(password);
  Process made(Unprivileged({std::string(kPrograms) + "initdb", "--pgdata=" + (folder_.path() / "data").string(),
                             std::string("--username=") + kUser, "--pwfile=" + password.string(),
                             "--auth=scram-sha-256", "--no-sync", "--no-locale", "--encoding=UTF8"}),
               folder_.path() / "initdb.log");
  while (made.running()) ::poll(nullptr, 0, 5);
  process_.emplace(StartListening([this](std::uint16_t port) { return Command(port); }, folder_.path() / "log", port_));
  Run("SELECT 1");
}

std::vector<std::string> Postgres::Command(std::uint16_t port) const {
  return Unprivileged({std::string(kPrograms) + "postgres", "-D", (folder_.path() / "data").string(), "-p",
                       std::to_string(port), "-k", folder_.path().string(), "-h", "127.0.0.1", "-c",
                       disk_ == Disk::kFast ? "fsync=off" : "fsync=on"});
}

std::string Postgres::Url(const std::string& database, const std::string& password) const {
  return std::string("postgresql://") + kUser + ":" + password + "@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

/// Waits while the server starts: it accepts connections a while before it answers.
void Postgres::Run(const std::string& sql) const {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  Connection connection(nullptr, &PQfinish);
  while (PQstatus(connection.get()) != CONNECTION_OK && std::chrono::steady_clock::now() < give_up) {
    ::poll(nullptr, 0, 10);
    connection.reset(PQconnectdb(Url("postgres").c_str()));
  }
  const Answer answer(PQexec(connection.get(), sql.c_str()), &PQclear);
  const auto status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
}

std::string Postgres::MakeDatabase() {
  const auto name = "test_" + std::to_string(++databases_);
  Run("CREATE DATABASE " + name);
  return Url(name);
}

void Postgres::Kill() { process_.reset(); }

void Postgres::Restart() {
  // While a process of the one before has not noticed its end, the new one refuses to start.
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < give_up) {
    process_.emplace(Command(port_), folder_.path() / "log");
    while (process_->running()) {
      const Connection connection(PQconnectdb(Url("postgres").c_str()), &PQfinish);
      if (PQstatus(connection.get()) == CONNECTION_OK) return;
      ::poll(nullptr, 0, 10);
    }
  }
  throw std::runtime_error("PostgreSQL does not start again");
}

}  // namespace sluice::fakes

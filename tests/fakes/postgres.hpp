// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Postgres: a real PostgreSQL server on a free port of 127.0.0.1, that dies with the test.

#include <cstdint>
#include <optional>
#include <string>

#include "tests/fakes/nginx.hpp"
#include "tests/fakes/process.hpp"

namespace sluice::fakes {

/// Who is root runs it as the user "postgres" of Debian's package: it would not run as root.
class Postgres {
 public:
  static constexpr const char* kPassword = "planted-postgres-password";

  enum class Disk : std::uint8_t { kFast, kSynced };

  /// \param disk  kFast: what is committed outlives the server, and not the machine. Throws std::runtime_error when it
  ///              cannot be started.
  explicit Postgres(Disk disk = Disk::kFast);

  std::uint16_t port() const { return port_; }
  /// Of a database that nobody else uses.
  std::string MakeDatabase();
  /// Of a database, with another password than the right one, or with a name that there is not.
  std::string Url(const std::string& database, const std::string& password = kPassword) const;
  /// Ends it as a crash would.
  void Kill();
  /// On the same port, with what it had.
  void Restart();
  /// Runs one statement as the one who may do everything. Throws std::runtime_error when it fails.
  void Run(const std::string& sql) const;

 private:
  std::vector<std::string> Command(std::uint16_t port) const;

  const Disk disk_;
  TempFolder folder_;
  std::uint16_t port_ = 0;
  std::optional<Process> process_;
  int databases_ = 0;
};

}  // namespace sluice::fakes

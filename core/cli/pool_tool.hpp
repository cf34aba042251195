// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// `sluice users|keys|devices|usage`: looks after a key pool in the database, whether or not a server runs.

#include <CLI/CLI.hpp>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "core/cli/commands.hpp"
#include "core/cli/endpoint_call.hpp"

namespace sluice::cli {

/// Each command is one request to the configuration's endpoint of type "pool"; lists are read to their end.
class PoolCommands {
 public:
  void AddTo(CLI::App& app);
  /// Whether one of them was given.
  bool parsed() const;
  /// \param in  where the secret of a key is read from: a command line can be seen by others.
  int Run(std::istream& in, std::ostream& out, std::ostream& errors);

 private:
  using MakeRequest = std::function<EndpointRequest(std::istream& in)>;
  struct Command {
    CLI::App* app;
    MakeRequest request;
    const char* pages;  ///< Member of the answer that holds a page's items; null: the answer is whole.
  };

  void AddUsers(CLI::App& app);
  void AddKeys(CLI::App& app);
  void AddDevices(CLI::App& app);
  void AddUsage(CLI::App& app);
  /// \param about  values that the command takes: "USER" and the like.
  CLI::App* Add(CLI::App* group, const char* name, const char* summary, std::vector<const char*> about,
                MakeRequest request, const char* pages = nullptr);

  ConfigFlags flags_;
  std::string component_, user_, key_, device_, store_, name_, label_, search_, from_, to_, format_ = "json";
  unsigned device_limit_ = 0;
  std::vector<Command> commands_;
};

}  // namespace sluice::cli

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Server: a fake store on a port of the loopback interface, with the servers that its links lead to.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tests/fakes/debrid/store.hpp"

namespace sluice::fakes::debrid {

/// Listens from construction to destruction. Latency and trickle take as long as they say, unless the server ends.
class Server {
 public:
  /// \param base_url  where the server is reached: "http://127.0.0.1:1234".
  using Make = std::function<std::unique_ptr<FakeStore>(std::string base_url)>;

  explicit Server(const Make& make);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  FakeStore& store();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace sluice::fakes::debrid

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeStore: what a fake is to those who carry its messages.

#include <atomic>
#include <string>

#include "tests/fakes/debrid/cdn.hpp"
#include "tests/fakes/debrid/message.hpp"
#include "tests/fakes/debrid/world.hpp"

namespace sluice::fakes::debrid {

/// One store with the servers that its links lead to. Add another beside FakeTorBox: derive from this, and give
/// fake_debrid its name. Threads: [any].
class FakeStore {
 public:
  /// \param base_url  where it is reached, without "/" at the end: what its links begin with.
  explicit FakeStore(std::string base_url, World::Clock clock = nullptr)
      : world_(std::move(clock)), cdn_(world_, std::move(base_url)) {}
  virtual ~FakeStore() = default;
  FakeStore(const FakeStore&) = delete;
  FakeStore& operator=(const FakeStore&) = delete;

  /// The answer to any request: of the store's API, or of a link's server.
  Response Handle(const Request& request);

  /// Whether links are for the address that they were asked for. At first they are not.
  void BindLinks(bool bind) { binds_ = bind; }

  World& world() { return world_; }
  Cdn& cdn() { return cdn_; }

 protected:
  bool binds_links() const { return binds_; }
  /// What the store calls the operation that is asked for: "torrents/mylist"; empty: it has none there.
  virtual std::string EndpointOf(const Request& request) const = 0;
  /// \param endpoint  as EndpointOf says; may be empty.
  virtual Response Answer(const Request& request, const std::string& endpoint) = 0;

 private:
  World world_;
  Cdn cdn_;
  std::atomic<bool> binds_{false};
};

}  // namespace sluice::fakes::debrid

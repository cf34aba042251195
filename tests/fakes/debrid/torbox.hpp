// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeTorBox: api.torbox.app as far as clients know it.

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/fakes/debrid/store.hpp"

namespace sluice::fakes::debrid {

/// Content without a timeline is ready at once if it is cached, and else after two minutes. What is not in the library
/// can be added, and never gets anywhere. An item's files have other ids and another order than those of cached
/// content; the last of them has the id 0.
class FakeTorBox final : public FakeStore {
 public:
  using FakeStore::FakeStore;

  /// Whether adding what is there already is refused. At first it answers what is there.
  void RefuseDuplicates(bool refuse) { refuses_duplicates_ = refuse; }
  /// An envelope that says what went wrong.
  static Response Failure(const std::string& error, int status, nlohmann::json data = nullptr);

 protected:
  std::string EndpointOf(const Request& request) const override;
  Response Answer(const Request& request, const std::string& endpoint) override;

 private:
  struct Service;
  struct Caller;

  Response Dispatch(const Caller& caller);
  Response Me(const Caller& caller) const;
  Response Check(const Caller& caller);
  Response Create(const Caller& caller);
  Response List(const Caller& caller);
  Response Control(const Caller& caller);
  Response Link(const Caller& caller);
  /// Records what the store would not understand, and answers that.
  Response Odd(const Caller& caller, const std::string& what);
  Content WantedContent(const Caller& caller, const std::string& link, const std::string& file);

  static const Service kServices[];

  std::atomic<bool> refuses_duplicates_{false};
};

}  // namespace sluice::fakes::debrid

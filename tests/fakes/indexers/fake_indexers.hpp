// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeIndexers: a Jackett, a Prowlarr and a plain Torznab index in one, strict about what they are asked.

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fakes/indexers/fake_index.hpp"

namespace sluice::fakes {

/// Jackett is at /jackett, Prowlarr at /prowlarr, the first index as plain Torznab at /torznab. Links of all lead to
/// their /dl. It answers requests as a function: FakeHttp calls it in a test, ServeIndexers on a socket.
/// A path, parameter or key that the real program would not take is answered as that does, and is a violation.
/// Threads: [any].
class FakeIndexers {
 public:
  /// \param base  "http://indexers.example": for the addresses below.
  explicit FakeIndexers(std::string base = {}) : base_(std::move(base)) {}

  static constexpr const char* kKey = "planted-api-key-0123456789";

  std::string jackett(const std::string& index) const {
    return base_ + "/jackett/api/v2.0/indexers/" + index + "/results/torznab";
  }
  std::string prowlarr() const { return base_ + "/prowlarr"; }
  std::string torznab() const { return base_ + "/torznab"; }
  const std::string& base() const { return base_; }

  void Add(FakeIndex index);
  /// Changes the index of that id.
  void Change(const std::string& id, const std::function<void(FakeIndex&)>& change);
  /// Lets all answers go that Fault::kHeld holds back, now and later.
  void ReleaseHeld();

  sdk::HttpResponse Answer(const sdk::HttpRequest& request);

  /// "GET /jackett/…?t=caps&apikey=…" of each request, in order.
  std::vector<std::string> log() const;
  /// Requests whose target holds `part`.
  std::size_t Count(std::string_view part) const;
  /// What was asked that should not have been.
  std::vector<std::string> violations() const;
  /// Waits until so many requests hold `part`. \returns  false: not within a minute.
  bool WaitFor(std::string_view part, std::size_t count) const;

 private:
  struct Query;

  sdk::HttpResponse Route(const sdk::HttpRequest& request, const std::string& origin, const std::string& path,
                          const Query& query);
  sdk::HttpResponse Torznab(const FakeIndex& index, const Query& query, const std::string& links,
                            const std::string& element);
  sdk::HttpResponse Misbehave(Fault fault, const FakeIndex& index, sdk::HttpResponse good);
  sdk::HttpResponse Link(const FakeIndex& index, const std::string& position) const;
  sdk::HttpResponse ProwlarrApi(const sdk::HttpRequest& request, const std::string& origin, const std::string& path,
                                const Query& query);
  sdk::HttpResponse Refuse(int status, const std::string& why);
  const FakeIndex* Find(const std::string& id) const;

  const std::string base_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<FakeIndex> indexes_;
  std::vector<std::string> log_;
  std::vector<std::string> violations_;
  bool is_held_ = true;
};

}  // namespace sluice::fakes

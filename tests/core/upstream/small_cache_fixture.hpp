// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of the cache for small responses share.

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/upstream/small_fetching.hpp"
#include "core/upstream/whole_body.hpp"
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::upstream {

using fakes::FaultyOrigin;

inline constexpr const char* kSmallRequests = "sluice_upstream_small_requests_total";

/// Time that a test sets.
class SetPacer final : public Pacer {
 public:
  explicit SetPacer(Clock::time_point& now) : now_(now) {}
  Clock::time_point Now() override { return now_; }

 private:
  Clock::time_point& now_;
};

class SmallCacheTest : public ClientTest {
 protected:
  SmallCacheTest() { MakeCache(1'000'000); }

  void MakeCache(std::size_t max_bytes) {
    cache_.reset();
    MakeClient({.trusted = {"127.0.0.1"}});
    cache_ = std::make_unique<SmallCache>(*client_, registry_, max_bytes, std::make_unique<SetPacer>(now_));
  }

  /// Answers each request with these fields and its number as body.
  FaultyOrigin::Script Numbered(std::string fields) {
    return [this, fields = std::move(fields)](FaultyOrigin::Peer& peer) {
      while (!peer.ReadHead().empty()) {
        const auto number = std::to_string(++served_);
        peer.Send("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(number.size()) + "\r\n\r\n" +
                  number);
      }
    };
  }

  sdk::Result<SmallResult> FetchSmall(const sdk::Call& call, const Request& request, const SmallOptions& options = {}) {
    const auto fetching = cache_->Begin(call, request, options);
    auto answer = fetching->Advance();
    while (!answer) answer = fetching->Advance(WaitFor(fetching->awaited(), call));
    return std::move(*answer);
  }
  /// The body or the error's message.
  std::string Ask(const Request& request, const SmallOptions& options = {}) {
    const TestCall call;
    return Show(FetchSmall(call, request, options));
  }
  static std::string Show(const sdk::Result<SmallResult>& result) {
    if (!result) return result.error().message;
    if (result->small) return result->small->body;
    auto text = result->first;
    const auto read = ReadUpTo(*result->passed->body, 1'000'000, text);
    return read ? text : read.error().message;
  }
  static Request With(Request request, std::vector<sdk::Header> headers) {
    request.headers = std::move(headers);
    return request;
  }

  Clock::time_point now_ = Clock::now();
  std::atomic<int> served_{0};
  std::unique_ptr<SmallCache> cache_;
};

}  // namespace sluice::upstream

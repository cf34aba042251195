// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of all stores start from: a component before a fake of its store, and what became of a call.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/sinks.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/fakes/debrid/over_fake_http.hpp"

namespace sluice::plugins::store {

inline std::string Magnet(const std::string& hash) { return "magnet:?xt=urn:btih:" + hash; }
inline std::string NumberedHash(int i) {
  const auto digits = std::to_string(i);
  return std::string(40 - digits.size(), '0') + digits;
}

/// What a store's error comes to.
struct ExpectedError {
  const char* error;
  sdk::Errc code;
  sdk::Reason reason = sdk::Reason::kNone;
};

/// Lets a host's time pass, a second in a millisecond, so that what waits by it goes on.
class PassingTime {
 public:
  explicit PassingTime(sdk::testing::FakeClock& clock)
      : thread_([this, &clock](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          while (!stop.stop_requested()) {
            clock.Advance(std::chrono::seconds(1));
            tick_.wait_for(lock, stop, std::chrono::milliseconds(1), [] { return false; });
          }
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any tick_;
  std::jthread thread_;
};

/// `Component` behind its C table, with `Fake` as the whole of its network. Secrets are texts that hold "planted".
template <typename Component, typename Fake>
class StoreTest : public ::testing::Test {
 protected:
  /// \param base  where the store is asked by default. \param stock  what every test's store holds.
  StoreTest(const std::string& base, const std::string& key, void (*stock)(Fake&))
      : fake_(base, [this] { return host_.clock.Now(); }), user_{.token = key, .client_ip = "203.0.113.5"} {
    stock(fake_);
    fakes::debrid::Serve(fake_, host_.http, base);
    Make({});
  }
  void TearDown() override {
    EXPECT_THAT(host_.log.Text() + host_.metrics.Text(), ::testing::Not(::testing::HasSubstr("planted")));
    EXPECT_THAT(world().violations(), ::testing::IsEmpty());
    EXPECT_EQ(world().crossed(), 0U) << "a limit of the store was crossed";
    EXPECT_THAT(store_->violations(), ::testing::IsEmpty());
    for (const auto& [key, value] : host_.kv.entries())
      EXPECT_THAT(key + value, ::testing::Not(::testing::HasSubstr("planted")));
    EXPECT_THAT(host_.http.unexpected(), ::testing::IsEmpty());
  }
  void Make(const sdk::testing::TestConfig& config) {
    auto made = sdk::testing::CreateThroughAbi<Component>(config, host_);
    ASSERT_TRUE(made) << made.error().message;
    store_.emplace(*std::move(made));
  }

  fakes::debrid::World& world() { return fake_.world(); }
  sdk::Store& store() { return **store_; }
  std::size_t Asked(std::string_view endpoint) { return world().Requests(endpoint); }
  sdk::Result<sdk::Item> Add(const std::string& hash) { return Order({.uri = Magnet(hash)}); }
  sdk::Result<sdk::Item> Order(const sdk::StoreOrder& order) {
    return Checked(store().Add(sdk::testing::AnyCall(), user_, order));
  }
  sdk::Result<sdk::Item> Get(std::string_view id) { return Checked(store().Get(sdk::testing::AnyCall(), user_, id)); }
  sdk::Result<sdk::Source> Link(std::string_view id, std::string_view file) {
    return Checked(store().Link(sdk::testing::AnyCall(), user_, id, file));
  }
  sdk::Status Remove(std::string_view id) { return Checked(store().Remove(sdk::testing::AnyCall(), user_, id)); }
  template <typename Answer>
  Answer Checked(Answer answer) {
    if (!answer) {
      EXPECT_THAT(answer.error().message, ::testing::Not(::testing::HasSubstr("planted")));
    }
    return answer;
  }
  template <typename Answer>
  static std::optional<sdk::Errc> CodeOf(const Answer& answer) {
    return answer ? std::nullopt : std::optional(answer.error().code);
  }
  /// The next answer of `endpoint` is this one.
  void Answer(const std::string& endpoint, fakes::debrid::Response response) {
    world().Break({.endpoint = endpoint, .answer = std::move(response)});
  }
  void Answer(const std::string& endpoint, std::string body, int status = 200) {
    Answer(endpoint, fakes::debrid::Response{
                         .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)});
  }

  sdk::testing::FakeHost host_;
  Fake fake_;
  sdk::StoreUser user_;
  std::optional<sdk::testing::ThroughAbi<sdk::Store>> store_;
};

}  // namespace sluice::plugins::store

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of all stores start from: a component before a fake of its store, and what became of a call.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/conformance_store.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/sinks.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

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

/// How servers fail, whatever they are asked.
inline std::vector<fakes::debrid::Fault (*)(std::string)> Faults() {
  using namespace fakes::debrid;
  return {&MalformedJson,
          &WrongType,
          &Reset,
          [](std::string endpoint) { return HtmlPage(std::move(endpoint), 200); },
          [](std::string endpoint) { return HtmlPage(std::move(endpoint), 404); },
          [](std::string endpoint) { return ServerError(std::move(endpoint), 502); }};
}

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

  /// What Get says of `id` when `endpoint` answers that.
  std::string GetOn(const std::string& endpoint, std::string_view id, std::string body, int status) {
    Answer(endpoint, std::move(body), status);
    const auto item = Get(id);
    return item ? "item " + item->id : item.error().message;
  }
  /// The account's operation is answered so, and that comes to what is expected.
  void ExpectMeaning(const std::string& endpoint, const fakes::debrid::Response& failure, const ExpectedError& expected,
                     const std::string& message) {
    Make({{"/breaker_failures", 1000}});
    Answer(endpoint, failure);
    const auto account = Checked(store().GetAccount(sdk::testing::AnyCall(), user_));
    ASSERT_FALSE(account) << expected.error;
    EXPECT_EQ(account.error().code, expected.code) << expected.error;
    EXPECT_EQ(account.error().reason, expected.reason) << expected.error;
    EXPECT_EQ(account.error().upstream_status, static_cast<std::uint32_t>(failure.status));
    EXPECT_EQ(account.error().message, message);
    host_.clock.Advance(std::chrono::seconds(1));
  }
  /// A .torrent file, and the item that is made of it: the same as that of its magnet URI.
  std::string ExpectTakesATorrentFile() {
    const std::string info = "d6:lengthi5e4:name5:x.mkv12:piece lengthi16384e6:pieces0:e";
    const std::string torrent = "d8:announce8:http://t4:info" + info + "e";
    const auto hash = fakes::debrid::HashOf(fakes::debrid::Kind::kTorrent, {}, torrent);
    world().AddContent({.hash = hash, .name = "x.mkv", .files = {{"x.mkv", 5}}});
    const auto by_file = Order({.file = sdk::AsBytes(torrent)});
    const auto by_magnet = Add(hash);
    EXPECT_TRUE(by_file && by_magnet);
    if (!by_file || !by_magnet) return torrent;
    EXPECT_EQ(by_file->hash, hash);
    EXPECT_EQ(by_file->state, sdk::ItemState::kReady);
    EXPECT_EQ(by_magnet->id, by_file->id);
    return torrent;
  }

  /// Something that a viewer asks for, and an operation of the store that it takes.
  struct Operation {
    std::string endpoint;
    std::function<std::optional<sdk::Errc>()> ask;
  };
  /// Whatever answers that is none: the store is said to have failed.
  void ExpectBroken(const std::vector<Operation>& operations) {
    Make({{"/breaker_failures", 1000}});
    for (const auto& operation : operations)
      for (const auto& fault : Faults()) {
        world().Break(fault(operation.endpoint));
        EXPECT_EQ(operation.ask(), sdk::Errc::kUpstreamFailed) << operation.endpoint;
        host_.clock.Advance(std::chrono::seconds(1));
      }
  }
  /// A store that is off is asked again after a pause, and not before.
  void ExpectLeftAloneWhileItIsOff(const std::string& id, const std::string& hash) {
    world().Break({.endpoint = "", .times = 3, .answer = fakes::debrid::Response{.status = 502}});
    Make({{"/breaker_failures", 3}});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(CodeOf(Get(id)), sdk::Errc::kUpstreamFailed);
    const auto held = Get(id);
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().reason, sdk::Reason::kServerDown);
    EXPECT_EQ(host_.http.requests().size(), 3U);
    host_.clock.Advance(std::chrono::seconds(15));
    EXPECT_TRUE(Add(hash));
  }
  /// Adding ends soon when the viewer leaves, and when there is no time left.
  void ExpectAddEndsWithTheCall(const std::string& hash) {
    host_.http.Hang();
    const auto before = host_.http.requests().size();
    sdk::testing::TestCall call;
    const auto add = [&](const sdk::Call& during) { return CodeOf(store().Add(during, user_, {.uri = Magnet(hash)})); };
    std::thread viewer([&] { EXPECT_EQ(add(call), sdk::Errc::kCancelled); });
    EXPECT_TRUE(host_.http.WaitForRequests(before + 1));
    call.Cancel();
    viewer.join();
    EXPECT_EQ(add(sdk::testing::CallFor(std::chrono::milliseconds(50))), sdk::Errc::kDeadlineExceeded);
  }
  /// Eight viewers of one account want the same at once, so many times each: all of them can play it.
  void ExpectPlaysForMany(const std::string& hash, const std::string& id, const std::string& file, int times) {
    std::vector<std::thread> viewers;
    std::atomic<int> played{0};
    for (int i = 0; i < 8; ++i)
      viewers.emplace_back([&] {
        for (int n = 0; n < times; ++n) {
          const auto item = Add(hash);
          played += item && item->id == id && Link(item->id, file) ? 1 : 0;
        }
      });
    for (auto& viewer : viewers) viewer.join();
    EXPECT_EQ(played, 8 * times);
  }
  /// Eight viewers at once, on two accounts. \param ask  what each does, ten times. \param n  for the how manieth time.
  template <typename Ask>
  void AtOnce(const std::string& other_key, Ask ask) {
    std::vector<std::thread> viewers;
    for (int i = 0; i < 8; ++i)
      viewers.emplace_back([&, i] {
        const sdk::StoreUser user{.token = i % 2 == 0 ? user_.token : other_key, .client_ip = user_.client_ip};
        for (int n = 0; n < 10; ++n) ask(user, n);
      });
    for (auto& viewer : viewers) viewer.join();
  }

  sdk::testing::FakeHost host_;
  Fake fake_;
  sdk::StoreUser user_;
  std::optional<sdk::testing::ThroughAbi<sdk::Store>> store_;
};

/// For the SDK's suite, of a store that lets time pass with what it is asked, so that the suite keeps within its
/// limits.
template <typename Fake>
struct ConformingStore : sdk::testing::StoreFixture {
  ConformingStore(std::string at, void (*fill)(Fake&)) : base(std::move(at)), stock(fill) {}
  void Prepare(sdk::testing::FakeHost& host) override {
    fake.emplace(base, [&host] {
      host.clock.Advance(std::chrono::seconds(1));
      return host.clock.Now();
    });
    stock(*fake);
    fakes::debrid::Serve(*fake, host.http, base);
  }
  ~ConformingStore() override {
    EXPECT_THAT(fake->world().violations(), ::testing::IsEmpty());
    EXPECT_EQ(fake->world().crossed(), 0U);
  }

  const std::string base;
  void (*const stock)(Fake&);
  std::optional<Fake> fake;
};

/// The names that every test of a store uses.
namespace names {
using namespace std::chrono_literals;
using fakes::debrid::Kind;
using sdk::Content;
using sdk::Errc;
using sdk::ItemState;
using sdk::Reason;
using sdk::testing::AnyCall;
using sdk::testing::CollectedItems;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using store::ExpectedError;
using store::NumberedHash;
using store::PassingTime;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
}  // namespace names

}  // namespace sluice::plugins::store

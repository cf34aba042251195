// SPDX-License-Identifier: MIT
#include "core/state/bus.hpp"

#include <gmock/gmock.h>
#include <prometheus/registry.h>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/state/redis_bus.hpp"
#include "core/state/redis_client.hpp"
#include "tests/core/state/redis_fixture.hpp"
#include "tests/fakes/redis.hpp"

namespace sluice::state {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

/// Takes down what a callback is told.
class Heard {
 public:
  Bus::Callback callback() {
    return [this](std::optional<std::string_view> message) {
      const std::lock_guard lock(mutex_);
      if (message) {
        messages_.emplace_back(*message);
      } else {
        ++missed_;
      }
    };
  }
  std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  int missed() const {
    const std::lock_guard lock(mutex_);
    return missed_;
  }
  bool AwaitMessages(std::size_t count) const {
    return Await([&] { return messages().size() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;
  int missed_ = 0;
};

/// One instance of the server.
struct Instance {
  explicit Instance(RedisOptions options)
      : client(std::make_unique<RedisClient>(std::move(options), metrics)), bus(MakeRedisBus(*client)) {}
  prometheus::Registry metrics;
  std::unique_ptr<RedisClient> client;
  std::unique_ptr<Bus> bus;
};

/// What every bus does.
class BusTest : public ::testing::TestWithParam<const char*> {
 protected:
  BusTest() {
    if (std::string_view(GetParam()) == "Memory") {
      memory_ = MakeMemoryBus();
      return;
    }
    redis_.emplace();
    instance_.emplace(OptionsOf(*redis_));
    first_ = bus().Subscribe("first", heard_first_.callback());
    EXPECT_TRUE(Await([&] { return heard_first_.missed() == 1; })) << "it listens";
  }
  Bus& bus() { return memory_ ? *memory_ : *instance_->bus; }

  std::optional<fakes::Redis> redis_;
  Heard heard_first_;
  std::unique_ptr<Bus> memory_;
  std::optional<Instance> instance_;
  std::unique_ptr<Bus::Subscription> first_;
};

INSTANTIATE_TEST_SUITE_P(Buses, BusTest, ::testing::Values("Memory", "Redis"),
                         [](const auto& of) { return std::string(of.param); });

TEST_P(BusTest, TellsEverybodyWhoListensToTheChannel) {
  Heard one;
  Heard another;
  Heard elsewhere;
  const auto a = bus().Subscribe("users", one.callback());
  const auto b = bus().Subscribe("users", another.callback());
  const auto c = bus().Subscribe("user", elsewhere.callback());

  ASSERT_TRUE(bus().Publish("users", "1"));
  ASSERT_TRUE(bus().Publish("users", ""));
  ASSERT_TRUE(bus().Publish("nobody", "x"));
  ASSERT_TRUE(bus().Publish("user", "last"));

  EXPECT_TRUE(elsewhere.AwaitMessages(1));
  EXPECT_THAT(elsewhere.messages(), ElementsAre("last"));
  EXPECT_THAT(one.messages(), ElementsAre("1", ""));
  EXPECT_THAT(another.messages(), ElementsAre("1", ""));
  EXPECT_EQ(one.missed(), 0);
}

TEST_P(BusTest, CarriesAnyOctets) {
  std::string octets;
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  const auto message = octets + std::string(100'000, '\n') + "\r\n$1\r\n";
  Heard heard;
  const auto subscription = bus().Subscribe(octets, heard.callback());

  ASSERT_TRUE(bus().Publish(octets, message));

  ASSERT_TRUE(heard.AwaitMessages(1));
  EXPECT_EQ(heard.messages().front(), message);
}

TEST_P(BusTest, WhoHasLeftHearsNothing) {
  Heard gone;
  Heard heard;
  auto leaving = bus().Subscribe("c", gone.callback());
  const auto staying = bus().Subscribe("c", heard.callback());
  ASSERT_TRUE(bus().Publish("c", "1"));
  ASSERT_TRUE(gone.AwaitMessages(1));

  leaving.reset();
  ASSERT_TRUE(bus().Publish("c", "2"));

  ASSERT_TRUE(heard.AwaitMessages(2));
  EXPECT_THAT(gone.messages(), ElementsAre("1"));
}

TEST_P(BusTest, ACallbackMayEndItsOwnSubscription) {
  Heard heard;
  std::atomic<int> calls{0};
  std::unique_ptr<Bus::Subscription> own;
  std::mutex mutex;
  {
    const std::lock_guard lock(mutex);
    own = bus().Subscribe("c", [&](auto) {
      const std::lock_guard inner(mutex);
      ++calls;
      own.reset();
    });
  }
  const auto other = bus().Subscribe("c", heard.callback());

  ASSERT_TRUE(bus().Publish("c", "1"));
  ASSERT_TRUE(bus().Publish("c", "2"));

  ASSERT_TRUE(heard.AwaitMessages(2));
  EXPECT_EQ(calls, 1);
}

TEST(RedisBusTest, ReachesTheOtherInstancesOfItsDatabase) {
  const fakes::Redis redis;
  auto elsewhere = OptionsOf(redis);
  elsewhere.database = 1;
  Instance one(OptionsOf(redis));
  Instance two(OptionsOf(redis));
  Instance three(elsewhere);
  Heard heard_two;
  Heard heard_three;
  const auto b = two.bus->Subscribe("c", heard_two.callback());
  const auto c = three.bus->Subscribe("c", heard_three.callback());
  ASSERT_TRUE(Await([&] { return heard_two.missed() == 1 && heard_three.missed() == 1; }));

  ASSERT_TRUE(one.bus->Publish("c", "for two"));
  ASSERT_TRUE(three.bus->Publish("c", "for three"));

  EXPECT_TRUE(heard_three.AwaitMessages(1));
  EXPECT_TRUE(heard_two.AwaitMessages(1));
  EXPECT_THAT(heard_two.messages(), ElementsAre("for two"));
  EXPECT_THAT(heard_three.messages(), ElementsAre("for three"));
}

TEST(RedisBusTest, SaysThatMessagesMayHaveBeenMissed) {
  fakes::Redis redis;
  Instance instance(OptionsOf(redis));
  Heard heard;
  const auto subscription = instance.bus->Subscribe("c", heard.callback());
  ASSERT_TRUE(Await([&] { return heard.missed() == 1; }));

  redis.Kill();
  const auto lost = instance.bus->Publish("c", "lost");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, sdk::Errc::kUpstreamFailed);
  redis.Restart();

  ASSERT_TRUE(Await([&] { return heard.missed() == 2; }));
  ASSERT_TRUE(Await([&] { return static_cast<bool>(instance.bus->Publish("c", "heard")); }));
  EXPECT_TRUE(heard.AwaitMessages(1));
  EXPECT_THAT(heard.messages(), ElementsAre("heard"));
}

TEST(RedisBusTest, ListensOnceTheServerIsThere) {
  fakes::Redis redis;
  redis.Kill();
  Instance instance(OptionsOf(redis));
  Heard heard;
  const auto subscription = instance.bus->Subscribe("c", heard.callback());

  redis.Restart();

  EXPECT_TRUE(Await([&] { return heard.missed() == 1; }));
}

TEST(RedisBusTest, HearsAgainWhenAServerHung) {
  fakes::Redis redis;
  Instance instance(OptionsOf(redis, milliseconds(300)));
  Heard heard;
  const auto subscription = instance.bus->Subscribe("c", heard.callback());
  ASSERT_TRUE(Await([&] { return heard.missed() == 1; }));

  redis.Pause();
  ASSERT_TRUE(Await([&] { return !instance.client->away().empty() || !instance.bus->Publish("c", "x"); }));
  redis.Resume();

  ASSERT_TRUE(Await([&] { return static_cast<bool>(instance.bus->Publish("c", "y")); }));
  EXPECT_TRUE(Await([&] { return !heard.messages().empty() && heard.messages().back() == "y"; }));
}

TEST(RedisBusTest, EndsAtOnceWhateverItWaitsFor) {
  fakes::Redis redis;
  redis.Pause();
  Instance instance(OptionsOf(redis, std::chrono::hours(1)));
  Heard heard;
  auto subscription = instance.bus->Subscribe("c", heard.callback());
  const auto began = std::chrono::steady_clock::now();

  subscription.reset();
  instance.bus.reset();

  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(10));
}

}  // namespace
}  // namespace sluice::state

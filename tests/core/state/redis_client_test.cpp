// SPDX-License-Identifier: MIT
#include "core/state/redis_client.hpp"

#include <gmock/gmock.h>
#include <prometheus/registry.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "core/state/redis_bus.hpp"
#include "core/state/redis_kv.hpp"
#include "core/telemetry/log.hpp"
#include "tests/core/state/redis_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/full_port.hpp"
#include "tests/fakes/metric.hpp"
#include "tests/fakes/redis.hpp"

namespace sluice::state {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// Far more than any call takes that is not held up.
constexpr seconds kSoon{5};

std::string& Logged() {
  static std::string logged;
  return logged;
}

class RedisClientTest : public ::testing::Test {
 protected:
  RedisClientTest() {
    Logged().clear();
    telemetry::SetLogSink([](std::string_view line) { Logged() += line; });
  }
  ~RedisClientTest() override {
    client_.reset();  // its thread logs
    telemetry::SetLogSink(nullptr);
  }

  void Use(RedisOptions options) {
    kv_.reset();
    client_.reset();
    client_ = std::make_unique<RedisClient>(std::move(options), metrics_);
    kv_ = MakeRedisKv(*client_);
  }
  /// What is wrong with a call, which must come soon.
  std::string Failure() {
    const auto began = RedisClock::now();
    const auto value = kv_->Get("k");
    EXPECT_LT(RedisClock::now() - began, kSoon);
    EXPECT_FALSE(value);
    if (value) return {};
    EXPECT_EQ(value.error().code, sdk::Errc::kUpstreamFailed);
    return value.error().message;
  }
  bool Recovers() {
    return Await([&] { return static_cast<bool>(kv_->Put("k", "v", seconds(0))); });
  }
  double Metric(const std::string& name, const sluice::testing::Labels& labels = {}) const {
    return sluice::testing::Metric(metrics_, name, labels);
  }

  prometheus::Registry metrics_;
  std::unique_ptr<RedisClient> client_;
  std::unique_ptr<KvStore> kv_;
};

/// A command by a connection of its own.
RedisReply Tell(const RedisOptions& options, std::initializer_list<std::string_view> parts) {
  const auto stop = net::Event::Make();
  RedisDialer dialer(options, stop);
  const auto deadline = RedisClock::now() + seconds(20);
  auto connection = dialer.Dial(deadline);
  EXPECT_TRUE(connection) << connection.error().message;
  auto replies = (*connection)->Exchange(RedisCommand(parts), 1, deadline);
  EXPECT_TRUE(replies) << replies.error().message;
  return replies->front();
}

TEST_F(RedisClientTest, RecoversWhenTheServerWasAway) {
  fakes::Redis redis;
  Use(OptionsOf(redis));
  client_->Connect();
  ASSERT_EQ(client_->away(), "");
  ASSERT_TRUE(kv_->Put("k", "v", seconds(0)));
  EXPECT_EQ(Metric("sluice_cache_up"), 1);

  redis.Kill();

  EXPECT_THAT(Failure(), ::testing::StartsWith("redis 127.0.0.1:" + std::to_string(redis.port()) + ": "));
  EXPECT_EQ(Metric("sluice_cache_up"), 0);
  EXPECT_TRUE(Await([&] { return client_->away() == "connection refused"; })) << client_->away();
  EXPECT_THAT(Failure(), EndsWith(": connection refused"));
  redis.Restart();
  EXPECT_TRUE(Recovers());
  EXPECT_EQ(client_->away(), "");
  EXPECT_EQ(Metric("sluice_cache_up"), 1);
  EXPECT_THAT(Logged(), AllOf(HasSubstr("\"the cache is there\""), HasSubstr("\"the cache is away\"")));
}

TEST_F(RedisClientTest, NoticesByItselfThatTheServerWentAwayAndCameBack) {
  fakes::Redis redis;
  Use(OptionsOf(redis));
  client_->Connect();

  redis.Kill();
  EXPECT_TRUE(Await([&] { return client_->away() != ""; }));
  redis.Restart();
  EXPECT_TRUE(Await([&] { return client_->away() == ""; }));
}

TEST_F(RedisClientTest, AServerThatIsNotThereAtFirstIsFoundLater) {
  fakes::Redis redis;
  redis.Kill();
  Use(OptionsOf(redis));

  client_->Connect();

  EXPECT_EQ(client_->away(), "connection refused");
  EXPECT_THAT(Failure(), EndsWith(": connection refused"));
  redis.Restart();
  EXPECT_TRUE(Recovers());
}

TEST_F(RedisClientTest, AServerThatHangsHoldsNobodyForLong) {
  fakes::Redis redis;
  Use(OptionsOf(redis, milliseconds(300)));
  ASSERT_TRUE(Recovers());

  redis.Pause();

  std::atomic<int> failures{0};
  std::atomic<bool> late{false};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 3; ++round) {
          const auto began = RedisClock::now();
          if (!kv_->Put("k", "v", seconds(0))) ++failures;
          if (RedisClock::now() - began >= kSoon) late = true;
        }
      });
    }
  }
  EXPECT_EQ(failures, 48);
  EXPECT_FALSE(late);
  EXPECT_THAT(Failure(), EndsWith(": no answer in time"));
  redis.Resume();
  EXPECT_TRUE(Recovers());
}

TEST_F(RedisClientTest, APortThatLetsNobodyInHoldsNobodyForLong) {
  const fakes::FullPort port;
  Use({.host = "127.0.0.1", .port = port.port(), .timeout = milliseconds(300)});

  EXPECT_THAT(Failure(), ::testing::AnyOf(EndsWith(": no answer in time"), EndsWith(": no connection yet")));
  client_->Connect();
  EXPECT_EQ(client_->away(), "no answer in time");
}

TEST_F(RedisClientTest, WhatWaitedForABusyConnectionIsSentTogether) {
  fakes::Redis redis;
  Use(OptionsOf(redis));
  client_->Connect();
  redis.Pause();
  constexpr int kThreads = 32;
  std::latch all(kThreads + 1);
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        all.arrive_and_wait();
        for (int round = 0; round < 20; ++round) {
          const auto key = std::to_string(i) + "/" + std::to_string(round);
          if (!kv_->Put(key, key, seconds(0))) ++failures;
          const auto value = kv_->Get(key);
          if (!value || *value != key) ++failures;
        }
      });
    }
    all.arrive_and_wait();
    redis.Resume();
  }

  EXPECT_EQ(failures, 0);
  const auto clients = Tell(OptionsOf(redis), {"CLIENT", "LIST"}).text;
  const auto count = std::count(clients.begin(), clients.end(), '\n');
  EXPECT_LE(count, static_cast<std::ptrdiff_t>(RedisClient::kConnections) + 1) << clients;
}

TEST_F(RedisClientTest, AConnectionThatTheServerEndedFailsNoCall) {
  fakes::Redis redis;
  Use(OptionsOf(redis));
  client_->Connect();
  ASSERT_TRUE(kv_->Put("k", "v", seconds(0)));

  Tell(OptionsOf(redis), {"CLIENT", "KILL", "TYPE", "normal"});

  EXPECT_TRUE(kv_->Put("k", "v", seconds(0)));
  EXPECT_EQ(Metric("sluice_cache_errors_total"), 0);
}

TEST_F(RedisClientTest, SignsIn) {
  const fakes::Redis redis({"--requirepass", "right-password"});
  auto options = OptionsOf(redis);
  options.password = "right-password";
  Use(options);
  EXPECT_TRUE(kv_->Put("k", "v", seconds(0)));
  options.user = "default";
  Use(options);
  EXPECT_TRUE(kv_->Put("k", "v", seconds(0)));

  options.password = "wrong-password";
  Use(options);
  EXPECT_THAT(Failure(), HasSubstr(": signing in: WRONGPASS "));
  EXPECT_THAT(client_->away(), ::testing::StartsWith("signing in: WRONGPASS "));
  EXPECT_THAT(Logged(), Not(HasSubstr("wrong-password")));
  options.user.clear();
  options.password.clear();
  Use(options);
  EXPECT_THAT(Failure(), HasSubstr(": signing in: NOAUTH "));
}

/// docs/operating.md says so.
TEST_F(RedisClientTest, NeedsFewRights) {
  const fakes::Redis redis;
  Tell(OptionsOf(redis), {"ACL", "SETUSER", "app", "on", ">a-password", "~sluice:*", "&sluice:0:*", "+@read", "+@write",
                          "+@connection", "+@scripting", "+@pubsub"});
  auto options = OptionsOf(redis);
  options.user = "app";
  options.password = "a-password";
  Use(options);
  const auto bus = MakeRedisBus(*client_);
  std::atomic<int> missed{0};
  std::atomic<int> heard{0};
  const auto subscription = bus->Subscribe("c", [&](auto message) { ++(message ? heard : missed); });

  EXPECT_TRUE(kv_->Put("k", "1", seconds(60)));
  EXPECT_TRUE(*kv_->PutIf("k", "1", "2", seconds(60)));
  EXPECT_EQ(*kv_->Increment("k", 1, seconds(60)), 3);
  EXPECT_EQ(*kv_->Increment("fresh", 1, seconds(60)), 1);
  EXPECT_TRUE(kv_->Get("k"));
  EXPECT_TRUE(kv_->Erase("k"));
  ASSERT_TRUE(Await([&] { return missed == 1; }));
  EXPECT_TRUE(bus->Publish("c", "m"));
  EXPECT_TRUE(Await([&] { return heard == 1; }));
}

TEST_F(RedisClientTest, KeepsToItsDatabaseAndPrefix) {
  const fakes::Redis redis;
  auto options = OptionsOf(redis);
  options.database = 3;
  Use(options);
  ASSERT_TRUE(kv_->Put("k", "three", seconds(0)));

  EXPECT_EQ(Tell(options, {"GET", "sluice:k"}).text, "three");
  EXPECT_EQ(Tell(OptionsOf(redis), {"GET", "sluice:k"}).kind, RedisReply::Kind::kNothing);
  options.database = 99;
  Use(options);
  EXPECT_THAT(Failure(), HasSubstr(": signing in: ERR DB index is out of range"));
}

TEST_F(RedisClientTest, FindsTheServerByItsName) {
  const fakes::Redis redis;
  auto options = OptionsOf(redis);
  options.host = "localhost";
  Use(options);
  EXPECT_TRUE(kv_->Put("k", "v", seconds(0)));

  Use({.host = "nobody.invalid", .port = redis.port(), .timeout = seconds(1)});
  client_->Connect();
  EXPECT_THAT(client_->away(), ::testing::AnyOf("its name has no address", "its name was not looked up in time"));
}

TEST_F(RedisClientTest, SomethingElseThatAnswersIsNoRedis) {
  const fakes::Nginx nginx("location / { return 204; }");
  Use({.host = "127.0.0.1", .port = nginx.port(), .timeout = seconds(20)});

  EXPECT_THAT(Failure(), EndsWith(": what answers is no Redis server"));
}

/// Answers what every new connection says, up to a GET.
void LetIn(fakes::FaultyOrigin::Peer& peer) {
  peer.ReadBody(RedisCommand({"PING"}).size() + RedisCommand({"CLIENT", "SETNAME", "sluice"}).size());
  peer.Send("+PONG\r\n+OK\r\n");
  peer.ReadBody(RedisCommand({"SET", "sluice:alive", "1", "EX", "60"}).size());
  peer.Send("+OK\r\n");
  peer.ReadBody(RedisCommand({"GET", "sluice:k"}).size());
}

TEST_F(RedisClientTest, ATextThatIsCutShortIsNone) {
  for (const auto* part : {"$10\r\nabc", "$10\r\n", "$1", "$10\r\n0123456789", "$10\r\n0123456789\r", ":12", "+O"}) {
    const fakes::FaultyOrigin server([&](fakes::FaultyOrigin::Peer& peer) {
      LetIn(peer);
      peer.Send(part);
    });
    Use({.host = "127.0.0.1", .port = server.port(), .timeout = seconds(20)});
    client_->Connect();

    EXPECT_THAT(Failure(), EndsWith(": the connection was closed")) << part;
    client_.reset();
  }
}

TEST_F(RedisClientTest, AServerThatDripsHoldsNobodyForLong) {
  const fakes::FaultyOrigin server([](fakes::FaultyOrigin::Peer& peer) {
    LetIn(peer);
    peer.Send("$1000000\r\n");
    while (peer.Send("x")) ::poll(nullptr, 0, 10);
  });
  Use({.host = "127.0.0.1", .port = server.port(), .timeout = milliseconds(500)});
  client_->Connect();

  EXPECT_THAT(Failure(), EndsWith(": no answer in time"));
  client_.reset();
}

TEST_F(RedisClientTest, AServerThatTakesNoWritesIsAway) {
  const fakes::Redis redis;
  Use(OptionsOf(redis));
  ASSERT_TRUE(kv_->Put("k", "v", seconds(0)));
  Tell(OptionsOf(redis), {"REPLICAOF", "127.0.0.1", "1"});

  EXPECT_THAT(kv_->Put("k", "v", seconds(0)).error().message, HasSubstr(": READONLY "));
  EXPECT_THAT(client_->away(), HasSubstr("READONLY "));
  EXPECT_THAT(Failure(), HasSubstr(": READONLY ")) << "it may be read from, and is away all the same";

  Tell(OptionsOf(redis), {"REPLICAOF", "NO", "ONE"});
  EXPECT_TRUE(Recovers());
}

TEST_F(RedisClientTest, AnErrorOfOneCommandConcernsNobodyElse) {
  const fakes::Redis redis;
  Use(OptionsOf(redis));
  Tell(OptionsOf(redis), {"LPUSH", "sluice:list", "x"});

  const auto value = kv_->Get("list");

  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_THAT(value.error().message, HasSubstr(": WRONGTYPE "));
  EXPECT_TRUE(kv_->Put("k", "v", seconds(0)));
  EXPECT_EQ(client_->away(), "");
  EXPECT_EQ(Metric("sluice_cache_errors_total", {{"operation", "get"}}), 1);
  EXPECT_EQ(Metric("sluice_cache_seconds", {{"operation", "get"}}), 1);
  EXPECT_EQ(Metric("sluice_cache_seconds", {{"operation", "put"}}), 1);
  EXPECT_EQ(Metric("sluice_cache_errors_total", {{"operation", "put"}}), 0);
}

TEST(RedisReplyTest, AnErrorShowsNoArguments) {
  EXPECT_EQ(RedisErrorText("ERR unknown command 'x', with args beginning with: 'secret'"), "ERR unknown command 'x'");
  EXPECT_EQ(RedisErrorText("ERR " + std::string(1000, 'x')).size(), 160U);
}

}  // namespace
}  // namespace sluice::state

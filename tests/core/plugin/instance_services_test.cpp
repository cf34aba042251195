// SPDX-License-Identifier: MIT
#include "core/plugin/instance_services.hpp"

#include <gmock/gmock.h>
#include <sluice/abi/admin.h>
#include <sluice/abi/http.h>
#include <sluice/abi/kv.h>
#include <sluice/abi/links.h>
#include <sluice/abi/log.h>
#include <sluice/abi/metrics.h>
#include <sluice/abi/secrets.h>

#include "core/plugin/instance_host.hpp"
#include "core/plugin/plugin_metrics.hpp"
#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

struct NoAdmin final : sdk::AdminService {
  sdk::Result<std::string> Query(std::string_view) override { return std::string("{}"); }
  sdk::Status Reload() override { return sdk::Ok(); }
};

class InstanceServicesTest : public HostTest {
 protected:
  InstanceServicesTest() { services_.admin = &admin_; }
  std::unique_ptr<HostHandle> Host(std::string kind) {
    return MakeInstanceHost(services_, plugin_metrics_,
                            {.plugin = "org.example.p", .kind = std::move(kind), .type = "t", .component = "c"});
  }
  static bool Offers(const HostHandle& host, std::string_view id) {
    return host.abi().service(&host.abi(), {id.data(), id.size()}) != nullptr;
  }

  NoAdmin admin_;
  prometheus::Registry registry_;
  PluginMetrics plugin_metrics_{registry_};
  TimedCall call_;
};

TEST_F(InstanceServicesTest, OffersWhatTheServerHas) {
  const auto host = Host("store");

  EXPECT_TRUE(Offers(*host, SLUICE_LOG_SERVICE));
  EXPECT_TRUE(Offers(*host, SLUICE_METRICS_SERVICE));
  EXPECT_TRUE(Offers(*host, SLUICE_KV_SERVICE));
  EXPECT_TRUE(Offers(*host, SLUICE_SECRETS_SERVICE));
  EXPECT_FALSE(Offers(*host, SLUICE_HTTP_SERVICE)) << "this server has no client";
  EXPECT_FALSE(Offers(*host, SLUICE_LINKS_SERVICE));
  EXPECT_FALSE(Offers(*host, "sluice.teapot/1"));
  EXPECT_EQ(std::string(host->abi().server_version.data, host->abi().server_version.size), "1.2.3");
}

TEST_F(InstanceServicesTest, OffersAdminToEndpointsOnly) {
  EXPECT_TRUE(Offers(*Host("endpoint"), SLUICE_ADMIN_SERVICE));
  for (const auto* kind : {"auth", "store", "indexer", "manifest", "media", "resolver", "filter", ""}) {
    EXPECT_FALSE(Offers(*Host(kind), SLUICE_ADMIN_SERVICE)) << kind;
  }
}

TEST_F(InstanceServicesTest, AnInitHasNothingThatBelongsToAnInstance) {
  const auto host = Host("");

  EXPECT_TRUE(Offers(*host, SLUICE_LOG_SERVICE));
  EXPECT_FALSE(Offers(*host, SLUICE_METRICS_SERVICE));
  EXPECT_FALSE(Offers(*host, SLUICE_KV_SERVICE));
  EXPECT_FALSE(Offers(*host, SLUICE_SECRETS_SERVICE));
}

TEST_F(InstanceServicesTest, LogLinesNamePluginAndComponent) {
  InstanceLog out("org.example.p", "gate");
  const std::array<sdk::Field, 1> fields = {{{"store", "torbox"}}};

  out.Write(sdk::LogLevel::kWarning, "it rains", fields);

  EXPECT_THAT(log(), HasSubstr("\"level\":\"warning\",\"message\":\"it rains\",\"plugin\":\"org.example.p\","
                               "\"component\":\"gate\",\"store\":\"torbox\""));
}

TEST_F(InstanceServicesTest, KeysOfTwoComponentsNeverMeet) {
  InstanceKv one(*kv_, "store", "a");
  InstanceKv two(*kv_, "store", "a/b");
  InstanceKv three(*kv_, "auth", "a");

  ASSERT_TRUE(one.Put(call_, "b/x", "one", {}));
  ASSERT_TRUE(two.Put(call_, "x", "two", {}));
  ASSERT_TRUE(three.Put(call_, "b/x", "three", {}));

  EXPECT_THAT(*one.Get(call_, "b/x"), Optional(std::string("one")));
  EXPECT_THAT(*two.Get(call_, "x"), Optional(std::string("two")));
  EXPECT_THAT(*kv_->Get("store/a/b/x"), Optional(std::string("one")));
  ASSERT_TRUE(one.Erase(call_, "b/x"));
  EXPECT_EQ(*one.Get(call_, "b/x"), std::nullopt);
  EXPECT_THAT(*three.Get(call_, "b/x"), Optional(std::string("three")));
}

TEST_F(InstanceServicesTest, ComparesAndSets) {
  InstanceKv store(*kv_, "store", "a");

  EXPECT_TRUE(*store.PutIf(call_, "k", std::nullopt, "1", {}));
  EXPECT_FALSE(*store.PutIf(call_, "k", std::nullopt, "2", {}));
  EXPECT_TRUE(*store.PutIf(call_, "k", "1", "2", {}));
}

TEST_F(InstanceServicesTest, CountsInItsOwnNameSpace) {
  InstanceKv one(*kv_, "store", "a");
  InstanceKv two(*kv_, "store", "b");

  EXPECT_EQ(*one.Increment(call_, "k", 5, {}), 5);
  EXPECT_EQ(*one.Increment(call_, "k", -7, {}), -2);
  EXPECT_EQ(*two.Increment(call_, "k", 1, {}), 1);
  EXPECT_THAT(*kv_->Get("store/a/k"), Optional(std::string("-2")));
  EXPECT_EQ(one.Increment(call_, "k", 1, std::chrono::seconds(-1)).error().message, "kv ttl: want 0 or more seconds");
  EXPECT_EQ(one.Increment(call_, "", 1, {}).error().message, "kv key: want 1 to 512 bytes");
}

/// A server that is away, as its client says it.
struct AwayKv final : state::KvStore {
  static sdk::Error Away() {
    return {.code = sdk::Errc::kUpstreamFailed, .message = "redis cache.lan:6379: connection refused"};
  }
  sdk::Result<std::optional<std::string>> Get(std::string_view) override { return Away(); }
  sdk::Status Put(std::string_view, std::string_view, std::chrono::seconds) override { return Away(); }
  sdk::Result<bool> PutIf(std::string_view, std::optional<std::string_view>, std::string_view,
                          std::chrono::seconds) override {
    return Away();
  }
  sdk::Result<std::int64_t> Increment(std::string_view, std::int64_t, std::chrono::seconds) override { return Away(); }
  sdk::Status Erase(std::string_view) override { return Away(); }
};

TEST_F(InstanceServicesTest, WhereTheCacheIsStaysInside) {
  AwayKv away;
  InstanceKv store(away, "store", "a");
  InstanceSecrets secrets(*secrets_, &away, "store", "a");

  for (const auto& error :
       {store.Get(call_, "k").error(), store.Put(call_, "k", "v", {}).error(),
        store.PutIf(call_, "k", std::nullopt, "v", {}).error(), store.Increment(call_, "k", 1, {}).error(),
        store.Erase(call_, "k").error(), secrets.Keep(call_, "n", "s", {}).error(), secrets.Recall(call_, "n").error(),
        secrets.Forget(call_, "n").error()}) {
    EXPECT_EQ(error.code, sdk::Errc::kUpstreamFailed);
    EXPECT_EQ(error.message, "the cache is away");
  }
}

TEST_F(InstanceServicesTest, KeysAndValuesAreBounded) {
  InstanceKv store(*kv_, "store", "a");

  EXPECT_TRUE(store.Put(call_, std::string(512, 'k'), "v", {}));
  EXPECT_EQ(*store.Get(call_, std::string(512, 'k')), "v");
  EXPECT_EQ(store.Put(call_, "", "v", {}).error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(store.Put(call_, std::string(513, 'k'), "v", {}).error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(store.Put(call_, "k", std::string(1024 * 1024 + 1, 'v'), {}).error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(store.Put(call_, "k", "v", std::chrono::seconds(-1)).error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(store.Get(call_, "").error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(store.Erase(call_, "").error().code, sdk::Errc::kInvalidArgument);
}

TEST_F(InstanceServicesTest, SecretsOfTwoComponentsCannotBeExchanged) {
  InstanceSecrets one(*secrets_, nullptr, "store", "a");
  InstanceSecrets two(*secrets_, nullptr, "store", "b");

  const auto sealed = one.Seal("key", "user:1");
  ASSERT_TRUE(sealed);

  EXPECT_EQ(*one.Open(*sealed, "user:1"), "key");
  EXPECT_FALSE(one.Open(*sealed, "user:2"));
  EXPECT_FALSE(two.Open(*sealed, "user:1"));
  EXPECT_NE(one.Fingerprint("key"), two.Fingerprint("key"));
  EXPECT_EQ(*one.OpenDeterministic(*one.SealDeterministic("key")), "key");
  EXPECT_EQ(*one.SealDeterministic("key"), *one.SealDeterministic("key"));
  EXPECT_FALSE(two.OpenDeterministic(*one.SealDeterministic("key")));
  EXPECT_TRUE(one.Equal("a", "a"));
  EXPECT_FALSE(one.Equal("a", "b"));
}

TEST_F(InstanceServicesTest, WhatIsKeptIsEveryComponents) {
  InstanceSecrets one(*secrets_, kv_.get(), "endpoint", "a");
  InstanceSecrets two(*secrets_, kv_.get(), "filter", "b");
  InstanceSecrets none(*secrets_, nullptr, "filter", "c");

  ASSERT_TRUE(one.Keep(call_, "clearkey:1", "secret", {}));

  EXPECT_THAT(*two.Recall(call_, "clearkey:1"), Optional(std::string("secret")));
  EXPECT_EQ(*two.Recall(call_, "clearkey:2"), std::nullopt);
  ASSERT_TRUE(two.Forget(call_, "clearkey:1"));
  EXPECT_EQ(*one.Recall(call_, "clearkey:1"), std::nullopt);
  EXPECT_EQ(none.Keep(call_, "n", "s", {}).error().code, sdk::Errc::kUnsupported);
  EXPECT_EQ(none.Recall(call_, "n").error().code, sdk::Errc::kUnsupported);
  EXPECT_EQ(none.Forget(call_, "n").error().code, sdk::Errc::kUnsupported);
}

TEST_F(InstanceServicesTest, RandomOctetsKeepToTheirBounds) {
  InstanceSecrets random(*secrets_, nullptr, "store", "a");

  EXPECT_EQ(random.Random(16).size(), 16U);
  EXPECT_EQ(random.Random(0).size(), 1U);
  EXPECT_EQ(random.Random(1 << 30).size(), 4096U);
  EXPECT_NE(random.Random(16), random.Random(16));
}

}  // namespace
}  // namespace sluice::plugin::testing

// SPDX-License-Identifier: MIT
#include "core/plugin/instance_components.hpp"

#include <gmock/gmock.h>
#include <sluice/abi/auth.h>
#include <sluice/abi/components.h>

#include <nlohmann/json.hpp>
#include <sluice/sdk/components.hpp>

#include "core/plugin/instance_host.hpp"
#include "core/plugin/plugin_metrics.hpp"
#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

using ::testing::HasSubstr;

/// A store that knows one account, and says which words it was given.
struct OneAccount final : sdk::Store {
  sdk::StoreTraits Traits() const noexcept override { return {.torrents = false, .usenet = true}; }
  sdk::Result<sdk::Account> GetAccount(const sdk::Call&, const sdk::StoreUser& user) override {
    return sdk::Account{.id = "of " + std::string(user.token)};
  }
  sdk::Status Check(const sdk::Call&, const sdk::StoreUser&, sdk::Content content,
                    std::span<const std::string_view> hashes, sdk::ItemSink& sink) override {
    for (const auto hash : hashes) {
      if (!sink.Put({.hash = std::string(hash), .content = content})) break;
    }
    return sdk::Ok();
  }
  sdk::Result<sdk::Item> Add(const sdk::Call&, const sdk::StoreUser&, const sdk::StoreOrder& order) override {
    return sdk::Item{.id = std::string(order.uri)};
  }
  sdk::Result<sdk::Item> Get(const sdk::Call&, const sdk::StoreUser&, std::string_view id) override {
    return sdk::Item{.id = std::string(id)};
  }
  sdk::Result<std::uint64_t> List(const sdk::Call&, const sdk::StoreUser&, const sdk::StorePage& page,
                                  sdk::ItemSink&) override {
    return std::uint64_t{page.offset};
  }
  sdk::Status Remove(const sdk::Call&, const sdk::StoreUser&, std::string_view) override {
    return sdk::Error{.code = sdk::Errc::kUnsupported, .message = "nothing", .reason = sdk::Reason::kLocked};
  }
  sdk::Result<sdk::Source> Link(const sdk::Call&, const sdk::StoreUser&, std::string_view id,
                                std::string_view file) override {
    return sdk::Source{.url = "https://cdn.example/" + std::string(id) + "/" + std::string(file)};
  }
};

struct OneRelease final : sdk::Indexer {
  sdk::Status Search(const sdk::Call&, const sdk::IndexerUser& user, const sdk::Query& query,
                     sdk::ReleaseSink& sink) override {
    sink.Put({.title = std::string(query.text) + " by " + std::string(user.key)});
    return sdk::Ok();
  }
};

struct OneUser final : sdk::AuthBackend {
  sdk::Result<std::optional<sdk::Principal>> Authenticate(const sdk::Call&, const sdk::Credentials& given) override {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    sdk::Principal principal{.subject = "user:" + std::string(given.user)};
    if (given.secret == "for a minute") principal.expires_at = now + std::chrono::minutes(1);
    if (given.secret == "over") principal.expires_at = now;
    return std::optional(std::move(principal));
  }
};

class FakeInstance final : public Instance {
 public:
  FakeInstance(std::string kind, Interface interface) : kind_(std::move(kind)), interface_(std::move(interface)) {}
  const std::string& name() const override { return kind_; }
  const std::string& kind() const override { return kind_; }
  const std::string& type() const override { return kind_; }
  const std::string& plugin() const override { return kind_; }
  bool quarantined() const override { return false; }
  const Interface& interface() const override { return interface_; }

 private:
  const std::string kind_;
  const Interface interface_;
};

struct Taker final : sdk::ItemSink, sdk::ReleaseSink {
  bool Put(const sdk::Item& item) override { return seen.append(item.hash).append(" "), true; }
  bool Put(const sdk::Release& release) override { return seen.append(release.title).append(" "), true; }
  std::string seen;
};

class InstanceComponentsTest : public HostTest {
 protected:
  InstanceComponentsTest() {
    there_["torbox"] = std::make_shared<FakeInstance>("store", std::unique_ptr<sdk::Store>(new OneAccount));
    there_["index"] = std::make_shared<FakeInstance>("indexer", std::unique_ptr<sdk::Indexer>(new OneRelease));
    there_["pool"] = std::make_shared<FakeInstance>("auth", std::unique_ptr<sdk::AuthBackend>(new OneUser));
    services_.find = [this](std::string_view name) { return there_[std::string(name)]; };
    handle_ = MakeInstanceHost(services_, plugin_metrics_,
                               {.plugin = "org.example.p",
                                .kind = "endpoint",
                                .type = "t",
                                .component = "c",
                                .named = {{"store", "torbox"}, {"indexer", "index"}, {"auth", "pool"}}});
    host_.emplace(handle_->abi());
  }

  std::map<std::string, std::shared_ptr<const Instance>> there_;
  prometheus::Registry registry_;
  PluginMetrics plugin_metrics_{registry_};
  std::unique_ptr<HostHandle> handle_;
  std::optional<sdk::Host> host_;
  const TimedCall call_;
};

TEST_F(InstanceComponentsTest, CallsAStoreThroughTheHost) {
  const auto store = sdk::FindStore(*host_, "torbox");
  ASSERT_TRUE(store) << store.error().message;
  const sdk::StoreUser user{.token = "key"};
  const std::string_view hashes[] = {"aa", "bb"};
  Taker taker;

  EXPECT_TRUE((*store)->Traits().usenet);
  EXPECT_FALSE((*store)->Traits().torrents);
  EXPECT_EQ((*store)->GetAccount(call_, user)->id, "of key");
  EXPECT_TRUE((*store)->Check(call_, user, sdk::Content::kUsenet, hashes, taker));
  EXPECT_EQ(taker.seen, "aa bb ");
  EXPECT_EQ((*store)->Add(call_, user, {.uri = "magnet:?x"})->id, "magnet:?x");
  EXPECT_EQ((*store)->Get(call_, user, "7")->id, "7");
  EXPECT_EQ(*(*store)->List(call_, user, {.offset = 9}, taker), 9U);
  EXPECT_EQ((*store)->Remove(call_, user, "7").error().reason, sdk::Reason::kLocked);
  EXPECT_EQ((*store)->Link(call_, user, "7", "f")->url, "https://cdn.example/7/f");
}

TEST_F(InstanceComponentsTest, CallsIndexersAndAuthBackends) {
  const auto indexer = sdk::FindIndexer(*host_, "index");
  const auto auth = sdk::FindAuth(*host_, "pool");
  ASSERT_TRUE(indexer && auth);
  Taker taker;

  EXPECT_TRUE((*indexer)->Search(call_, {.key = "k"}, {.text = "film"}, taker));
  EXPECT_EQ(taker.seen, "film by k ");
  EXPECT_EQ((**(*auth)->Authenticate(call_, {.scheme = "basic", .user = "ann", .secret = "s"})).subject, "user:ann");
}

TEST_F(InstanceComponentsTest, WhoHasRunOutIsNotVouchedFor) {
  const auto auth = sdk::FindAuth(*host_, "pool");
  ASSERT_TRUE(auth);
  const auto ask = [&](std::string_view secret) {
    return (*auth)->Authenticate(call_, {.scheme = "basic", .user = "ann", .secret = secret});
  };

  EXPECT_TRUE(ask("for a minute"));
  const auto over = ask("over");
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, sdk::Errc::kUnauthenticated);
}

TEST_F(InstanceComponentsTest, OpensOnlyWhatTheConfigurationNamesAsWhatItIs) {
  for (const auto* const name : {"other", "index", ""}) {
    const auto refused = sdk::FindStore(*host_, name);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, sdk::Errc::kPermissionDenied);
    EXPECT_EQ(refused.error().message, "component: want a store that the configuration names");
  }
  EXPECT_EQ(host_->Component("sluice.filter/1", "torbox").error().code, sdk::Errc::kUnsupported);
}

TEST_F(InstanceComponentsTest, FollowsReloads) {
  const auto store = sdk::FindStore(*host_, "torbox");
  ASSERT_TRUE(store);

  there_.erase("torbox");
  const auto gone = (*store)->Get(call_, {}, "7");
  there_["torbox"] = std::make_shared<FakeInstance>("indexer", std::unique_ptr<sdk::Indexer>(new OneRelease));
  const auto another_kind = (*store)->Get(call_, {}, "7");
  const auto traits = (*store)->Traits();
  there_["torbox"] = std::make_shared<FakeInstance>("store", std::unique_ptr<sdk::Store>(new OneAccount));

  ASSERT_TRUE(!gone && !another_kind);
  EXPECT_EQ(gone.error().code, sdk::Errc::kNotFound);
  EXPECT_EQ(gone.error().message, "component \"torbox\" is not there any more");
  EXPECT_EQ(another_kind.error().code, sdk::Errc::kNotFound);
  EXPECT_FALSE(traits.torrents);
  EXPECT_TRUE((*store)->Get(call_, {}, "7"));
}

TEST_F(InstanceComponentsTest, AServerWithoutASnapshotLetsNobodyCallOthers) {
  services_.find = {};
  const auto handle = MakeInstanceHost(
      services_, plugin_metrics_,
      {.plugin = "p", .kind = "endpoint", .type = "t", .component = "c", .named = {{"store", "torbox"}}});

  const auto refused = sdk::FindStore(sdk::Host(handle->abi()), "torbox");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, sdk::Errc::kUnsupported);
}

TEST_F(InstanceComponentsTest, NamesInAConfigurationAreThoseOfComponents) {
  Load(std::vector{Install("asks_others")});
  config::Config config;
  config.components.push_back(BadComponent("gate"));
  config.components.push_back(BadComponent("other"));
  *config.components[0].config = nlohmann::json::parse(R"({"also": ["other", "gone"], "store": "other"})");
  config::Faults faults;

  EXPECT_EQ(plugins_->CheckComponents(config, faults), std::set<std::string>{"other"});
  EXPECT_THAT(faults.Text(), HasSubstr("/components/gate/config/also/1: want the name of a component of kind auth, "
                                       "found \"gone\"; known: gate, other"));
  EXPECT_THAT(faults.Text(), HasSubstr("/components/gate/config/store: want the name of a component of kind store, "
                                       "found \"other\"; known: none"));
}

}  // namespace
}  // namespace sluice::plugin::testing

// SPDX-License-Identifier: MIT
#include <latch>
#include <set>
#include <thread>

#include "plugins/endpoint/pool/digest.hpp"
#include "tests/plugins/endpoint/pool/pool_fixture.hpp"

namespace sluice::plugins::pool {
namespace {

using GrantsTest = PoolTest;

INSTANTIATE_TEST_SUITE_P(Pool, GrantsTest, ::testing::Values(state::Engine::kSqlite, state::Engine::kPostgres),
                         state::EngineName);

TEST_P(GrantsTest, AnswersInTheOctetsThatClientsKnow) {
  AddUser("anna");
  AddKey("k1", kPlanted);

  const auto answer = node_.GetKey("anna", "phone");

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"poolKey":")" + std::string(kPlanted) +
                             R"(","poolKeyId":"k1","allowed":true,"deviceCount":1,"message":"Access granted"})");
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("Cache-Control"), "max-age=300");
  EXPECT_EQ(node_.host.metrics.Value("grants_total", {"granted"}), 1);
}

TEST_P(GrantsTest, LetsNobodyInWhileThereIsNoInternalKey) {
  Node closed(*database_, R"("internal_api_key": "")");

  for (const auto* const shown : {"Bearer ", "Bearer", ""}) {
    const auto answer = closed.Ask("POST", "/get-key", "{}", {{"Authorization", shown}});
    EXPECT_EQ(answer.status, 403) << shown;
  }
}

TEST_P(GrantsTest, LetsNobodyInWithoutTheInternalKey) {
  AddUser("anna");
  AddKey("k1", kPlanted);
  Node rotating(*database_, R"(, "internal_api_key_next": ")" + std::string(kNextKey) + "\"");
  const std::string body = R"({"userId":"anna","deviceId":"phone"})";
  const auto ask = [&](Node& node, const std::string& authorization) {
    return node.Ask("POST", "/get-key", body, {{"Authorization", authorization}});
  };

  for (const auto* const path : {"/get-key", "/log-usage"}) {
    const auto answer = node_.Ask("POST", path, "{}");
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.body, R"({"error":"Unauthorized"})");
  }
  EXPECT_EQ(node_.Ask("GET", "/stats").status, 403);
  EXPECT_EQ(ask(node_, std::string(kInternalKey)).status, 403);
  EXPECT_EQ(ask(node_, "Bearer " + std::string(kInternalKey) + "x").status, 403);
  EXPECT_EQ(ask(node_, "Bearer ").status, 403);
  EXPECT_EQ(ask(node_, "Bearer " + std::string(kNextKey)).status, 403);
  EXPECT_EQ(ask(rotating, "Bearer " + std::string(kNextKey)).status, 200);
  EXPECT_EQ(ask(rotating, "Bearer " + std::string(kInternalKey)).status, 200);
}

TEST_P(GrantsTest, NamesTheMemberThatIsWrong) {
  const auto ask = [&](std::string_view body) {
    const auto answer = node_.Internal("POST", "/get-key", body);
    EXPECT_EQ(answer.status, 400) << body;
    return answer.Text("/error");
  };

  EXPECT_EQ(ask("no JSON"), "body: want a JSON object");
  EXPECT_EQ(ask("[]"), "body: want a JSON object");
  EXPECT_EQ(ask("{}"), "userId: is missing; want text of 1 to 128 octets");
  EXPECT_EQ(ask(R"({"userId":"","deviceId":"x"})"), "userId: is missing; want text of 1 to 128 octets");
  EXPECT_EQ(ask(R"({"userId":"anna"})"), "deviceId: is missing; want text of 1 to 256 octets");
  EXPECT_EQ(ask(R"({"userId":7,"deviceId":"x"})"),
            "userId: want text of at most 128 octets, without control characters");
  EXPECT_EQ(ask(R"({"userId":"anna\u0000","deviceId":"x"})"),
            "userId: want text of at most 128 octets, without control characters");
  EXPECT_EQ(ask(R"({"userId":"anna","deviceId":")" + std::string(257, 'x') + "\"}"),
            "deviceId: want text of at most 256 octets, without control characters");
  EXPECT_EQ(ask(R"({"userId":"anna","deviceId":"x","store":1})"),
            "store: want text of at most 64 octets, without control characters");
  EXPECT_EQ(ask(R"({"userId":"anna","deviceId":"x","action":{}})"),
            "action: want text of at most 256 octets, without control characters");
}

TEST_P(GrantsTest, RefusesWhoMayNotHaveAKey) {
  AddUser("anna");
  AddUser("ben");
  Run("UPDATE {users} SET disabled = 1 WHERE id = 'ben'");
  const auto refusal = [&](const std::string& user) {
    const auto answer = node_.GetKey(user, "phone");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    return answer.body;
  };

  EXPECT_EQ(refusal("nobody"), R"({"allowed":false,"message":"This account is not known"})");
  EXPECT_EQ(refusal("ben"), R"({"allowed":false,"message":"This account is disabled"})");
  EXPECT_EQ(refusal("anna"), R"({"allowed":false,"message":"No key for torbox is free"})");
  EXPECT_EQ(Count("{devices}"), 0);
  EXPECT_EQ(node_.host.metrics.Value("grants_total", {"refused"}), 3);
}

TEST_P(GrantsTest, GivesEachUserTheLeastLoadedKeyAndStaysWithIt) {
  AddKey("younger", "secret-2", 2);
  AddKey("older", "secret-1", 1);
  AddKey("elsewhere", "secret-3", 1, "realdebrid");
  for (const auto* const user : {"a", "b", "c"}) AddUser(user);

  EXPECT_EQ(node_.GetKey("a", "phone").Text("/poolKeyId"), "older");
  EXPECT_EQ(node_.GetKey("b", "phone").Text("/poolKeyId"), "younger");
  EXPECT_EQ(node_.GetKey("c", "phone").Text("/poolKeyId"), "older");
  EXPECT_EQ(node_.GetKey("b", "tablet").Text("/poolKey"), "secret-2");
  EXPECT_EQ(node_.GetKey("a", "phone").Text("/poolKeyId"), "older") << "though the other one has fewer users";
  EXPECT_EQ(node_.GetKey("a", "phone", R"(,"store":"realdebrid")").Text("/poolKey"), "secret-3");
  EXPECT_EQ(node_.GetKey("a", "phone").Text("/poolKeyId"), "older") << "one for each store";
}

TEST_P(GrantsTest, LeavesOutKeysThatAreFullOrNotActive) {
  AddKey("k1", "secret-1", 1);
  AddKey("k2", "secret-2", 2);
  for (const auto* const user : {"a", "b", "c"}) AddUser(user);
  Run("UPDATE {keys} SET max_users = 1");

  EXPECT_EQ(node_.GetKey("a", "phone").Text("/poolKeyId"), "k1");
  EXPECT_EQ(node_.GetKey("b", "phone").Text("/poolKeyId"), "k2");
  EXPECT_EQ(node_.GetKey("c", "phone").Text("/allowed"), "false");
  Run("UPDATE {keys} SET max_users = NULL");
  Run("UPDATE {keys} SET state = 'dead' WHERE id = 'k1'");
  EXPECT_EQ(node_.GetKey("a", "phone").Text("/poolKeyId"), "k2") << "its own one died";
  EXPECT_EQ(node_.GetKey("c", "phone").Text("/poolKeyId"), "k2");
}

TEST_P(GrantsTest, CountsDevicesUpToTheLimit) {
  AddUser("anna");
  AddUser("ann");
  AddKey("k1", kPlanted);

  EXPECT_EQ(node_.GetKey("ann", "phone").Text("/deviceCount"), "1") << "not those of anna";
  EXPECT_EQ(node_.GetKey("anna", "phone").Text("/deviceCount"), "1");
  EXPECT_EQ(node_.GetKey("anna", "phone").Text("/deviceCount"), "1");
  EXPECT_EQ(node_.GetKey("anna", "tablet").Text("/deviceCount"), "2");
  EXPECT_EQ(node_.GetKey("anna", "tv").Text("/deviceCount"), "3");
  EXPECT_EQ(node_.GetKey("anna", "fridge").body,
            R"-({"allowed":false,"message":"Device limit reached (3)","deviceCount":3})-");
  EXPECT_EQ(node_.GetKey("anna", "tv").Text("/allowed"), "true");

  Run("UPDATE {users} SET device_limit = 4 WHERE id = 'anna'");
  EXPECT_EQ(node_.GetKey("anna", "fridge").Text("/deviceCount"), "4");
  Run("UPDATE {users} SET device_limit = 1 WHERE id = 'anna'");
  EXPECT_EQ(node_.GetKey("anna", "tv").Text("/allowed"), "true") << "whoever is in stays in";
}

TEST_P(GrantsTest, StoresNothingThatADeviceCouldBeFoundOutBy) {
  AddUser("anna");
  AddKey("k1", kPlanted);
  const std::string device = "203.0.113.7|Player/1.0";

  ASSERT_EQ(node_.GetKey("anna", device, R"(,"deviceLabel":"Living room")").Text("/allowed"), "true");

  const auto stored = Value("SELECT device FROM {devices}");
  EXPECT_EQ(stored.size(), 64U);
  EXPECT_NE(stored, sdk::HexEncode(Sha256(device))) << "a hash that anybody can try addresses on";
  EXPECT_NE(stored, sdk::HexEncode(Sha256("anna\n" + device)));
  EXPECT_EQ(Value("SELECT label FROM {devices}"), "Living room");
  EXPECT_THAT(node_.host.log.Text(), Not(HasSubstr("203.0.113.7")));
}

TEST_P(GrantsTest, InstancesAgreeOnDevicesAndUsers) {
  AddUser("anna");
  AddKey("k1", kPlanted);
  const auto other_database = Other();
  Node other(*other_database);

  EXPECT_EQ(node_.GetKey("anna", "phone").Text("/deviceCount"), "1");
  EXPECT_EQ(other.GetKey("anna", "phone").Text("/deviceCount"), "1");
  Run("UPDATE {users} SET disabled = 1");
  EXPECT_EQ(other.GetKey("anna", "phone").Text("/allowed"), "false") << "at once";
  EXPECT_EQ(node_.GetKey("anna", "phone").Text("/allowed"), "false");
}

TEST_P(GrantsTest, WritesThatADeviceWasSeenOnceAMinute) {
  AddUser("anna");
  AddKey("k1", kPlanted);
  node_.GetKey("anna", "phone");
  const auto first = Value("SELECT last_seen FROM {devices}");

  node_.host.clock.Advance(std::chrono::seconds(59));
  node_.GetKey("anna", "phone");
  EXPECT_EQ(Value("SELECT last_seen FROM {devices}"), first);
  node_.host.clock.Advance(std::chrono::seconds(1));
  node_.GetKey("anna", "phone");
  EXPECT_EQ(Value("SELECT last_seen FROM {devices}"), std::to_string(std::stoll(first) + 60));
  EXPECT_EQ(Value("SELECT first_seen FROM {devices}"), first);
}

TEST_P(GrantsTest, OneOfTwoNewDevicesGetsTheLastPlace) {
  AddKey("k1", kPlanted);
  for (int round = 0; round < 8; ++round) {
    const auto user = "user-" + std::to_string(round);
    AddUser(user);
    ASSERT_EQ(node_.GetKey(user, "first").Text("/allowed"), "true");
    ASSERT_EQ(node_.GetKey(user, "second").Text("/allowed"), "true");

    std::latch begin(4);
    std::atomic<int> allowed{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        begin.arrive_and_wait();
        if (node_.GetKey(user, "new-" + std::to_string(i)).Text("/allowed") == "true") ++allowed;
      });
    }
    threads.clear();

    EXPECT_EQ(allowed, 1);
    EXPECT_EQ(Count("{devices} WHERE user_id = '" + user + "'"), 3);
  }
}

TEST_P(GrantsTest, UsersWhoComeAtOnceAreSpreadOverTheKeys) {
  for (int i = 0; i < 3; ++i) AddKey("k" + std::to_string(i), "secret-" + std::to_string(i), i);
  for (int i = 0; i < 9; ++i) AddUser("user-" + std::to_string(i));
  std::latch begin(9);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 9; ++i) {
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      EXPECT_EQ(node_.GetKey("user-" + std::to_string(i), "phone").Text("/allowed"), "true");
    });
  }
  threads.clear();

  for (int i = 0; i < 3; ++i) EXPECT_EQ(Count("{assignments} WHERE key_id = 'k" + std::to_string(i) + "'"), 3);
}

TEST_P(GrantsTest, SaysWhenItsKeysDoNotOpen) {
  AddUser("anna");
  AddKey("k1", kPlanted);
  Run("UPDATE {keys} SET secret = $1", {sdk::SqlParam::Bytes(std::string(60, 'x'))});

  const auto answer = node_.GetKey("anna", "phone");

  EXPECT_EQ(answer.code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(answer.body, "pool key k1: this server's keys do not open what another one sealed");
}

TEST_P(GrantsTest, AKeyThatIsUsedUpIsStoodInForByAnother) {
  Node thrifty(*database_, R"(, "budgets": {"torbox": 2})");
  AddUser("anna");
  AddKey("k1", "secret-1", 1);
  AddKey("k2", "secret-2", 2);
  const auto key = [&] { return thrifty.GetKey("anna", "phone").Text("/poolKeyId"); };

  EXPECT_EQ(key(), "k1");
  thrifty.host.clock.Advance(std::chrono::seconds(40));
  EXPECT_EQ(key(), "k1");
  EXPECT_EQ(key(), "k2");
  EXPECT_EQ(key(), "k2");
  EXPECT_EQ(thrifty.GetKey("anna", "phone").body,
            R"({"allowed":false,"message":"All keys for torbox are busy, try again later","deviceCount":1})");
  EXPECT_EQ(Value("SELECT key_id FROM {assignments}"), "k1") << "its own one all the same";
  thrifty.host.clock.Advance(std::chrono::seconds(25));
  EXPECT_EQ(key(), "k1") << "a minute after the first";
  EXPECT_EQ(thrifty.GetKey("anna", "phone").Text("/allowed"), "false");
}

TEST_P(GrantsTest, BudgetsHoldForThreadsToo) {
  Node thrifty(*database_, R"(, "budgets": {"torbox": 5})");
  AddUser("anna");
  AddKey("k1", kPlanted);
  ASSERT_EQ(thrifty.GetKey("anna", "phone").Text("/allowed"), "true");
  std::atomic<int> allowed{1};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 3; ++n) allowed += thrifty.GetKey("anna", "phone").Text("/allowed") == "true" ? 1 : 0;
    });
  }
  threads.clear();

  EXPECT_EQ(allowed, 5);
}

TEST(PoolConfigTest, RefusesShortKeysAndBadUrls) {
  const auto refusal = [](const std::string& config) {
    const auto made = sdk::testing::CreateThroughAbi<Pool>(std::string_view(config));
    return made ? std::string("created") : made.error().message;
  };
  const auto with = [](const std::string& more) {
    return R"({"internal_api_key": ")" + std::string(kInternalKey) + "\"" + more + "}";
  };

  EXPECT_EQ(refusal(with("")), "created");
  EXPECT_EQ(refusal(R"({"internal_api_key": "thirty-one-characters-no-more.."})"),
            "/internal_api_key: is too short; want 32 characters or more, or none");
  EXPECT_EQ(refusal(R"({"internal_api_key": "                                 "})"),
            "/internal_api_key: is too short; want 32 characters or more, or none");
  EXPECT_EQ(refusal(with(R"(, "internal_api_key_next": "short")")),
            "/internal_api_key_next: is too short; want 32 characters or more");
  EXPECT_EQ(refusal(with(R"(, "base_url": "ftp://pool.example")")),
            "/base_url: want an http or https URL without user name, query and fragment");
  EXPECT_EQ(refusal(with(R"(, "account_urls": {"torbox": "https://u:p@h"})")),
            "/account_urls/torbox: want an http or https URL without user name, query and fragment");
  EXPECT_THAT(refusal("{}"), HasSubstr("internal_api_key"));
}

}  // namespace
}  // namespace sluice::plugins::pool

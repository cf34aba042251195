// SPDX-License-Identifier: MIT
#include "plugins/endpoint/pool/account_call.hpp"
#include "tests/plugins/endpoint/pool/pool_fixture.hpp"

namespace sluice::plugins::pool {
namespace {

using namespace std::chrono_literals;

constexpr auto kTorBox = "https://api.torbox.app/v1/api/user/me";

class HealthTest : public PoolTest {
 protected:
  void SetUp() override {
    AddKey("k1", kPlanted, 1);
    AddKey("k2", "secret-2", 2);
    for (const auto* const user : {"a", "b", "c"}) AddUser(user);
  }
  void TearDown() override {
    EXPECT_THAT(node_.host.log.Text(), Not(HasSubstr(kPlanted)));
    EXPECT_THAT(node_.host.metrics.Text(), Not(HasSubstr(kPlanted)));
    PoolTest::TearDown();
  }
  void Says(int status, const std::string& body) { node_.host.http.AnswerJson("GET", kTorBox, body, status); }
  Node::Answer Check(const std::string& key) { return node_.Ask("POST", "/keys/" + key + "/check"); }
  std::string KeyOf(const std::string& user, const std::string& more = {}) {
    return node_.GetKey(user, "phone", more).Text("/poolKeyId");
  }
  /// As an instance whose store would not take the key.
  std::string Failed(const std::string& user, const std::string& more = {}) {
    const auto answer = node_.Internal(
        "POST", "/get-key", R"({"userId":")" + user + R"(","deviceId":"phone","action":"key-failed")" + more + "}");
    return answer.Text("/poolKeyId");
  }
};

INSTANTIATE_TEST_SUITE_P(Pool, HealthTest, ::testing::Values(state::Engine::kSqlite, state::Engine::kPostgres),
                         state::EngineName);

TEST_P(HealthTest, AsksTheStoreWithTheKey) {
  Says(200, R"({"success":true,"error":null,"data":{"email":"x"}})");
  node_.host.clock.Advance(std::chrono::seconds(5));

  const auto answer = Check("k1");

  EXPECT_EQ(answer.Text("/result"), "alive");
  EXPECT_EQ(answer.Text("/key/state"), "active");
  EXPECT_EQ(answer.Text("/key/checked_at"), "1767225605");
  EXPECT_THAT(answer.body, Not(HasSubstr(kPlanted)));
  ASSERT_EQ(node_.host.http.requests().size(), 1U);
  const auto request = node_.host.http.requests()[0];
  EXPECT_EQ(sdk::FieldValue(request.headers, "Authorization"), "Bearer " + std::string(kPlanted));
  EXPECT_THAT(request.url, Not(HasSubstr(kPlanted)));
  EXPECT_EQ(node_.host.metrics.Value("key_checks_total", {"torbox", "alive"}), 1);
}

TEST_P(HealthTest, ADeadKeyLosesItsUsersAndInstancesHearOfIt) {
  ASSERT_EQ(KeyOf("a"), "k1");
  ASSERT_EQ(KeyOf("b"), "k2");
  ASSERT_EQ(KeyOf("c"), "k1");
  Says(403, R"({"success":false,"error":"BAD_TOKEN","detail":")" + std::string(kPlanted) + "\"}");

  const auto answer = Check("k1");

  EXPECT_EQ(answer.Text("/result"), "dead");
  EXPECT_EQ(answer.Text("/reason"), "api.torbox.app answered 403 BAD_TOKEN");
  EXPECT_EQ(answer.Text("/key/state"), "dead");
  EXPECT_EQ(answer.Text("/key/fault"), "api.torbox.app answered 403 BAD_TOKEN");
  EXPECT_EQ(answer.Text("/key/users"), "0");
  EXPECT_EQ(Value("SELECT kind || ' ' || subject FROM {events}"), "key-retired k1");
  EXPECT_EQ(Count("{assignments} WHERE key_id = 'k2'"), 3);
  EXPECT_EQ(KeyOf("a"), "k2");
  Check("k1");
  EXPECT_EQ(Count("{events}"), 1) << "it was dead before";
}

TEST_P(HealthTest, ADeadKeyThatIsAliveAgainIsActive) {
  Says(401, "{}");
  Says(200, R"({"success":true})");

  EXPECT_EQ(Check("k1").Text("/key/state"), "dead");
  const auto answer = Check("k1");
  EXPECT_EQ(answer.Text("/key/state"), "active");
  EXPECT_EQ(answer.Text("/key/fault"), "");
}

TEST_P(HealthTest, WhatItsOperatorDisabledStaysSo) {
  ASSERT_EQ(node_.Ask("PATCH", "/keys/k1", R"({"disabled":true})").status, 200);
  Says(200, R"({"success":true})");
  Says(401, "{}");

  EXPECT_EQ(Check("k1").Text("/key/state"), "disabled");
  EXPECT_EQ(Check("k1").Text("/key/state"), "disabled");
  EXPECT_EQ(Count("{events}"), 1);
}

TEST_P(HealthTest, WhatIsNoAnswerIsUnknown) {
  node_.host.http.Fail("GET", kTorBox, {.code = sdk::Errc::kUpstreamFailed, .message = "connection refused"});
  Says(500, "{}");
  Says(200, R"({"success":false})");
  Says(200, "no JSON");
  node_.host.http.Answer("GET", kTorBox, {.status = 403, .body = "<html>blocked</html>"});

  for (int i = 0; i < 5; ++i) {
    const auto answer = Check("k1");
    EXPECT_EQ(answer.Text("/result"), "unknown") << i;
    EXPECT_EQ(answer.Text("/key/state"), "active");
    if (i == 0) {
      EXPECT_EQ(answer.Text("/reason"), "no answer: connection refused");
    }
  }
  EXPECT_EQ(Count("{events}"), 0);
}

TEST_P(HealthTest, AViewerWhoseKeyFailedGetsAnotherAtOnce) {
  ASSERT_EQ(KeyOf("a"), "k1");
  Says(401, R"({"success":false,"error":"BAD_TOKEN"})");

  EXPECT_EQ(Failed("a"), "k2");
  EXPECT_EQ(KeyOf("a"), "k2") << "and keeps it";
  EXPECT_THAT(node_.host.log.Text(), HasSubstr("a pool key is dead"));
}

TEST_P(HealthTest, AKeyThatIsReportedAgainAndAgainIsAskedAboutOnceAMinute) {
  Says(200, R"({"success":true})");
  ASSERT_EQ(KeyOf("a"), "k1");

  EXPECT_EQ(Failed("a"), "k1") << "the store says that it is good";
  EXPECT_EQ(Failed("a"), "k1");
  const auto logged = node_.Internal("POST", "/log-usage", R"({"userId":"a","action":"key-failed","poolKeyId":"k1"})");
  EXPECT_EQ(logged.body, R"({"success":true})");
  EXPECT_EQ(node_.host.http.requests().size(), 1U);
  node_.host.clock.Advance(std::chrono::seconds(60));
  EXPECT_EQ(node_.Internal("POST", "/log-usage", R"({"userId":"a","action":"key-failed","poolKeyId":"k1"})").status,
            200);
  EXPECT_EQ(node_.host.http.requests().size(), 2U);
  EXPECT_EQ(Failed("a", R"(,"poolKeyId":"k2")"), "k1") << "another one than the user's is meant";
  EXPECT_EQ(node_.host.http.requests().size(), 3U);
  EXPECT_EQ(Failed("a", R"(,"poolKeyId":"gone")"), "k1");
  EXPECT_EQ(node_.host.http.requests().size(), 3U);
}

TEST_P(HealthTest, StoresAreWhereTheirOperatorSays) {
  Node node(*database_, R"(, "account_urls": {"torbox": "https://mirror.example/tb/"})");
  node.host.http.AnswerJson("GET", "https://mirror.example/tb/v1/api/user/me", R"({"success":true})");

  EXPECT_EQ(node.Ask("POST", "/keys/k1/check").Text("/result"), "alive");
}

TEST_P(HealthTest, SaysWhatItCannotCheck) {
  AddKey("k3", "secret-3", 3, "offcloud");

  EXPECT_EQ(Check("k3").code, sdk::Errc::kUnsupported);
  EXPECT_EQ(Check("k3").body, "store offcloud: its account call is not known");
  EXPECT_EQ(Check("none").code, sdk::Errc::kNotFound);
}

TEST(AccountCallTest, JudgesWhatStoresAnswer) {
  const auto judge = [](std::string_view store, int status, const std::string& body) {
    const auto* const call = FindAccountCall(store);
    const auto url = RequestOf(*call, "", "x").url;
    return Judge(*call, {.status = status, .url = url, .headers = {}, .body = body});
  };

  EXPECT_EQ(judge("realdebrid", 200, R"({"id":1,"type":"premium"})").health, Health::kAlive);
  EXPECT_EQ(judge("realdebrid", 401, R"({"error":"bad_token","error_code":8})").health, Health::kDead);
  EXPECT_EQ(judge("realdebrid", 401, R"({"error":"bad_token","error_code":8})").reason,
            "api.real-debrid.com answered 401 bad_token");
  EXPECT_EQ(judge("realdebrid", 403, R"({"error":"ip_not_allowed"})").health, Health::kUnknown);
  EXPECT_EQ(judge("realdebrid", 503, "").health, Health::kUnknown);
  EXPECT_EQ(judge("alldebrid", 200, R"({"status":"success","data":{}})").health, Health::kAlive);
  EXPECT_EQ(judge("alldebrid", 200, R"({"status":"error","error":{"code":"AUTH_BAD_APIKEY"}})").health, Health::kDead);
  EXPECT_EQ(judge("alldebrid", 401, R"({"status":"error","error":{"code":"AUTH_BLOCKED"}})").health, Health::kUnknown);
  EXPECT_EQ(judge("alldebrid", 200, R"({"status":"error","error":{"code":"MAINTENANCE"}})").health, Health::kUnknown);
  EXPECT_EQ(judge("torbox", 401, "").health, Health::kDead);
  EXPECT_EQ(judge("torbox", 403, R"({"error":"a key 5ec7e75e"})").reason, "api.torbox.app answered 403");
  EXPECT_EQ(FindAccountCall("shelf"), nullptr);
}

TEST_P(HealthTest, KeysInUseAreCheckedFromTimeToTime) {
  Node node(*database_, R"(, "check_hours": 2)");
  const auto get = [&](const std::string& user) {
    const auto answer = node.GetKey(user, "phone");
    node.host.tasks.Wait();
    return answer.Text("/poolKeyId");
  };
  const auto checks = [&] { return node.host.http.requests().size(); };
  node.host.http.AnswerJson("GET", kTorBox, R"({"success":true})");
  node.host.http.AnswerJson("GET", kTorBox, R"({"success":true})");
  node.host.http.AnswerJson("GET", kTorBox, R"({"success":false,"error":"BAD_TOKEN"})", 403);

  EXPECT_EQ(get("a"), "k1");
  EXPECT_EQ(checks(), 1U) << "it was never checked";
  EXPECT_EQ(get("a"), "k1");
  node.host.clock.Advance(119min);
  EXPECT_EQ(get("a"), "k1");
  EXPECT_EQ(checks(), 1U);
  node.host.clock.Advance(10min);
  EXPECT_EQ(get("a"), "k1");
  EXPECT_EQ(checks(), 2U);
  node.host.clock.Advance(3h);
  EXPECT_EQ(get("a"), "k1") << "whoever comes first has it still";
  EXPECT_EQ(checks(), 3U);
  EXPECT_EQ(get("a"), "k2") << "it was dead";
}

TEST_P(HealthTest, OneInstanceOfThePoolChecksAKey) {
  Node one(*database_, R"(, "check_hours": 2)");
  Node two(*database_, R"(, "check_hours": 2)");
  for (auto* const node : {&one, &two}) {
    node->host.http.AnswerJson("GET", kTorBox, R"({"success":true})");
    EXPECT_EQ(node->GetKey("a", "phone").Text("/poolKeyId"), "k1");
    node->host.tasks.Wait();
  }

  EXPECT_EQ(one.host.http.requests().size(), 1U);
  EXPECT_EQ(two.host.http.requests().size(), 0U);
}

TEST_P(HealthTest, ACheckThatFindsNoThreadIsMadeByTheNextOne) {
  Node node(*database_, R"(, "check_hours": 2)");
  node.host.http.AnswerJson("GET", kTorBox, R"({"success":true})");
  node.host.tasks.SetMost(0);
  EXPECT_EQ(node.GetKey("a", "phone").Text("/poolKeyId"), "k1");
  node.host.tasks.SetMost(1);

  EXPECT_EQ(node.GetKey("a", "phone").Text("/poolKeyId"), "k1");
  node.host.tasks.Wait();

  EXPECT_EQ(node.host.http.requests().size(), 1U);
}

}  // namespace
}  // namespace sluice::plugins::pool

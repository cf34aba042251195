// SPDX-License-Identifier: MIT
#include "tests/plugins/endpoint/pool/pool_fixture.hpp"

namespace sluice::plugins::pool {
namespace {

class KeysTest : public PoolTest {
 protected:
  std::string Create(const std::string& label, const std::string& secret, const std::string& more = {}) {
    const auto answer = node_.Ask(
        "POST", "/keys", R"({"store":"torbox","label":")" + label + R"(","secret":")" + secret + "\"" + more + "}");
    EXPECT_EQ(answer.status, 201) << answer.body;
    node_.host.clock.Advance(std::chrono::seconds(1));
    return answer.Text("/id");
  }
  std::string Refusal(const std::string& method, const std::string& target, std::string_view body = {}) {
    const auto answer = node_.Ask(method, target, body);
    EXPECT_EQ(answer.code, sdk::Errc::kInvalidArgument) << answer.body;
    return answer.body;
  }
  std::string KeyOf(const std::string& user) { return node_.GetKey(user, "phone").Text("/poolKeyId"); }
};

INSTANTIATE_TEST_SUITE_P(Pool, KeysTest, ::testing::Values(state::Engine::kSqlite, state::Engine::kPostgres),
                         state::EngineName);

TEST_P(KeysTest, TakesAKeyAndNeverShowsIt) {
  const auto made =
      node_.Ask("POST", "/keys",
                R"({"store":"torbox","label":"first","secret":")" + std::string(kPlanted) + R"(","max_users":7})");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto id = made.Text("/id");
  AddUser("anna");

  EXPECT_EQ(made.Text("/store"), "torbox");
  EXPECT_EQ(made.Text("/label"), "first");
  EXPECT_EQ(made.Text("/state"), "active");
  EXPECT_EQ(made.Text("/max_users"), "7");
  EXPECT_EQ(made.Text("/users"), "0");
  EXPECT_EQ(node_.GetKey("anna", "phone").Text("/poolKey"), kPlanted);
  std::string shown = made.body;
  for (const auto& [method, target, body] :
       std::vector<std::array<std::string, 3>>{{"GET", "/keys", ""},
                                               {"GET", "/keys/" + id, ""},
                                               {"PATCH", "/keys/" + id, R"({"label":"second"})"},
                                               {"GET", "/users/anna", ""},
                                               {"GET", "/users/anna/devices", ""},
                                               {"GET", "/usage", ""}}) {
    const auto answer = node_.Ask(method, target, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    shown += answer.body;
  }
  shown += node_.Internal("GET", "/stats").body;
  shown += node_.Ask("POST", "/keys", R"({"store":"torbox","label":7,"secret":")" + std::string(kPlanted) + "\"}").body;
  shown += node_.Ask("POST", "/keys", R"({"store":"torbox","secret":")" + std::string(kPlanted) + "\n\"}").body;
  shown += node_.Ask("POST", "/keys", R"({"store":"torbox",")" + std::string(kPlanted) + "\":1}").body;
  EXPECT_THAT(shown, Not(HasSubstr(kPlanted)));
  EXPECT_THAT(node_.host.log.Text(), Not(HasSubstr(kPlanted)));
  EXPECT_THAT(node_.host.metrics.Text(), Not(HasSubstr(kPlanted)));
  EXPECT_THAT(Value("SELECT secret FROM {keys}"), Not(HasSubstr(kPlanted)));
  EXPECT_EQ(Value("SELECT key_id FROM {keys}"), node_.host.secrets.KeyId()) << "for sluice secrets rotate";
}

TEST_P(KeysTest, NamesTheMemberThatIsWrong) {
  EXPECT_EQ(Refusal("POST", "/keys", R"({"secret":"x"})"), "/store: is missing; want text of 1 to 64 octets");
  EXPECT_EQ(Refusal("POST", "/keys", R"({"store":"Tor Box","secret":"x"})"),
            "/store: want the type of a store, such as \"torbox\"");
  EXPECT_EQ(Refusal("POST", "/keys", R"({"store":"torbox"})"), "/secret: is missing; want text of 1 to 1024 octets");
  EXPECT_EQ(Refusal("POST", "/keys", R"({"store":"torbox","secret":"a b"})"),
            "/secret: want visible characters of ASCII, without white space");
  EXPECT_EQ(Refusal("POST", "/keys", R"({"store":"torbox","secret":"x","max_users":0})"),
            "/max_users: want a whole number from 1 to 1000000");
  EXPECT_EQ(Refusal("PATCH", "/keys/x", R"({"secret":"x"})"),
            "/secret: is not known here; want /label, /disabled, /max_users");
  EXPECT_EQ(Refusal("GET", "/keys?state=gone"), "state: want active, disabled or dead");
  for (const auto* const method : {"GET", "PATCH", "DELETE"}) {
    EXPECT_EQ(node_.Ask(method, "/keys/x", "{}").code, sdk::Errc::kNotFound);
  }
}

TEST_P(KeysTest, ListsInPagesByStoreAndState) {
  const auto one = Create("one", "s1"), two = Create("two", "s2"), three = Create("three", "s3");
  AddKey("elsewhere", "s4", 9, "realdebrid");
  node_.Ask("PATCH", "/keys/" + two, R"({"disabled":true})");

  const auto first = node_.Ask("GET", "/keys?store=torbox&limit=2");
  EXPECT_EQ(first.Text("/keys/0/id"), one);
  EXPECT_EQ(first.Text("/keys/1/state"), "disabled");
  EXPECT_EQ(node_.Ask("GET", "/keys?store=torbox&limit=2&cursor=" + first.Text("/next")).Text("/keys/0/id"), three);
  EXPECT_EQ(node_.Ask("GET", "/keys?state=disabled").Text("/keys/0/id"), two);
  EXPECT_EQ(node_.Ask("GET", "/keys?store=realdebrid").Text("/keys/0/id"), "elsewhere");
}

TEST_P(KeysTest, UsersOfAKeyThatIsDisabledAreSpreadOverTheOthers) {
  const auto gone = Create("gone", "s1");
  std::vector<std::string> users;
  for (int i = 0; i < 6; ++i) {
    users.push_back("user-" + std::to_string(i));
    AddUser(users.back());
    ASSERT_EQ(KeyOf(users.back()), gone);
  }
  const auto small = Create("small", "s2", R"(,"max_users":1)"), large = Create("large", "s3");
  const auto full = Create("full", "s4", R"(,"max_users":1)");
  AddUser("other");
  ASSERT_EQ(node_.Ask("PUT", "/users/other/keys/torbox", R"({"key":")" + full + "\"}").status, 200);

  const auto edited = node_.Ask("PATCH", "/keys/" + gone, R"({"disabled":true})");

  EXPECT_EQ(edited.Text("/state"), "disabled");
  EXPECT_EQ(edited.Text("/users"), "0");
  EXPECT_EQ(node_.Ask("GET", "/keys/" + small).Text("/users"), "1");
  EXPECT_EQ(node_.Ask("GET", "/keys/" + large).Text("/users"), "5");
  EXPECT_EQ(node_.Ask("GET", "/keys/" + full).Text("/users"), "1");
  EXPECT_EQ(Value("SELECT kind || ' ' || subject FROM {events}"), "key-retired " + gone);
  node_.Ask("PATCH", "/keys/" + gone, R"({"disabled":true})");
  EXPECT_EQ(Count("{events}"), 1) << "it was so before";
  EXPECT_EQ(node_.Ask("PATCH", "/keys/" + gone, R"({"disabled":false})").Text("/state"), "active");
  EXPECT_EQ(Count("{events}"), 1);
}

TEST_P(KeysTest, WhoFindsNoRoomWaitsForIt) {
  const auto gone = Create("gone", "s1");
  for (const auto* const user : {"a", "b"}) {
    AddUser(user);
    ASSERT_EQ(KeyOf(user), gone);
  }
  const auto small = Create("small", "s2", R"(,"max_users":1)");

  EXPECT_EQ(node_.Ask("DELETE", "/keys/" + gone).status, 204);

  EXPECT_EQ(KeyOf("a"), small);
  EXPECT_EQ(node_.GetKey("b", "phone").Text("/message"), "No key for torbox is free");
  EXPECT_EQ(node_.Ask("PATCH", "/keys/" + small, R"({"max_users":null})").Text("/max_users"), "null");
  EXPECT_EQ(KeyOf("b"), small);
  EXPECT_EQ(Count("{keys}"), 1);
  EXPECT_EQ(Value("SELECT kind || ' ' || subject FROM {events}"), "key-retired " + gone);
}

}  // namespace
}  // namespace sluice::plugins::pool

// SPDX-License-Identifier: MIT
#include "tests/plugins/endpoint/pool/pool_fixture.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr auto kId = "0f8fad5b-d9cb-469f-a165-70867728950e";

class UsersTest : public PoolTest {
 protected:
  /// \returns  the id.
  std::string Create(const std::string& name) {
    const auto answer = node_.Ask("POST", "/users", R"({"name":")" + name + "\"}");
    EXPECT_EQ(answer.status, 201) << answer.body;
    node_.host.clock.Advance(std::chrono::seconds(1));
    return answer.Text("/id");
  }
  std::string Refusal(const std::string& method, const std::string& target, std::string_view body = {}) {
    const auto answer = node_.Ask(method, target, body);
    EXPECT_EQ(answer.status, 0) << answer.body;
    EXPECT_EQ(answer.code, sdk::Errc::kInvalidArgument);
    return answer.body;
  }
  std::string Names(const std::string& target) {
    const auto answer = node_.Ask("GET", target);
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::string names;
    const auto json = answer.json();
    for (std::size_t i = 0; i < json.Find("/users")->size(); ++i)
      names += (*json.Find("/users"))[i].Find("/name")->text();
    return names;
  }
  /// "revoked anna": what the log of events says last.
  std::string LastEvent() {
    return Value("SELECT kind || ' ' || subject FROM {events} ORDER BY sequence DESC LIMIT 1");
  }
};

INSTANTIATE_TEST_SUITE_P(Pool, UsersTest, ::testing::Values(state::Engine::kSqlite, state::Engine::kPostgres),
                         state::EngineName);

TEST_P(UsersTest, OperatorsHaveAScope) {
  for (const auto& route : (*node_.endpoint)->Routes()) {
    const bool is_open = route.path_template.starts_with("/api/v1/pool/me/") || route.path_template == "/get-key" ||
                         route.path_template == "/log-usage" || route.path_template == "/stats" ||
                         route.path_template == "/events";
    EXPECT_EQ(route.scope, is_open ? "" : "admin") << route.method << " " << route.path_template;
  }
}

TEST_P(UsersTest, CreatesAUserWithALink) {
  const auto answer = node_.Ask("POST", "/users", R"({"name":"Anna","device_limit":5})");

  EXPECT_EQ(answer.status, 201);
  const auto id = answer.Text("/id");
  EXPECT_THAT(id, ::testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(answer.Text("/name"), "Anna");
  EXPECT_EQ(answer.Text("/disabled"), "false");
  EXPECT_EQ(answer.Text("/device_limit"), "5");
  EXPECT_EQ(answer.Text("/devices"), "0");
  EXPECT_EQ(answer.Text("/keys"), "{}");
  EXPECT_EQ(answer.Text("/created_at"), "1767225600");
  EXPECT_THAT(answer.Text("/link"), ::testing::MatchesRegex("/api/v1/pool/me/[A-Za-z0-9_-]{43}"));
  const auto shown = node_.Ask("GET", "/users/" + id);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.Text("/name"), "Anna");
  EXPECT_EQ(shown.Text("/link"), "(absent)") << "only its hash is there";
  EXPECT_EQ(node_.Ask("POST", "/users", R"({"id":")" + std::string(kId) + R"(","name":"Ben"})").Text("/id"), kId);
  EXPECT_EQ(Refusal("POST", "/users", R"({"id":")" + std::string(kId) + R"(","name":"Cleo"})"),
            "/id: is another user's");
}

TEST_P(UsersTest, NamesTheMemberThatIsWrong) {
  EXPECT_EQ(Refusal("POST", "/users", "[]"), "body: want a JSON object");
  EXPECT_EQ(Refusal("POST", "/users", "{}"), "/name: is missing; want text of 1 to 128 octets");
  EXPECT_EQ(Refusal("POST", "/users", R"({"name":"Anna","limit":2})"),
            "/limit: is not known here; want /id, /name, /device_limit");
  EXPECT_EQ(Refusal("POST", "/users", R"({"name":"Anna","device_limit":0})"),
            "/device_limit: want a whole number from 1 to 1000");
  EXPECT_EQ(Refusal("POST", "/users", R"({"name":"Anna","id":"7"})"), "/id: want a UUID in lower case");
  EXPECT_EQ(Refusal("POST", "/users", R"({"name":"An\nna"})"),
            "/name: want text of at most 128 octets, without control characters");
  const auto user = "/users/" + Create("Anna");
  EXPECT_EQ(Refusal("PATCH", user, R"({"name":""})"), "/name: is empty; want text");
  EXPECT_EQ(Refusal("PATCH", user, R"({"disabled":"yes"})"), "/disabled: want true or false");
  EXPECT_EQ(Refusal("PATCH", user, R"({"id":"x"})"), "/id: is not known here; want /name, /disabled, /device_limit");
  EXPECT_EQ(Refusal("GET", "/users?limit=0"), "limit: want a whole number from 1 to 1000");
  EXPECT_EQ(Refusal("GET", "/users?limit=1001"), "limit: want a whole number from 1 to 1000");
  EXPECT_EQ(Refusal("GET", "/users?cursor=x"), "cursor: want `next` of the page before");
  EXPECT_EQ(Refusal("GET", "/users?search=%ff"),
            "search: want at most 128 octets of UTF-8, percent-encoded, without control characters");
}

TEST_P(UsersTest, NobodyIsThere) {
  for (const auto& [method, target, body] :
       std::vector<std::array<std::string, 3>>{{"GET", "/users/x", ""},
                                               {"PATCH", "/users/x", R"({"name":"Anna"})"},
                                               {"DELETE", "/users/x", ""},
                                               {"POST", "/users/x/link", ""},
                                               {"PUT", "/users/x/keys/torbox", R"({"key":"k1"})"},
                                               {"DELETE", "/users/x/keys/torbox", ""},
                                               {"GET", "/users/x/devices", ""},
                                               {"DELETE", "/users/x/devices/y", ""}}) {
    EXPECT_EQ(node_.Ask(method, target, body).code, sdk::Errc::kNotFound) << method << " " << target;
  }
  EXPECT_EQ(Count("{events}"), 0);
}

TEST_P(UsersTest, ListsInPages) {
  for (const auto* const name : {"a", "b", "c", "d", "e"}) Create(name);

  const auto first = node_.Ask("GET", "/users?limit=2");
  EXPECT_EQ(first.Text("/users/1/name"), "b");
  const auto second = node_.Ask("GET", "/users?limit=2&cursor=" + first.Text("/next"));
  EXPECT_EQ(second.Text("/users/0/name"), "c");
  const auto third = node_.Ask("GET", "/users?limit=2&cursor=" + second.Text("/next"));
  EXPECT_EQ(third.Text("/users/0/name"), "e");
  EXPECT_EQ(third.Text("/users/1"), "(absent)");
  EXPECT_EQ(third.Text("/next"), "null");
  EXPECT_EQ(node_.Ask("GET", "/users?limit=5").Text("/next"), "null") << "just full";
}

TEST_P(UsersTest, FindsByNameIdAndKey) {
  const auto anna = Create("Anna 100%");
  const auto ben = Create("ben_x");
  AddKey("k1", kPlanted);
  ASSERT_EQ(node_.GetKey(ben, "phone").Text("/allowed"), "true");

  EXPECT_EQ(Names("/users?search=ANNA"), "Anna 100%");
  EXPECT_EQ(Names("/users?search=0%25"), "Anna 100%") << "not a wildcard";
  EXPECT_EQ(Names("/users?search=n_x"), "ben_x");
  EXPECT_EQ(Names("/users?search=n_a"), "");
  EXPECT_EQ(Names("/users?search=" + anna), "Anna 100%");
  EXPECT_EQ(Names("/users?key=k1"), "ben_x");
}

TEST_P(UsersTest, EditsAndTellsInstances) {
  const auto id = Create("Anna");

  EXPECT_EQ(node_.Ask("PATCH", "/users/" + id, R"({"name":"Anne","device_limit":1})").Text("/name"), "Anne");
  EXPECT_EQ(Count("{events}"), 0);
  EXPECT_EQ(node_.Ask("PATCH", "/users/" + id, R"({"device_limit":null})").Text("/device_limit"), "null");
  EXPECT_EQ(node_.Ask("PATCH", "/users/" + id, R"({"disabled":true})").Text("/disabled"), "true");
  EXPECT_EQ(LastEvent(), "revoked " + id);
  EXPECT_EQ(node_.GetKey(id, "phone").Text("/message"), "This account is disabled");
  node_.Ask("PATCH", "/users/" + id, R"({"disabled":true})");
  EXPECT_EQ(Count("{events}"), 1) << "it was so before";
  EXPECT_EQ(node_.Ask("PATCH", "/users/" + id, R"({"disabled":false})").Text("/disabled"), "false");
  EXPECT_EQ(LastEvent(), "restored " + id);
}

TEST_P(UsersTest, DeletesAllThatIsAUsersOwn) {
  const auto id = Create("Anna");
  AddKey("k1", kPlanted);
  ASSERT_EQ(node_.GetKey(id, "phone").Text("/allowed"), "true");

  EXPECT_EQ(node_.Ask("DELETE", "/users/" + id).status, 204);

  EXPECT_EQ(Count("{users}"), 0);
  EXPECT_EQ(Count("{devices}"), 0);
  EXPECT_EQ(Count("{assignments}"), 0);
  EXPECT_EQ(LastEvent(), "revoked " + id);
  EXPECT_EQ(node_.GetKey(id, "phone").Text("/message"), "This account is not known");
}

TEST_P(UsersTest, GivesAUserTheKeyThatItsOperatorWants) {
  const auto id = Create("Anna");
  AddKey("k1", "secret-1", 1);
  AddKey("k2", "secret-2", 2);
  AddKey("k3", "secret-3", 3);
  Run("UPDATE {keys} SET state = 'dead' WHERE id = 'k3'");
  const auto path = "/users/" + id + "/keys/torbox";

  EXPECT_EQ(node_.Ask("PUT", path, R"({"key":"k2"})").Text("/keys/torbox"), "k2");
  EXPECT_EQ(node_.GetKey(id, "phone").Text("/poolKeyId"), "k2");
  EXPECT_EQ(node_.Ask("PUT", path, R"({"key":"k1"})").Text("/keys/torbox"), "k1");
  EXPECT_EQ(Refusal("PUT", path, R"({"key":"k3"})"), "/key: want the id of an active key of that store");
  EXPECT_EQ(Refusal("PUT", "/users/" + id + "/keys/realdebrid", R"({"key":"k1"})"),
            "/key: want the id of an active key of that store");
  EXPECT_EQ(node_.Ask("DELETE", path).status, 204);
  EXPECT_EQ(node_.Ask("GET", "/users/" + id).Text("/keys"), "{}");
}

TEST_P(UsersTest, ShowsAndDropsDevices) {
  const auto id = Create("Anna");
  AddKey("k1", kPlanted);
  for (const auto* const device : {"phone", "tablet", "tv"}) {
    ASSERT_EQ(node_.GetKey(id, device, R"(,"deviceLabel":")" + std::string(device) + "\"").Text("/allowed"), "true");
    node_.host.clock.Advance(std::chrono::seconds(1));
  }
  const auto path = "/users/" + id + "/devices";

  const auto first = node_.Ask("GET", path + "?limit=2");
  EXPECT_EQ(first.Text("/devices/0/label"), "phone");
  EXPECT_EQ(first.Text("/devices/0/first_seen"), first.Text("/devices/0/last_seen"));
  EXPECT_EQ(node_.Ask("GET", path + "?limit=2&cursor=" + first.Text("/next")).Text("/devices/0/label"), "tv");
  EXPECT_EQ(node_.GetKey(id, "fridge").Text("/allowed"), "false");
  EXPECT_EQ(node_.Ask("DELETE", path + "/" + first.Text("/devices/0/id")).status, 204);
  EXPECT_EQ(node_.GetKey(id, "fridge").Text("/allowed"), "true") << "there is a place";
}

TEST_P(UsersTest, RefusesPathsThatNoIdIsMadeOf) {
  AddUser("anna");
  TestRequest request("DELETE", "/users/anna%00x");
  request.Param("id", std::string("anna\0x", 6));
  RecordedResponse response;
  TestRequest unused("DELETE", "/users/x");
  const auto route = RouteOf(**node_.endpoint, "DELETE", "/users/x", unused);

  const auto answer = (*node_.endpoint)->Handle(AnyCall(), *route, request.head(), {}, response);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, sdk::Errc::kNotFound);
  EXPECT_EQ(Count("{users}"), 1);
}

}  // namespace
}  // namespace sluice::plugins::pool

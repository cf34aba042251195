// SPDX-License-Identifier: MIT
#include <thread>

#include "tests/plugins/endpoint/pool/pool_fixture.hpp"

namespace sluice::plugins::pool {
namespace {

class UsageTest : public PoolTest {
 protected:
  UsageTest() : PoolTest(R"(, "retention_days": 2)") {}

  /// Served now, with the id given.
  void Log(const std::string& id, const std::string& user, const std::string& more = {}) {
    const auto answer =
        node_.Internal("POST", "/log-usage", R"({"userId":")" + user + R"(","action":"stream-served")" + more + "}",
                       {{"Idempotency-Key", id}});
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
};

INSTANTIATE_TEST_SUITE_P(Pool, UsageTest, ::testing::Values(state::Engine::kSqlite, state::Engine::kPostgres),
                         state::EngineName);

TEST_P(UsageTest, KeepsWhatIsLogged) {
  const auto answer = node_.Internal(
      "POST", "/log-usage",
      R"({"userId":"anna","poolKeyId":"k1","action":"stream-served","hash":"abc","cached":true,"bytes":9007199254740993})");

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"success":true})");
  EXPECT_EQ(node_.Internal("GET", "/stats").body,
            R"({"poolKeys":0,"deviceAssignments":0,"usageLogs":1,"devices":0,"recentUsage":[{"userId":"anna",)"
            R"("poolKeyId":"k1","action":"stream-served","hash":"abc","cached":true,"bytes":9007199254740993,)"
            R"("timestamp":1767225600}]})");
}

TEST_P(UsageTest, CountsAnEntryOnceHoweverOftenItComes) {
  for (int i = 0; i < 3; ++i) Log("entry-1", "anna");
  Log("entry-2", "anna");
  EXPECT_EQ(Count("{usage}"), 2);

  const auto unnamed = [&] { return node_.Internal("POST", "/log-usage", R"({"userId":"anna","action":"x"})").status; };
  EXPECT_EQ(unnamed(), 200);
  EXPECT_EQ(unnamed(), 200);
  EXPECT_EQ(Count("{usage}"), 4) << "without a key each is one";
}

TEST_P(UsageTest, NamesTheMemberThatIsWrong) {
  const auto ask = [&](std::string_view body, const std::string& key = "entry") {
    const auto answer = node_.Internal("POST", "/log-usage", body, {{"Idempotency-Key", key}});
    EXPECT_EQ(answer.status, 400) << body;
    return answer.Text("/error");
  };

  EXPECT_EQ(ask(""), "body: want a JSON object");
  EXPECT_EQ(ask(R"({"action":"x"})"), "userId: is missing; want text of 1 to 128 octets");
  EXPECT_EQ(ask(R"({"userId":"anna"})"), "action: is missing; want text of 1 to 128 octets");
  EXPECT_EQ(ask(R"({"userId":"anna","action":"x","cached":1})"), "cached: want true or false");
  const auto* const bytes = "bytes: want a whole number from 0 to 9223372036854775807";
  EXPECT_EQ(ask(R"({"userId":"anna","action":"x","bytes":-1})"), bytes);
  EXPECT_EQ(ask(R"({"userId":"anna","action":"x","bytes":1.5})"), bytes);
  EXPECT_EQ(ask(R"({"userId":"anna","action":"x","bytes":18446744073709551615})"), bytes);
  EXPECT_EQ(ask(R"({"userId":"anna","action":"x"})", std::string(257, 'k')),
            "Idempotency-Key: want at most 256 visible characters of ASCII");
  EXPECT_EQ(ask(R"({"userId":"anna","action":"x"})", "a b"),
            "Idempotency-Key: want at most 256 visible characters of ASCII");
  EXPECT_EQ(Count("{usage}"), 0);
}

TEST_P(UsageTest, ShowsTheLastTenInTheirOrder) {
  for (int i = 0; i < 12; ++i) {
    Log("entry-" + std::to_string(i), "user-" + std::to_string(i));
    node_.host.clock.Advance(std::chrono::seconds(1));
  }

  const auto stats = node_.Internal("GET", "/stats");

  EXPECT_EQ(stats.Text("/usageLogs"), "12");
  EXPECT_EQ(stats.Text("/recentUsage/0/userId"), "user-2");
  EXPECT_EQ(stats.Text("/recentUsage/9/userId"), "user-11");
  EXPECT_EQ(stats.Text("/recentUsage/10/userId"), "(absent)");
}

TEST_P(UsageTest, DropsWhatIsTooOldOnceAnHour) {
  Log("old", "anna");
  node_.host.clock.Advance(std::chrono::hours(47));
  Log("younger", "anna");
  node_.host.clock.Advance(std::chrono::minutes(61));
  Log("newest", "anna");

  EXPECT_EQ(Count("{usage} WHERE id = 'old'"), 0);
  EXPECT_EQ(Count("{usage}"), 2);

  Run("UPDATE {usage} SET happened_at = 0 WHERE id = 'younger'");
  node_.host.clock.Advance(std::chrono::minutes(59));
  Log("early", "anna");
  EXPECT_EQ(Count("{usage} WHERE id = 'younger'"), 1) << "not yet";
  node_.host.clock.Advance(std::chrono::minutes(1));
  Log("on-time", "anna");
  EXPECT_EQ(Count("{usage} WHERE id = 'younger'"), 0);
}

TEST_P(UsageTest, DropsMuchInSmallSteps) {
  Run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) "
      "INSERT INTO {usage} SELECT 'old-' || CAST(i AS TEXT), 'anna', '', 'x', '', 0, 0, 1 FROM n");

  Log("a", "anna");
  EXPECT_EQ(Count("{usage} WHERE happened_at = 1"), 600);
  Log("b", "anna");
  EXPECT_EQ(Count("{usage} WHERE happened_at = 1"), 100);
  Log("c", "anna");
  EXPECT_EQ(Count("{usage} WHERE happened_at = 1"), 0);
}

TEST_P(UsageTest, OperatorsSeeItInPages) {
  for (int i = 0; i < 5; ++i) {
    Log("entry-" + std::to_string(i), i % 2 == 0 ? "anna" : "ben", R"(,"poolKeyId":"k1","bytes":7)");
    node_.host.clock.Advance(std::chrono::seconds(1));
  }

  const auto first = node_.Ask("GET", "/usage?user=anna&limit=2");
  EXPECT_EQ(first.Text("/usage/0"),
            R"({"id":"entry-4","user":"anna","key":"k1","action":"stream-served","hash":"","cached":false,"bytes":7,)"
            R"("at":1767225604})");
  EXPECT_EQ(first.Text("/usage/1/id"), "entry-2");
  const auto second = node_.Ask("GET", "/usage?user=anna&limit=2&cursor=" + first.Text("/next"));
  EXPECT_EQ(second.Text("/usage/0/id"), "entry-0");
  EXPECT_EQ(second.Text("/next"), "null");
  const auto some = node_.Ask("GET", "/usage?key=k1&action=stream-served&from=1767225601&to=1767225603");
  EXPECT_EQ(some.Text("/usage/0/id"), "entry-2");
  EXPECT_EQ(some.Text("/usage/1/id"), "entry-1");
  EXPECT_EQ(some.Text("/usage/2"), "(absent)");
  EXPECT_EQ(node_.Ask("GET", "/usage?key=k2").Text("/usage"), "[]");
  EXPECT_EQ(node_.Ask("GET", "/usage?from=x").body, "from: want a whole number from 0 to 9223372036854775807");
  EXPECT_EQ(node_.Ask("GET", "/usage?format=xml").body,
            "format: want json or csv, which are sent whole; without it a page is");
}

TEST_P(UsageTest, OperatorsExportAllOfIt) {
  Run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2345) "
      "INSERT INTO {usage} SELECT 'entry-' || CAST(i AS TEXT), 'anna', '', 'x', '', 1, i, 1767225600 FROM n");

  const auto csv = node_.Ask("GET", "/usage?format=csv");
  const auto json = node_.Ask("GET", "/usage?format=json");

  EXPECT_EQ(csv.header("Content-Type"), "text/csv; charset=utf-8; header=present");
  EXPECT_TRUE(csv.body.starts_with("id,user,key,action,hash,cached,bytes,at\r\n\"entry-999\",\"anna\",")) << csv.body;
  EXPECT_EQ(std::count(csv.body.begin(), csv.body.end(), '\n'), 2346);
  EXPECT_EQ(json.json().size(), 2345U);
  std::int64_t bytes = 0;
  const auto parsed = json.json();
  for (std::size_t i = 0; i < parsed.size(); ++i) bytes += parsed[i].Find("/bytes")->integer();
  EXPECT_EQ(bytes, 2345 * 2346 / 2) << "each once";
  EXPECT_EQ(node_.Ask("GET", "/usage?format=json&user=nobody").body, "[]\n");
}

TEST(UsageCsvTest, QuotesAndStartsNoFormula) {
  EXPECT_EQ(
      CsvOf(
          {.id = "1", .user = "=cmd()", .key = "a\"b", .action = "x,y", .cached = true, .bytes = 2, .happened_at = 3}),
      "\"1\",\"'=cmd()\",\"a\"\"b\",\"x,y\",\"\",true,2,3\r\n");
}

}  // namespace
}  // namespace sluice::plugins::pool

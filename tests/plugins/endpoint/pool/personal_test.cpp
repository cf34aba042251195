// SPDX-License-Identifier: MIT
#include "plugins/endpoint/pool/digest.hpp"
#include "tests/plugins/endpoint/pool/pool_fixture.hpp"

namespace sluice::plugins::pool {
namespace {

class PersonalTest : public PoolTest {
 protected:
  void SetUp() override {
    const auto made = node_.Ask("POST", "/users", R"({"name":"Anna <b>&\"'"})");
    id_ = made.Text("/id");
    link_ = made.Text("/link");
    AddKey("k1", kPlanted);
    ASSERT_EQ(node_.GetKey(id_, "phone", R"(,"deviceLabel":"<script>x</script>")").Text("/allowed"), "true");
    node_.host.clock.Advance(std::chrono::seconds(1));
    ASSERT_EQ(node_.GetKey(id_, "tablet").Text("/allowed"), "true");
  }
  std::string Device(int index) { return node_.Ask("GET", link_).Text("/devices/" + std::to_string(index) + "/id"); }

  std::string id_, link_;
};

INSTANTIATE_TEST_SUITE_P(Pool, PersonalTest, ::testing::Values(state::Engine::kSqlite, state::Engine::kPostgres),
                         state::EngineName);

TEST_P(PersonalTest, ShowsOnesOwnDevices) {
  const auto answer = node_.Ask("GET", link_, {}, {{"Accept", "*/*"}});

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.Text("/name"), "Anna <b>&\"'");
  EXPECT_EQ(answer.Text("/device_limit"), "3");
  EXPECT_EQ(answer.Text("/devices/0/label"), "<script>x</script>");
  EXPECT_EQ(answer.Text("/devices/1/first_seen"), "1767225601");
  EXPECT_EQ(answer.Text("/devices/2"), "(absent)");
  EXPECT_THAT(answer.body, Not(HasSubstr(id_))) << "a link is not its user";
}

TEST_P(PersonalTest, IsAPageForBrowsers) {
  const auto answer = node_.Ask("GET", link_, {}, {{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}});

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
  EXPECT_THAT(answer.header("Content-Security-Policy"), HasSubstr("default-src 'none'; style-src 'sha256-"));
  EXPECT_THAT(answer.body, HasSubstr("Anna &lt;b&gt;&amp;&quot;&apos;"));
  EXPECT_THAT(answer.body, HasSubstr("&lt;script&gt;x&lt;/script&gt;"));
  EXPECT_THAT(answer.body, Not(HasSubstr("<script")));
  EXPECT_THAT(answer.body, HasSubstr("2 of 3 places"));
  EXPECT_THAT(answer.body, HasSubstr("2026-01-01 00:00 UTC"));
  EXPECT_THAT(answer.body, HasSubstr("<button name=\"device\" value=\"" + Device(0) + "\">"));
}

TEST_P(PersonalTest, TheFormDropsADevice) {
  const auto device = Device(0);

  const auto answer = node_.Ask("POST", link_, "device=" + device);

  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.header("Location"), link_.substr(link_.rfind('/') + 1)) << "to the same page, wherever it is";
  EXPECT_EQ(Count("{devices}"), 1);
  EXPECT_EQ(node_.Ask("POST", link_, "device=" + device).status, 303) << "a second click";
  EXPECT_EQ(node_.Ask("POST", link_, "other=1").body, "device: want the id of a device");
}

TEST_P(PersonalTest, DropsADeviceOfOnesOwn) {
  const auto other = node_.Ask("POST", "/users", R"({"name":"Ben"})");
  ASSERT_EQ(node_.GetKey(other.Text("/id"), "phone").Text("/allowed"), "true");
  const auto mine = Device(0);
  const auto theirs = node_.Ask("GET", other.Text("/link")).Text("/devices/0/id");

  EXPECT_EQ(node_.Ask("DELETE", link_ + "?device=" + theirs).code, sdk::Errc::kNotFound);
  EXPECT_EQ(node_.Ask("DELETE", link_).body, "device: is missing; want the id of a device in the query");
  EXPECT_EQ(node_.Ask("DELETE", link_ + "?device=" + mine).status, 204);
  EXPECT_EQ(node_.Ask("DELETE", link_ + "?device=" + mine).code, sdk::Errc::kNotFound);
  EXPECT_EQ(Count("{devices}"), 2);
}

TEST_P(PersonalTest, OpensForNobodyElse) {
  const auto hash = Value("SELECT link_hash FROM {users}");
  const auto token = link_.substr(link_.rfind('/') + 1);

  EXPECT_EQ(hash, sdk::HexEncode(Sha256(token)));
  for (const auto& wrong : {hash, token + "A", token.substr(1), std::string("x")}) {
    for (const auto* const method : {"GET", "POST", "DELETE"}) {
      const auto answer = node_.Ask(method, "/api/v1/pool/me/" + wrong + "?device=x", "device=x");
      EXPECT_EQ(answer.code, sdk::Errc::kNotFound) << method;
    }
  }
  Run("UPDATE {users} SET disabled = 1");
  EXPECT_EQ(node_.Ask("GET", link_).code, sdk::Errc::kNotFound);
  Run("UPDATE {users} SET disabled = 0");
  const auto renewed = node_.Ask("POST", "/users/" + id_ + "/link").Text("/link");
  EXPECT_EQ(node_.Ask("GET", link_).code, sdk::Errc::kNotFound) << "the old one";
  EXPECT_EQ(node_.Ask("GET", renewed).status, 200);
}

TEST(PersonalPageTest, AcceptSaysWhatIsPreferred) {
  EXPECT_TRUE(PrefersHtml("text/html"));
  EXPECT_TRUE(PrefersHtml("text/*, application/json;q=0.5"));
  EXPECT_TRUE(PrefersHtml("application/json;q=0.1, */*"));
  EXPECT_FALSE(PrefersHtml(""));
  EXPECT_FALSE(PrefersHtml("*/*"));
  EXPECT_FALSE(PrefersHtml("application/json, text/html;q=0.9"));
  EXPECT_FALSE(PrefersHtml("text/html;q=0, */*"));
}

TEST(PersonalLinkTest, IsWhereItsOperatorPutsIt) {
  sdk::testing::FakeHost host;
  const auto made = sdk::testing::CreateThroughAbi<Pool>(
      std::string_view(R"({"internal_api_key": "the-internal-key-of-this-very-test", "link_path": "/mine"})"), host);
  ASSERT_TRUE(made);
  const auto routes = (*made)->Routes();
  EXPECT_TRUE(std::any_of(routes.begin(), routes.end(),
                          [](const sdk::Route& route) { return route.path_template == "/mine/{token}"; }));
}

}  // namespace
}  // namespace sluice::plugins::pool

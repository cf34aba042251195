// SPDX-License-Identifier: MIT
#include <sluice/sdk/text.hpp>

#include "core/pipeline/leaving.hpp"
#include "core/upstream/profile.hpp"
#include "core/upstream/target.hpp"
#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using config::ForwardedFor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class FieldsTest : public PipelineTest {
 protected:
  /// What the origin is told when `asked` comes by a pipeline that fetches as `how` says.
  Origin::Request Told(config::FetchStep how, Asked asked) {
    const Origin origin(Answered("200 OK", "", "x"));
    pipelines_.clear();
    Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch(std::move(how))});
    EXPECT_EQ(Ask(std::move(asked)).status(), 200);
    return origin.last();
  }
  static config::FetchStep Allow(std::vector<std::string> allow, std::vector<std::string> deny = {}) {
    config::FetchStep how;
    how.request_headers = {.allow = std::move(allow), .deny = std::move(deny)};
    return how;
  }
  static config::FetchStep Forward(ForwardedFor how_for) {
    config::FetchStep how;
    how.forwarding = {.x_forwarded_for = how_for,
                      .x_forwarded_host = true,
                      .x_forwarded_proto = true,
                      .forwarded = true,
                      .via = true};
    return how;
  }
};

const std::vector<sdk::Header> kMany = {{"Accept", "*/*"},         {"Cookie", "c"},
                                        {"X-Device", "tv"},        {"Authorization", "Bearer a"},
                                        {"Connection", "X-Hop"},   {"X-Hop", "h"},
                                        {"Accept-Encoding", "br"}, {"X-Sluice-Api-Password", "p"},
                                        {"X-Forwarded-For", "f"},  {"Referer", "https://g.example/~/token/x"}};

TEST_F(FieldsTest, AStarLetsEverythingPassButWhatIsNobodyElses) {
  const auto told = Told(Allow({"*"}, {"accept"}), {.headers = kMany});

  for (const auto* field : {"cookie", "x-device", "accept-encoding"}) EXPECT_TRUE(told.Has(field)) << field;
  for (const auto* field :
       {"accept", "authorization", "connection", "x-sluice-api-password", "x-forwarded-for", "referer"}) {
    EXPECT_FALSE(told.Has(field)) << field;
  }
}

TEST_F(FieldsTest, NamesAddToTheDefaultOrReplaceIt) {
  const auto added = Told(Allow({"default", "x-device", "authorization"}), {.headers = kMany});
  EXPECT_TRUE(added.Has("accept") && added.Has("x-device") && added.Has("authorization"));
  EXPECT_FALSE(added.Has("cookie"));

  const auto replaced = Told(Allow({"X-Device"}), {.headers = kMany});
  EXPECT_TRUE(replaced.Has("x-device"));
  EXPECT_FALSE(replaced.Has("accept"));
}

TEST_F(FieldsTest, ForwardedFieldsAreMadeHereAndAppended) {
  const std::vector<sdk::Header> claimed = {
      {"X-Forwarded-For", "203.0.113.9"}, {"Forwarded", "for=203.0.113.9"}, {"Via", "1.1 cdn"},
      {"Host", "gateway.test:8080"},      {"X-Forwarded-Proto", "gopher"},  {"X-Forwarded-Port", "1"}};
  const auto appended = Told(Forward(ForwardedFor::kAppend), {.headers = claimed}).head;
  EXPECT_THAT(appended, HasSubstr("\r\nx-forwarded-for: 203.0.113.9, 192.0.2.10\r\n"));
  EXPECT_THAT(appended, HasSubstr("\r\nx-forwarded-host: gateway.test:8080\r\n"));
  EXPECT_THAT(appended, HasSubstr("\r\nx-forwarded-proto: http\r\n"));
  EXPECT_THAT(appended,
              HasSubstr("\r\nforwarded: for=203.0.113.9, for=192.0.2.10;host=\"gateway.test:8080\";proto=http\r\n"));
  EXPECT_THAT(appended, HasSubstr("\r\nvia: 1.1 cdn, 1.1 sluice\r\n"));
  EXPECT_THAT(appended, Not(HasSubstr("x-forwarded-port")));

  const auto replaced =
      Told(Forward(ForwardedFor::kReplace), {.headers = claimed, .client_ip = "2001:db8::1", .secure = true}).head;
  EXPECT_THAT(replaced, HasSubstr("\r\nx-forwarded-for: 2001:db8::1\r\n"));
  EXPECT_THAT(replaced, HasSubstr("\r\nx-forwarded-proto: https\r\n"));
  EXPECT_THAT(replaced, HasSubstr("\r\nforwarded: for=\"[2001:db8::1]\";host=\"gateway.test:8080\";proto=https\r\n"));
}

TEST_F(FieldsTest, AStrangerThatALinkLeadsToIsToldNoSecret) {
  Origin stranger(Answered("200 OK", "", "seg"));
  Origin origin(Answered("200 OK", "", "seg"));
  auto how = Forward(ForwardedFor::kAppend);
  how.request_headers = {.allow = {"*", "authorization"}, .deny = {}};
  Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch(how)});
  const std::vector<sdk::Header> fields = {
      {"Accept", "*/*"}, {"Range", "bytes=0-0"},        {"User-Agent", "tv"},    {"Referer", "https://page.example/"},
      {"Cookie", "c"},   {"Authorization", "Bearer a"}, {"X-Api-Key", "secret"}, {"Origin", "https://page.example"}};
  Target target{.url = stranger.Url("/seg")};

  target.home = upstream::OriginOf(origin.Url("/"));
  Get(Link(target), fields);
  for (const auto* field : {"accept", "range", "user-agent", "referer", "origin"}) {
    EXPECT_TRUE(stranger.last().Has(field)) << field;
  }
  for (const auto* field : {"cookie", "authorization", "x-api-key", "x-forwarded-for", "forwarded", "via"}) {
    EXPECT_FALSE(stranger.last().Has(field)) << field;
  }

  target.url = origin.Url("/seg");
  Get(Link(target), fields);
  for (const auto& field : fields) EXPECT_TRUE(origin.last().Has(sdk::LowerCase(field.name))) << field.name;
  EXPECT_TRUE(origin.last().Has("x-forwarded-for"));
}

TEST_F(FieldsTest, AnAddressThatATrustedProxyNamedIsNotNamedTwice) {
  const auto told = Told(Forward(ForwardedFor::kAppend), {.headers = {{"X-Forwarded-For", "192.0.2.10, 10.0.0.1"}}});

  EXPECT_THAT(told.head, HasSubstr("\r\nx-forwarded-for: 192.0.2.10, 10.0.0.1\r\n"));
}

TEST_F(FieldsTest, TheResponsesFieldsHaveAPolicyToo) {
  const Origin origin(
      Answered("200 OK", "Set-Cookie: a=b\r\nETag: \"e\"\r\nX-Any: x\r\nAlt-Svc: h3=\":443\"\r\n", "x"));
  config::FetchStep how;
  how.response_headers = {.allow = {"*"}, .deny = {"etag"}};
  Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch(how)});

  const auto& answer = Get("/");

  EXPECT_TRUE(answer.Has("Set-Cookie") && answer.Has("X-Any"));
  EXPECT_FALSE(answer.Has("ETag") || answer.Has("Alt-Svc"));
}

TEST_F(FieldsTest, APipelineMayTakeOneProtocolOnly) {
  Add("secure", {}, {Say("secure")}).config.match.protocols = {"https"};
  Add("plain", {}, {Say("plain")}).config.match.protocols = {"http"};

  EXPECT_EQ(Ask({.secure = true}).body(), "secure");
  EXPECT_EQ(Ask({.secure = false}).body(), "plain");
}

upstream::ProfileOptions Leaving(const config::FetchStep& step, const config::Upstream& around = {}) {
  const auto profile = MakeProfile(step, around, "test");
  EXPECT_TRUE(profile) << profile.error().message;
  return profile ? (*profile)->options() : upstream::ProfileOptions();
}

TEST(MakeProfileTest, TakesTheProxyOfTheStepBeforeTheOneOfAll) {
  config::Upstream around;
  around.proxy = "socks5h://all.example:1080";
  config::FetchStep step;
  EXPECT_EQ(Leaving(step).proxy, std::nullopt);
  EXPECT_EQ(Leaving(step, around).proxy->Label(), "all.example:1080");
  step.proxy = {.url = "http://own.example:3128", .username = "u", .password = "p", .resolves = true};
  EXPECT_EQ(Leaving(step, around).proxy->Label(), "own.example:3128");
  EXPECT_EQ(Leaving(step, around).proxy->user, "u");
  EXPECT_EQ(Leaving(step, around).proxy->password, "p");
  EXPECT_TRUE(Leaving(step, around).proxy_resolves);
  step.proxy = {.url = "direct", .username = {}, .password = {}};
  EXPECT_EQ(Leaving(step, around).proxy, std::nullopt);
}

TEST(MakeProfileTest, TakesEveryNumberOver) {
  config::FetchStep step;
  step.retry = {.attempts = 4,
                .on_status = true,
                .referer = true,
                .initial_delay = std::chrono::milliseconds(1),
                .max_delay = std::chrono::milliseconds(2),
                .multiplier = 3,
                .jitter = 0.4,
                .budget_ttl = std::chrono::milliseconds(5000),
                .budget_min_per_second = 6,
                .budget_ratio = 0.7};
  step.tls.server_name = "s.example";
  step.tls.insecure_skip_verify = true;
  step.origins = {"https://a.example", "https://b.example"};

  const auto options = Leaving(step);

  EXPECT_EQ(options.retry.attempts, 4U);
  EXPECT_TRUE(options.retry.on_status);
  EXPECT_TRUE(options.retry.referer);
  EXPECT_EQ(options.retry.backoff.initial_delay.count(), 1);
  EXPECT_EQ(options.retry.backoff.max_delay.count(), 2);
  EXPECT_EQ(options.retry.backoff.multiplier, 3);
  EXPECT_EQ(options.retry.backoff.jitter, 0.4);
  EXPECT_EQ(options.retry.budget.ttl.count(), 5000);
  EXPECT_EQ(options.retry.budget.min_per_second, 6U);
  EXPECT_EQ(options.retry.budget.ratio, 0.7);
  EXPECT_EQ(options.tls.server_name, "s.example");
  EXPECT_TRUE(options.tls.insecure_skip_verify);
  EXPECT_THAT(options.origins, ElementsAre("https://a.example", "https://b.example"));
}

TEST(MakeProfileTest, NamesTheKeyThatCannotBeUsed) {
  config::FetchStep step;
  step.tls.ca_file = "/nowhere/ca.pem";
  const auto profile = MakeProfile(step, {}, "test");

  ASSERT_FALSE(profile);
  EXPECT_THAT(profile.error().message, StartsWith("/tls/ca_file: want "));
}

}  // namespace
}  // namespace sluice::pipeline::testing

// SPDX-License-Identifier: MIT
#include "chillstreams.hpp"

#include <chrono>
#include <sluice/sdk/testing/conformance_auth.hpp>
#include <string>

#include "support.hpp"

namespace sluice::plugins::chillstreams {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHash = "0123456789abcdef0123456789abcdef01234567";

class ChillstreamsTest : public PoolTest {};

TEST_F(ChillstreamsTest, LetsInWhomThePoolLendsAKey) {
  Answer(Granted());
  Make();

  const auto answer =
      Ask(AnyCall(), {.scheme = "viewer", .user = "torbox", .secret = "3F2B1C00-AAAA-4BBB-8CCC-0123456789AB"});

  ASSERT_TRUE(answer && *answer);
  const auto& principal = **answer;
  EXPECT_EQ(principal.subject, kUser);
  EXPECT_THAT(principal.scopes, ElementsAre("play"));
  EXPECT_EQ(principal.expires_at, sdk::Seconds{});
  ASSERT_EQ(principal.grants.size(), 1U);
  EXPECT_EQ(principal.grants[0].store, "torbox");
  EXPECT_EQ(principal.grants[0].key, kPoolKey);
  EXPECT_EQ(principal.grants[0].key_id, "k1");
  EXPECT_EQ(principal.grants[0].expires_at, std::chrono::floor<std::chrono::seconds>(host_.clock.Now()) + 300s);
}

TEST_F(ChillstreamsTest, AsksAsThePoolWantsToBeAsked) {
  Make(Config().With("/url", "https://pool.example/base//"));
  host_.http.AnswerJson("POST", "https://pool.example/base/api/v1/internal/pool/get-key", Granted());

  Come({.scheme = "bearer", .secret = kUser, .action = "check-cache", .hash = kHash});
  Come({.scheme = "bearer", .secret = kOtherUser});

  ASSERT_EQ(asked(), 2U);
  const auto request = host_.http.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://pool.example/base/api/v1/internal/pool/get-key");
  EXPECT_EQ(request.timeout, 10s);
  EXPECT_EQ(request.max_redirects, 0U);
  EXPECT_EQ(FieldOfRequest(0, "Authorization"), "Bearer " + kApiKey);
  EXPECT_EQ(FieldOfRequest(0, "Content-Type"), "application/json");
  EXPECT_EQ(BodyOf(0), Json({{"userId", kUser},
                             {"deviceId", "941ed7a8935a27ea3690b28a89b8b172e493dbd99542d8fce4117c7321849d61"},
                             {"action", "check-cache"},
                             {"hash", kHash}}));
  EXPECT_EQ(BodyOf(1).at("userId"), kOtherUser);
  EXPECT_EQ(BodyOf(1).at("action"), "stream");
  EXPECT_EQ(BodyOf(1).at("hash"), "");
}

TEST_F(ChillstreamsTest, NamesTheStoreWhereItIsNotTheUsualOne) {
  Answer(Granted());
  Make(Config().With("/store", "realdebrid").With("/scopes/0", "watch").With("/timeout", 3));

  const auto answer = Ask(AnyCall(), {.scheme = "bearer", .secret = kUser});

  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->grants[0].store, "realdebrid");
  EXPECT_THAT((*answer)->scopes, ElementsAre("watch"));
  EXPECT_EQ(BodyOf(0).at("store"), "realdebrid");
  EXPECT_EQ(host_.http.requests().at(0).timeout, 3s);
}

TEST_F(ChillstreamsTest, RecognisesUserIdsInEveryScheme) {
  Answer(Granted());
  Make();

  for (const auto* scheme : {"bearer", "basic", "header", "query", "path", "viewer"})
    EXPECT_EQ(VerdictOf(Ask(AnyCall(), {.scheme = scheme, .user = "torbox", .secret = kUser})), kUser + " with k1");
}

TEST_F(ChillstreamsTest, LeavesKeysOfStoresAndOtherStoresToTheNextBackend) {
  Answer(Granted());
  Make();

  EXPECT_EQ(VerdictOf(Ask(AnyCall(), {.scheme = "userdata", .user = "torbox", .secret = kUser})), "not ours");
  EXPECT_EQ(VerdictOf(Ask(AnyCall(), {.scheme = "viewer", .user = "realdebrid", .secret = kUser})), "not ours");

  EXPECT_EQ(asked(), 0U);
}

TEST_F(ChillstreamsTest, LeavesWhatIsNoUserIdToTheNextBackend) {
  Make();

  for (const std::string& other : {std::string("planted"), kUser + "0", kUser + ":tv", kUser + "\n", " " + kUser})
    EXPECT_EQ(Verdict(other), "not ours") << other;

  EXPECT_EQ(asked(), 0U);
}

TEST_F(ChillstreamsTest, RefusesUserIdsWhileItIsSwitchedOff) {
  for (const Json& off : {Json(false), Json("false"), Json(""), Json("TRUE"), Json("1"), Json("yes")}) {
    FakeHost host;
    const auto config =
        off.is_boolean() ? Config().With("/enabled", false) : Config().With("/enabled", off.get<std::string>());
    const auto auth = CreateThroughAbi<Chillstreams>(config.With("/key", ""), host);
    ASSERT_TRUE(auth) << auth.error().message;
    const auto ask = [&](const std::string& secret) {
      return VerdictOf((*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = secret}));
    };

    EXPECT_EQ(ask(kUser), "4 pool authentication is switched off") << off;
    EXPECT_EQ(ask("a-token-of-the-viewer"), "not ours");
    EXPECT_FALSE((*auth)->Interests().usage);
    EXPECT_FALSE((*auth)->Interests().revocations);
    EXPECT_EQ(host.http.requests().size(), 0U);
    EXPECT_THAT(host.log.Text(), HasSubstr("switched off"));
  }
}

TEST_F(ChillstreamsTest, IsSwitchedOnByTheTextThatTheEnvironmentHas) {
  Answer(Granted());
  Make(Config().With("/enabled", "true"));

  EXPECT_EQ(Verdict(), kUser + " with k1");
}

TEST_F(ChillstreamsTest, SendsWhateverCoreSaysOfARequestAsJson) {
  Answer(Granted());
  Make();

  Come({.scheme = "bearer", .secret = kUser, .action = "\",\"x\":\"\n", .hash = "\xff\xfe"});

  EXPECT_EQ(BodyOf(0).size(), 4U);
  EXPECT_EQ(BodyOf(0).at("action"), "\",\"x\":\"\n");
}

TEST_F(ChillstreamsTest, RefusesConfigurationsThatCannotBeMeant) {
  const auto refusal_of = [](const TestConfig& config) {
    FakeHost host;
    const auto made = CreateThroughAbi<Chillstreams>(config, host);
    if (made) return std::string("made");
    EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_THAT(made.error().message + host.log.Text(), Not(HasSubstr("planted")));
    return made.error().message;
  };
  const std::string salt = "planted-salt-of-",
                    url = "/url: want an http or https URL without user name, query and fragment";

  EXPECT_EQ(refusal_of({}), "/key: is required while the pool is enabled");
  EXPECT_EQ(refusal_of({{"/key", "k"}}), "made");
  for (const auto* key : {"planted key", "planted\n", "pl\xc3\xa4nted", "planted\x7f"})
    EXPECT_EQ(refusal_of(Config().With("/key", key)), "/key: want visible ASCII characters only");
  for (const auto* other : {"", "pool.example", "ftp://pool.example/", "https://ann:planted@pool.example/",
                            "https://pool.example/?planted", "https://pool.example/#planted", "file:///planted"})
    EXPECT_EQ(refusal_of(Config().With("/url", other)), url) << other;
  EXPECT_EQ(refusal_of(Config().With("/enabled", 1)), "/enabled: want true or false");
  EXPECT_EQ(refusal_of(Config().With("/device", "salted")), "/device_salt: want 16 octets or more with device salted");
  EXPECT_EQ(refusal_of(Config().With("/device", "salted").With("/device_salt", salt.substr(1))),
            "/device_salt: want 16 octets or more with device salted");
  EXPECT_EQ(refusal_of(Config().With("/device", "salted").With("/device_salt", salt)), "made");
  EXPECT_EQ(refusal_of(Config().With("/device_salt", salt)), "/device_salt: is for device salted");
  EXPECT_EQ(refusal_of(Config().With("/ttl", 4)), "/ttl: want minimum 5");
  EXPECT_THAT(refusal_of(Config().With("/events", "on")), HasSubstr("/events: want one of"));
}

TEST_F(ChillstreamsTest, WarnsOfKeysThatTravelInTheOpen) {
  const auto log_of = [](const char* url) {
    FakeHost host;
    EXPECT_TRUE(CreateThroughAbi<Chillstreams>(Config().With("/url", url), host));
    return host.log.Text();
  };

  EXPECT_EQ(log_of("http://pool.example"), "the pool is asked by http: whoever stands between may read its keys\n");
  for (const auto* url :
       {"https://pool.example", "http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"})
    EXPECT_EQ(log_of(url), "") << url;
}

/// The user id names the viewer, so the suite is given it with a client id: the two together show nowhere.
struct UserIdWithClientId : sdk::testing::AuthFixture {
  UserIdWithClientId() {
    config = Config().With("/client_id", true);
    waits_for_upstream = true;
    secret = kUser + ":living-room";
    wrong_secret = kOtherUser + ":living-room";
    secrets = {kApiKey, kPoolKey};
  }
  void Prepare(FakeHost& host) override {
    host.http.AnswerWith("POST", kApi + "get-key", [](const sdk::HttpRequest& request) {
      const bool is_known = Json::parse(request.body).at("userId") == kUser;
      return sdk::Result<sdk::HttpResponse>(
          sdk::HttpResponse{.status = 200, .body = is_known ? Granted() : Refused("no such user")});
    });
  }
};
SLUICE_AUTH_CONFORMANCE(Chillstreams, UserIdWithClientId);

}  // namespace
}  // namespace sluice::plugins::chillstreams

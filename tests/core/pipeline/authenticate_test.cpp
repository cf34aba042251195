// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "core/pipeline/credentials.hpp"
#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class AuthenticateTest : public PipelineTest {
 protected:
  /// Knows `secret` as `subject`; writes down what it is asked.
  InstancePtr Knows(const std::string& secret, const std::string& subject) {
    return AuthBy([this, secret, subject](const sdk::Call&, const sdk::Credentials& given) -> FakeAuth::Answer {
      asked_.push_back(subject + " " + std::string(given.scheme) + " " + std::string(given.user) + "=" +
                       std::string(given.secret));
      if (given.secret != secret) return std::optional<sdk::Principal>{};
      return std::optional(sdk::Principal{.subject = subject});
    });
  }
  InstancePtr Refuses(sdk::Errc code) {
    return AuthBy([this, code](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
      asked_.emplace_back("refuser");
      return sdk::Error{.code = code, .message = "refused"};
    });
  }
  /// Says who was let in, and what of the request is left.
  static Step WhoAmI() {
    return Serve(EndpointBy({{.method = "GET", .path_template = "/**"}},
                            [](const sdk::Call&, std::size_t, const sdk::RequestHead& head, std::string_view,
                               sdk::ResponseWriter& out) -> FakeEndpoint::Answer {
                              std::string text = head.principal == nullptr ? "nobody" : head.principal->subject;
                              text.append("?").append(head.query);
                              for (const auto& field : head.headers) {
                                text.append("|").append(field.name).append(":").append(field.value);
                              }
                              if (!out.Start(200, {}) || !out.Write(sdk::AsBytes(text))) return sdk::Error{};
                              return std::optional<sdk::Source>{};
                            }));
  }
  std::vector<std::string> asked_;
};

TEST_F(AuthenticateTest, TheFirstBackendThatRecognisesACredentialDecides) {
  Add({Authenticate({Knows("a", "one"), Knows("b", "two"), Knows("b", "three")}), WhoAmI()});

  EXPECT_EQ(Get("/?token=b").body(), "two?");
  EXPECT_THAT(asked_, ElementsAre("one query token=b", "two query token=b"));
}

TEST_F(AuthenticateTest, ARefusalIsNeverPassedOn) {
  for (const auto& [code, status] : {std::pair{sdk::Errc::kUnauthenticated, 401},
                                     {sdk::Errc::kPermissionDenied, 403},
                                     {sdk::Errc::kUpstreamFailed, 503},
                                     {sdk::Errc::kDeadlineExceeded, 503},
                                     {sdk::Errc::kInternal, 500}}) {
    pipelines_.clear();
    asked_.clear();
    Add({Authenticate({Refuses(code), Knows("b", "two")}), WhoAmI()});

    const auto& answer = Get("/?token=b");

    EXPECT_EQ(answer.status(), status);
    EXPECT_THAT(asked_, ElementsAre("refuser"));
  }
}

TEST_F(AuthenticateTest, ABackendInQuarantineCannotSayWhoIsAsking) {
  const auto answers = [](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
    return sdk::Error{.code = sdk::Errc::kInternal, .message = "quarantined"};
  };
  for (const bool quarantined : {true, false}) {
    FakeAuth fake;
    fake.authenticate = answers;
    std::unique_ptr<sdk::AuthBackend> backend = std::make_unique<FakeAuth>(std::move(fake));
    pipelines_.clear();
    Add({Authenticate({MakeInstance(std::move(backend), "fake", quarantined)}), WhoAmI()});

    EXPECT_EQ(Get("/x?token=t").status(), quarantined ? 503 : 500);
  }
}

TEST_F(AuthenticateTest, ACredentialThatNobodyKnowsIsRefusedWithAChallenge) {
  Add({Authenticate({Knows("a", "one")}), WhoAmI()});

  const auto& answer = Get("/?token=x");

  EXPECT_EQ(answer.status(), 401);
  EXPECT_EQ(answer.Header("WWW-Authenticate"), "Bearer realm=\"sluice\"");
  EXPECT_THAT(answer.body(), HasSubstr("not recognised"));
  EXPECT_THAT(answer.body(), Not(HasSubstr("token=x")));
}

TEST_F(AuthenticateTest, NoCredentialAndAnEmptyOneAreRefusedWithoutAsking) {
  Add({Authenticate({Knows("", "anybody")}, {.headers = {"X-Key"}}), WhoAmI()});

  EXPECT_EQ(Get("/").status(), 401);
  EXPECT_EQ(Get("/?token=").status(), 401);
  EXPECT_EQ(Get("/?token").status(), 401);
  EXPECT_EQ(Get("/", {{"X-Key", ""}}).status(), 401);
  EXPECT_EQ(Get("/", {{"Authorization", "Bearer "}}).status(), 401);
  EXPECT_EQ(Get("/", {{"Authorization", "Basic dXNlcjo="}}).status(), 401) << "user with an empty password";
  EXPECT_THAT(asked_, ElementsAre());
}

TEST_F(AuthenticateTest, ASecondCredentialIsTriedWhenNobodyKnowsTheFirst) {
  Add({Authenticate({Knows("good", "one")}, {.headers = {"X-Key"}}), WhoAmI()});

  EXPECT_EQ(Get("/?token=good", {{"Authorization", "Bearer bad"}, {"X-Key", "worse"}}).body(), "one?");
  EXPECT_THAT(asked_, ElementsAre("one bearer =bad", "one header X-Key=worse", "one query token=good"));
}

TEST_F(AuthenticateTest, TakesCredentialsOutOfHeadersAndQuery) {
  Add({Authenticate({Knows("b", "one")}, {.headers = {"X-Key"}, .query = {"token", "key"}}), WhoAmI()});

  const auto& answer = Get("/?a=1&token=b&k%65y=z&b=2&token=c", {{"AUTHORIZATION", "Bearer s"},
                                                                 {"authorization", "Digest d"},
                                                                 {"x-key", "t"},
                                                                 {"X-KEY", "u"},
                                                                 {"Accept", "text/html"}});

  EXPECT_EQ(answer.body(), "one?a=1&b=2|Accept:text/html");
}

TEST_F(AuthenticateTest, ABadlyEscapedCredentialIsTakenOutAndCountsForNone) {
  Add({Authenticate({Knows("b", "one")}), WhoAmI()});

  EXPECT_EQ(Get("/?token=%zz").status(), 401);
  EXPECT_THAT(asked_, ElementsAre());
}

TEST_F(AuthenticateTest, LeavesAloneWhatTheStepDoesNotName) {
  Add({Authenticate({Knows("b", "one")}, {.authorization = false, .headers = {"X-Key"}, .query = {}}), WhoAmI()});

  EXPECT_EQ(Get("/?token=z", {{"X-Key", "b"}, {"Authorization", "Bearer s"}}).body(),
            "one?token=z|Authorization:Bearer s");
}

TEST_F(AuthenticateTest, ReadsBasicAndBearer) {
  Add({Authenticate({Knows("none", "one")}), WhoAmI()});
  const auto read = [&](const std::string& value) {
    asked_.clear();
    EXPECT_EQ(Get("/", {{"Authorization", value}}).status(), 401);
    return asked_.empty() ? std::string() : asked_.front();
  };

  EXPECT_EQ(read("Bearer abc.def"), "one bearer =abc.def");
  EXPECT_EQ(read("bEARER   abc"), "one bearer =abc");
  EXPECT_EQ(read("Basic dXNlcjpwYTpzcw=="), "one basic user=pa:ss");
  EXPECT_EQ(read("BASIC OnNlY3JldA=="), "one basic =secret");
  EXPECT_EQ(read("Basic dXNlcg=="), "") << "no colon";
  EXPECT_EQ(read("Basic !!!!"), "");
  EXPECT_EQ(read("Basic"), "");
  EXPECT_EQ(read("Digest username=x"), "");
  EXPECT_EQ(read("Bearerabc"), "");
}

TEST_F(AuthenticateTest, TellsTheBackendWhoAsks) {
  std::string seen;
  Add({Authenticate({AuthBy([&](const sdk::Call& call, const sdk::Credentials& given) -> FakeAuth::Answer {
         seen = std::string(given.client_ip) + " " + std::string(given.user_agent) + " " +
                std::string(call.client_ip()) + " " + std::string(call.request_id());
         return std::optional(sdk::Principal{.subject = "one"});
       })}),
       WhoAmI()});

  Get("/?token=b", {{"User-Agent", "player/1"}});

  EXPECT_EQ(seen, "192.0.2.10 player/1 192.0.2.10 request-1");
}

TEST_F(AuthenticateTest, AnExpiredPrincipalIsRefused) {
  using std::chrono::seconds;
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  const auto until = [&](sdk::Seconds time) {
    pipelines_.clear();
    Add({Authenticate({AuthBy([time](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
           return std::optional(sdk::Principal{.subject = "one", .expires_at = time});
         })}),
         WhoAmI()});
    return Get("/?token=b").status();
  };

  EXPECT_EQ(until(now - seconds(1)), 401);
  EXPECT_EQ(until(now + seconds(60)), 200);
  EXPECT_EQ(until(sdk::Seconds()), 200) << "as long as the credential itself";
}

TEST_F(AuthenticateTest, ALinkBringsItsPrincipal) {
  sdk::Principal seen;
  FakeMedia media;
  media.child = [&](const sdk::Principal& who, const sdk::Child&) -> sdk::Result<sdk::Source> {
    seen = who;
    return sdk::Error{.code = sdk::Errc::kNotFound, .message = "seen"};
  };
  Add({Authenticate({Knows("b", "one")}), Resolve(InstanceOf<sdk::MediaBackend>(std::move(media)))});

  const auto& answer = Get(Link({.subject = "user:1", .scopes = {"play", "hd"}}));

  EXPECT_EQ(answer.status(), 404);
  EXPECT_EQ(seen.subject, "user:1");
  EXPECT_THAT(seen.scopes, ElementsAre("play", "hd"));
  EXPECT_GT(seen.expires_at, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  EXPECT_TRUE(seen.grants.empty());
  EXPECT_THAT(asked_, ElementsAre()) << "the link is proof enough";
}

TEST_F(AuthenticateTest, ALinkMadeBeforeACredentialWasAskedForIsRefused) {
  Add({Authenticate({Knows("b", "one")}), Resolve(ResolverTo({.url = "http://127.0.0.1:1/"})), Fetch()});

  EXPECT_EQ(Get(Link({.subject = ""})).status(), 401);
  EXPECT_EQ(Get(Link({.subject = ""}) + "?token=b").status(), 401) << "a link stands for itself";
}

TEST_F(AuthenticateTest, CredentialsThatComeWithALinkAreTakenOutToo) {
  Origin origin(Answered("200 OK", "", "x"));
  std::string query;
  FakeResolver resolver;
  resolver.resolve = [](const sdk::Call&, const sdk::RequestHead&) -> sdk::Result<sdk::Source> { return sdk::Error{}; };
  FakeFilter filter;
  filter.on_request = [&](const sdk::Call&, const sdk::RequestHead& head, sdk::HeadEdit&) -> FakeFilter::Reply {
    query = std::string(head.query);
    return std::optional<sdk::Reply>{};
  };
  Add({Authenticate({Knows("b", "one")}), Filter(InstanceOf<sdk::Filter>(std::move(filter))),
       Resolve(InstanceOf<sdk::Resolver>(std::move(resolver))), Fetch()});

  EXPECT_EQ(Get(Link({.subject = "user:1", .url = origin.Url("/x")}) + "?token=b&a=1").body(), "x");
  EXPECT_EQ(query, "a=1");
}

}  // namespace
}  // namespace sluice::pipeline::testing

// SPDX-License-Identifier: MIT
// Links that were made for a session end with it.
#include <gmock/gmock.h>

#include <sluice/sdk/testing/calls.hpp>

#include "tests/core/pipeline/rewrite_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using sdk::testing::TestCall;
using std::chrono::hours;
using std::chrono::seconds;
using ::testing::HasSubstr;

class SessionLinksTest : public RewriteFixture {
 protected:
  SessionLinksTest() {
    Add({Authenticate({AuthBy([this](const sdk::Call& call, const sdk::Credentials& given) -> FakeAuth::Answer {
           auto found = sessions_.Find(call, given.secret, [](std::string_view) { return true; });
           if (!found) return std::move(found).error();
           if (!*found) return std::optional<sdk::Principal>();
           return std::optional(sdk::Principal{
               .subject = (**found).subject, .expires_at = (**found).expires_at, .session = (**found).id});
         })}),
         Resolve(ResolverTo({.url = origin_.Url("/a.m3u8")})), Fetch(), Rewrite({Linker()})});
  }
  sdk::OpenedSession Opened(seconds life = hours(1), seconds idle = {}) {
    auto opened = sessions_.Open(TestCall(), {.owner = "portal",
                                              .subject = "user:ann",
                                              .expires_at = sdk::Seconds(Now() + ahead_ + life),
                                              .idle_timeout = idle});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? *opened : sdk::OpenedSession();
  }
  std::string LinkOf(const sdk::OpenedSession& session) {
    const auto& playlist = Get("/?token=" + session.token);
    EXPECT_EQ(playlist.status(), 200);
    auto link = Lines(playlist.body()).at(0);
    EXPECT_EQ(Get(link).body(), "content");
    return link;
  }

  Origin origin_{[](const Origin::Request& request) {
    return Answered("200 OK", "", request.line.starts_with("GET /a.m3u8 ") ? "seg.ts\n" : "content");
  }};
};

TEST_F(SessionLinksTest, ALinkEndsWithTheSessionThatItWasMadeFor) {
  const auto session = Opened();
  const auto other = Opened();
  const auto link = LinkOf(session);
  const auto others_link = LinkOf(other);
  EXPECT_NE(link, others_link) << "of the same person";

  ASSERT_TRUE(sessions_.Close(TestCall(), "portal", session.id));

  const auto& refused = Get(link);
  EXPECT_EQ(refused.status(), 403) << "as of a link that has expired";
  EXPECT_THAT(refused.body(), HasSubstr("the session of this link is over"));
  EXPECT_EQ(Get(others_link).body(), "content");
}

TEST_F(SessionLinksTest, ALinkExpiresWithItsSession) {
  const auto link = LinkOf(Opened(seconds(600)));

  ahead_ = seconds(590);
  EXPECT_EQ(Get(link).status(), 200);
  ahead_ = seconds(601);
  EXPECT_EQ(Get(link).status(), 403);
}

TEST_F(SessionLinksTest, ASessionIsNotIdleWhileItsLinksAreFollowed) {
  const auto session = Opened(hours(1), seconds(80));
  const auto link = LinkOf(session);

  for (int i = 0; i < 10; ++i) {
    ahead_ += seconds(60);
    ASSERT_EQ(Get(link).status(), 200) << i;
  }
  EXPECT_EQ(LinkOf(session), link) << "and they stay the same";
  ahead_ += seconds(81);
  EXPECT_EQ(Get(link).status(), 403);
}

TEST_F(SessionLinksTest, LinksGoOnWithASessionWhoseEndIsPutOff) {
  const auto session = Opened(seconds(600));
  const auto link = LinkOf(session);

  ASSERT_TRUE(sessions_.Change(TestCall(), "portal", session.id, {.expires_at = sdk::Seconds(Now() + hours(1))}));

  ahead_ = seconds(601);
  EXPECT_EQ(Get(link).body(), "content");
  EXPECT_EQ(LinkOf(session), link);
}

TEST_F(SessionLinksTest, NobodyGetsInWhileTheDatabaseCannotSay) {
  const auto link = LinkOf(Opened());

  session_database_.away = true;
  EXPECT_EQ(Get(link).status(), 200) << "it was there a moment ago";
  ahead_ = seconds(5);
  const auto& refused = Get(link);
  EXPECT_EQ(refused.status(), 503);
  EXPECT_EQ(refused.body().find("planted"), std::string::npos);
  session_database_.away = false;
  EXPECT_EQ(Get(link).status(), 200);
}

}  // namespace
}  // namespace sluice::pipeline::testing

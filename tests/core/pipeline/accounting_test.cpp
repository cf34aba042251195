// SPDX-License-Identifier: MIT
// What is written down of streams, and what becomes of them when their principal is revoked.
#include "core/pipeline/accounting.hpp"

#include <gmock/gmock.h>

#include <sluice/sdk/testing/calls.hpp>

#include "core/pipeline/usage_service.hpp"
#include "tests/core/pipeline/gate.hpp"
#include "tests/core/pipeline/served_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using sdk::testing::TestCall;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kHash = "0123456789abcdef0123456789abcdef01234567";
constexpr const char* kBackend = "component";  // as instances of the fakes are called

/// Films of eight octets; "/hold/…" sends the second half when the gate is open.
class AccountingTest : public Served<PipelineTest> {
 protected:
  AccountingTest() : Served(4) {}
  ~AccountingTest() override { gate_.Open(); }

  void Serve(sdk::AuthInterests interests, std::optional<sdk::Usage> usage = {}, std::vector<Step> filters = {}) {
    auto& component = components_[kBackend];
    component.config.kind = "auth";
    component.interests = interests;
    auto steps = std::move(filters);
    steps.insert(steps.begin(), Authenticate({AuthBy([](const sdk::Call&, const sdk::Credentials& given) {
                   sdk::Principal who{.subject = std::string(given.secret)};
                   who.grants.push_back({.store = "torbox", .key = "planted-key", .key_id = "k1"});
                   return FakeAuth::Answer(std::optional(who));
                 })}));
    steps.push_back(Resolve(ResolverBy([this, usage](const sdk::Call&, const sdk::RequestHead& head) {
      return sdk::Source{.url = origin_.url() + std::string(head.path), .usage = usage};
    })));
    config::FetchStep how;
    how.retry.attempts = 1;
    steps.push_back(Fetch(how));
    Add("p", {.path = "/{way}/{hash}"}, std::move(steps));
    Use();
  }
  std::vector<sdk::SqlRow> Rows() {
    auto rows = database_->Read(
        TestCall(), "SELECT subject, key_id, action, hash, cached, bytes, due_at, backend FROM sluice_usage");
    return rows ? std::move(rows->rows) : std::vector<sdk::SqlRow>();
  }
  [[nodiscard]] bool BytesBecome(std::int64_t bytes) {
    return Eventually([&] {
      const auto rows = Rows();
      return rows.size() == 1 && rows[0][5].integer == bytes;
    });
  }

  void Answer(fakes::FaultyOrigin::Peer& peer) {
    for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
      if (head.find("/missing/") != std::string::npos) {
        peer.Send(Answered("404 Not Found", "", "none"));
        continue;
      }
      peer.Send("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 8\r\n\r\nhalf");
      if (head.find("/hold/") != std::string::npos) gate_.Wait();
      peer.Send("half");
    }
  }
  std::string Path(const std::string& way) const { return "/" + way + "/" + kHash + "?token=ann"; }

  Gate gate_;
  fakes::FaultyOrigin origin_{[this](fakes::FaultyOrigin::Peer& peer) { Answer(peer); }};
};

TEST_F(AccountingTest, AStreamIsWrittenDownBeforeItsHeadIsSent) {
  Serve({.usage = true});

  auto film = Send(Path("hold"));
  ASSERT_THAT(film.ReadSome(), HasSubstr(" 200 "));
  const auto rows = Rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0][0].text, "ann");
  EXPECT_EQ(rows[0][1].text, "k1");
  EXPECT_EQ(rows[0][2].text, "stream-served");
  EXPECT_EQ(rows[0][3].text, kHash);
  EXPECT_EQ(rows[0][7].text, kBackend);
  gate_.Open();

  EXPECT_TRUE(BytesBecome(8));
}

TEST_F(AccountingTest, WhatItsSourceSaysGoesFirst) {
  Serve({.usage = true},
        sdk::Usage{.subject = "user:7", .key_id = "k9", .action = "play", .hash = "ff", .cached = true});

  ASSERT_EQ(Play(Path("whole")).body, "halfhalf");

  ASSERT_TRUE(BytesBecome(8));
  const auto rows = Rows();
  EXPECT_EQ(rows[0][0].text, "user:7");
  EXPECT_EQ(rows[0][1].text, "k9");
  EXPECT_EQ(rows[0][2].text, "play");
  EXPECT_EQ(rows[0][3].text, "ff");
  EXPECT_EQ(rows[0][4].integer, 1);
}

TEST_F(AccountingTest, BodiesThatFiltersChangeAreWrittenDownAsTheyAreSent) {
  Serve({.usage = true}, {}, {Filter(ShoutingFilter(2, false, false))});

  ASSERT_EQ(Play(Path("whole")).body.size(), 16u);

  EXPECT_TRUE(BytesBecome(16));
}

TEST_F(AccountingTest, OnlyWhatABackendWantsIsWrittenDown) {
  Serve({.usage = false});
  ASSERT_EQ(Play(Path("whole")).status, 200);
  pipelines_.clear();
  Serve({.usage = true});
  ASSERT_EQ(Play(Path("missing")).status, 404);

  EXPECT_TRUE(Rows().empty());
}

TEST_F(AccountingTest, AStreamOfARevokedPrincipalIsCutAndNobodyElses) {
  Serve({.revocations = true});
  auto ann = Send(Path("hold"));
  auto bob = Send("/hold/" + std::string(kHash) + "?token=bob");
  ASSERT_THAT(ann.ReadSome(), HasSubstr(" 200 "));
  ASSERT_THAT(bob.ReadSome(), HasSubstr(" 200 "));

  EXPECT_EQ(principals_.Cut("other", "ann"), 0u);
  EXPECT_EQ(principals_.Cut(kBackend, "ann"), 1u);

  EXPECT_EQ(ann.ReadSome(), "") << "the rest of the body does not come";
  gate_.Open();
  EXPECT_THAT(bob.ReadSome(), HasSubstr("half"));
  EXPECT_EQ(principals_.Cut(kBackend, "ann"), 0u) << "it is over";
}

TEST_F(AccountingTest, ARevokedPrincipalGetsNothingByCredentialOrLink) {
  Serve({.revocations = true});
  const auto link = Link({.subject = "ann", .url = origin_.url() + "/whole/", .backend = kBackend});
  EXPECT_EQ(Play(link).status, 200);

  revocations_.Revoke(kBackend, "ann", std::chrono::hours(1));

  const auto refused = Play(Path("whole"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr(R"("message":"access was revoked")"));
  EXPECT_EQ(Play(link).status, 403);
  EXPECT_EQ(Play(Link({.subject = "bob", .url = origin_.url() + "/whole/", .backend = kBackend})).status, 200);
  revocations_.Restore(kBackend, "ann");
  EXPECT_EQ(Play(Path("whole")).status, 200);
}

TEST(RevocationsTest, EndWhenTheLastLinkHas) {
  auto now = std::chrono::steady_clock::now();
  Revocations revocations([&] { return now; });
  revocations.Revoke("pool", "ann", std::chrono::hours(1));
  EXPECT_TRUE(revocations.Has("pool", "ann"));
  EXPECT_FALSE(revocations.Has("pool", "bob"));
  EXPECT_FALSE(revocations.Has("other", "ann"));

  now += std::chrono::hours(1);

  EXPECT_FALSE(revocations.Has("pool", "ann"));
}

TEST_F(AccountingTest, EndpointsReportForBackendsThatWantIt) {
  UsageService service(usage_, [this] { return engine_.snapshot(); });
  const sdk::Usage usage{.backend = kBackend, .subject = "ann", .action = "stream-served", .bytes = 5};
  Serve({.usage = false});
  EXPECT_TRUE(service.Record(TestCall(), usage)) << "nobody wants it";
  EXPECT_TRUE(Rows().empty());
  pipelines_.clear();
  Serve({.usage = true});

  const auto recorded = service.Record(TestCall(), usage);
  ASSERT_TRUE(recorded) << recorded.error().message;
  EXPECT_TRUE(BytesBecome(5));
  const auto unknown = service.Record(TestCall(), {.backend = "nobody", .subject = "ann"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "usage.backend: want the name of an auth component");
  const auto no_subject = service.Record(TestCall(), {.backend = kBackend});
  ASSERT_FALSE(no_subject);
  EXPECT_EQ(no_subject.error().message, "usage.subject: want the subject of a principal");
}

TEST_F(AccountingTest, ReportsGoToWhoeverIsAnAuthBackendNow) {
  const auto backends = UsageBackends([this] { return engine_.snapshot(); });
  Serve({.usage = true});
  EXPECT_THAT(backends.names(), ElementsAre(kBackend));

  // A reload between the two calls: the name is an endpoint's now, or nobody's.
  pipelines_.clear();
  auto& component = components_[kBackend];
  component.config.kind = "endpoint";
  component.instance = ResolverBy({});
  component.interests = {};
  Use();

  EXPECT_TRUE(backends.names().empty());
  for (const auto* const name : {kBackend, "nobody"}) {
    const auto reported = backends.report(TestCall(), name, {});
    ASSERT_FALSE(reported);
    EXPECT_EQ(reported.error().code, sdk::Errc::kNotFound);
  }
}

}  // namespace
}  // namespace sluice::pipeline::testing

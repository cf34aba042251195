// SPDX-License-Identifier: MIT
// What principals have under way, and how much they may have: a real server in front of the engine.
#include <gmock/gmock.h>

#include <thread>

#include "tests/core/pipeline/gate.hpp"
#include "tests/core/pipeline/served_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Count = Principals::Count;

constexpr std::size_t kLarge = 1'000'000;

std::string Head(std::size_t length) {
  return "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

/// An origin of films of eight octets; the path says how the second half comes: "/hold" never, "/gate" when the gate is
/// open, "/break" not at all, "/whole" with the first. "/large" is long.
class PrincipalStreamsTest : public Served<PipelineTest> {
 protected:
  PrincipalStreamsTest() : Served(8) {}
  ~PrincipalStreamsTest() override { gate_.Open(); }

  Step FromOrigin() {
    return Resolve(ResolverBy([this](const sdk::Call&, const sdk::RequestHead& head) {
      return sdk::Source{.url = origin_.url() + std::string(head.path)};
    }));
  }
  /// A pipeline that gives each principal that many streams at once.
  void Limit(std::uint32_t limit, config::FetchStep how = {}, std::vector<Step> filters = {}) {
    how.max_concurrent_per_principal = limit;
    how.retry.attempts = 1;
    auto steps = std::move(filters);
    steps.insert(steps.begin(), Authenticate({AuthByName()}));
    steps.push_back(FromOrigin());
    steps.push_back(Fetch(how));
    Add(std::move(steps));
    Use();
  }
  Principals::Entry EntryOf(const std::string& principal) const {
    for (auto& entry : principals_.Look().entries) {
      if (entry.principal == principal) return entry;
    }
    return {};
  }
  /// Waits until that is under way.
  [[nodiscard]] bool Becomes(const std::string& principal, const Count& active) const {
    return Eventually([&] { return EntryOf(principal).active == active; });
  }
  int StatusOf(const std::string& target) { return Play(target).status; }

  void Answer(fakes::FaultyOrigin::Peer& peer) {
    for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
      const auto path = head.substr(4, head.find_first_of(" ?", 4) - 4);
      if (path == "/none") {
        peer.Send(Answered("404 Not Found", "", "none"));
      } else if (path == "/elsewhere") {
        peer.Send(Answered("302 Found", "Location: /whole\r\n", ""));
      } else if (path == "/large") {
        peer.Send(Head(kLarge) + std::string(kLarge, 'x'));
      } else if (head.starts_with("HEAD")) {
        peer.Send(Head(8));
      } else if (path == "/whole") {
        peer.Send(Head(8) + "halfhalf");
      } else if (path == "/silent") {
        peer.WaitForHangUp();
      } else if (path == "/dead") {
        return;
      } else {
        peer.Send(Head(8) + "half");
        if (path == "/break") return;
        if (path == "/hold") return peer.WaitForHangUp();
        gate_.Wait();
        peer.Send("half");
      }
    }
  }

  Gate gate_;
  fakes::FaultyOrigin origin_{[this](fakes::FaultyOrigin::Peer& peer) { Answer(peer); }};
};

TEST_F(PrincipalStreamsTest, AStreamUnderWayKeepsItsPrincipalsPlaceAndNobodyElses) {
  Limit(1);
  auto film = Send("/hold?token=ann");
  ASSERT_THAT(film.ReadSome(), HasSubstr(" 200 "));
  ASSERT_TRUE(Becomes("ann", {1, 4}));
  EXPECT_EQ(Metric("sluice_relayed_bytes_total", {{"mode", "splice"}}), 4) << "the relay has it";

  const auto refused = Play("/whole?token=ann");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Field("Retry-After"), "1");
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"rate_limited")"));
  EXPECT_THAT(refused.body, HasSubstr("concurrency limit exceeded; want at most 1 streams at once for one principal"));
  EXPECT_EQ(StatusOf(Link({.subject = "ann", .url = origin_.url() + "/whole"})), 429) << "by a link";
  EXPECT_EQ(StatusOf("/whole?token=bob"), 200);
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"step", "fetch"}, {"code", "rate_limited"}}), 2);

  film.Close();
  EXPECT_TRUE(Becomes("ann", {}));
  EXPECT_TRUE(Eventually([&] { return StatusOf("/whole?token=ann") == 200; }));
}

TEST_F(PrincipalStreamsTest, APlaceIsFreeHoweverItsStreamEnds) {
  config::FetchStep hasty;
  hasty.read_timeout = std::chrono::seconds(1);
  struct Case {
    const char* path;
    config::FetchStep how;
    bool leaves;
    const char* end;
  };
  config_.log.access = true;
  for (const auto& [path, how, leaves, end] : {Case{"/break", {}, false, "upstream_broke"},
                                               {"/hold", hasty, false, "upstream_stalled"},
                                               {"/hold", {}, true, "client_gone"},
                                               {"/large", {}, false, "complete"}}) {
    pipelines_.clear();
    Limit(1, how);
    auto film = Send(std::string(path) + "?token=" + end);
    if (leaves) {
      ASSERT_THAT(film.ReadSome(), HasSubstr(" 200 ")) << end;
      film.Close();
    } else {
      ASSERT_EQ(film.Read().status, 200) << end;
    }
    ASSERT_TRUE(Becomes(end, {})) << end;
    EXPECT_TRUE(Eventually([&] { return Metric("sluice_streams_active") == 0; })) << end;
    EXPECT_THAT(log(), Contains(HasSubstr(R"("end":")" + std::string(end)))) << end;
    EXPECT_EQ(EntryOf(end).total.streams, 1U) << end;
    EXPECT_EQ(StatusOf(std::string("/whole?token=") + end), 200) << end;
    EXPECT_TRUE(Becomes(end, {})) << end;
  }
}

TEST_F(PrincipalStreamsTest, APlaceIsFreeBeforeTheNextRequestOfTheConnectionIsRead) {
  Limit(1);
  RawClient player(server_.Port("main"));
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(player.Get("/large?token=ann").status, 200) << i;
  }
  EXPECT_TRUE(Eventually([&] { return EntryOf("ann").total == Count{60, 60 * kLarge}; }));
}

TEST_F(PrincipalStreamsTest, TheSameHoldsOfThePipelinesPlaces) {
  Limit(0);
  pipelines_[0].steps.back().slots = std::make_shared<Slots>();
  pipelines_[0].steps.back().config.fetch.max_concurrent = 1;
  Use();
  RawClient player(server_.Port("main"));

  for (int i = 0; i < 60; ++i) ASSERT_EQ(player.Get("/large?token=ann").status, 200) << i;
}

TEST_F(PrincipalStreamsTest, EveryFailureGivesThePlaceBack) {
  const auto full = std::make_shared<Slots>();
  const auto taken = full->Take(1);
  FakeRewriter careless;
  careless.accepts = [](const sdk::ManifestProbe&) { return true; };
  careless.rewrite = [](const sdk::Call&, const sdk::Manifest&, sdk::LinkMinter&) {
    return sdk::Error{.code = sdk::Errc::kInternal, .message = "careless"};
  };
  FakeFilter picky;
  picky.on_response = [](const sdk::Call&, const sdk::ResponseHead&, sdk::HeadEdit&) -> sdk::Status {
    return sdk::Error{.code = sdk::Errc::kInternal, .message = "picky"};
  };
  const auto rewriter = InstanceOf<sdk::ManifestRewriter>(std::move(careless));
  const auto filter = InstanceOf<sdk::Filter>(std::move(picky));
  const auto shouting = ShoutingFilter(1, false, true);
  struct Case {
    const char* what;
    const char* method;
    const char* path;
    int status;
    std::function<void(std::vector<Step>&)> change = [](std::vector<Step>&) {};
  };
  const std::vector<Case> cases = {
      {"head", "HEAD", "/whole", 200},
      {"a small body", "GET", "/whole", 200},
      {"an upstream's refusal", "GET", "/none", 404},
      {"an upstream that hangs up", "GET", "/dead", 502},
      {"an upstream that says nothing", "GET", "/silent", 504,
       [](auto& steps) { steps.back().config.deadline = std::chrono::milliseconds(50); }},
      {"a redirect", "GET", "/elsewhere", 302, [&](auto& steps) { steps.back().config.fetch.max_redirects = 0; }},
      {"a full pipeline", "GET", "/whole", 429,
       [&](auto& steps) {
         steps.back().slots = full;
         steps.back().config.fetch.max_concurrent = 1;
       }},
      {"a manifest", "GET", "/whole", 500, [&](auto& steps) { steps.push_back(Rewrite({rewriter})); }},
      {"a filter", "GET", "/whole", 500, [&](auto& steps) { steps.push_back(Filter(filter)); }},
      {"a filter of a body that breaks off", "GET", "/break", 200,
       [&](auto& steps) { steps.push_back(Filter(shouting)); }},
      {"a step behind", "GET", "/whole", 200,
       [&](auto& steps) { steps.push_back(Otherwise(config::OnError::kNext, Rewrite({rewriter}))); }},
  };
  for (const auto& [what, method, path, status, change] : cases) {
    pipelines_.clear();
    Limit(1);
    change(pipelines_[0].steps);
    Add("next", {}, {Say("the next")});

    const auto& answer = Ask({.method = method, .target = std::string(path) + "?token=ann"});

    EXPECT_EQ(answer.status(), status) << what;
    EXPECT_EQ(EntryOf("ann").active, Count()) << what;
    EXPECT_NE(principals_.Enter("p", "ann", 1), nullptr) << what;
  }
}

TEST_F(PrincipalStreamsTest, ViewersWhoLeaveAWorkerGiveThePlaceBack) {
  Limit(1, {}, {Filter(ShoutingFilter(1, false, true))});
  auto film = Send("/hold?token=ann");
  ASSERT_THAT(film.ReadSome(), HasSubstr(" 200 "));
  EXPECT_TRUE(Becomes("ann", {1, 4})) << "counted while it is under way";
  EXPECT_EQ(StatusOf("/whole?token=ann"), 429);

  film.Close();

  EXPECT_TRUE(Eventually([&] { return StatusOf("/whole?token=ann") == 200; }));
}

TEST_F(PrincipalStreamsTest, RequestsAtOneTimeDoNotExceedTheLimit) {
  Limit(3);
  std::atomic<int> refused = 0;
  std::atomic<int> served = 0;
  std::vector<std::jthread> viewers;
  for (int i = 0; i < 8; ++i) {
    viewers.emplace_back([&] {
      const auto reply = Play("/gate?token=ann");
      refused += reply.status == 429 ? 1 : 0;
      served += reply.status == 200 && reply.body == "halfhalf" ? 1 : 0;
    });
  }

  EXPECT_TRUE(Eventually([&] { return refused == 5 && EntryOf("ann").active == Count{3, 12}; })) << refused;
  gate_.Open();
  viewers.clear();

  EXPECT_EQ(served, 3);
  EXPECT_EQ(origin_.connections(), 3);
}

TEST_F(PrincipalStreamsTest, AReloadForgetsNothing) {
  Limit(1);
  auto film = Send("/hold?token=ann");
  ASSERT_THAT(film.ReadSome(), HasSubstr(" 200 "));
  const auto reload = [&](std::uint32_t limit) {
    pipelines_.clear();
    Limit(limit);
    return StatusOf("/whole?token=ann");
  };

  EXPECT_EQ(reload(1), 429);
  EXPECT_EQ(reload(2), 200);
  EXPECT_EQ(reload(0), 200);
  EXPECT_EQ(reload(1), 429);
  EXPECT_TRUE(Becomes("ann", {1, 4}));
}

TEST_F(PrincipalStreamsTest, CountsEveryAnswerButNotAsAStream) {
  Add("say", {.path = "/say"}, {Authenticate({AuthByName()}), Say("eleven octe")});
  Limit(0);

  EXPECT_EQ(Ask({.target = "/say?token=ann"}).body().size(), 11U);
  EXPECT_EQ(principals_.Look().entries.at(0),
            (Principals::Entry{.principal = "ann", .pipeline = "say", .active = {}, .total = {0, 11}}));
  EXPECT_EQ(Ask({.target = "/whole?token=bob"}).body().size(), 8U);
  EXPECT_EQ(EntryOf("bob").total, (Count{1, 8}));
}

TEST_F(PrincipalStreamsTest, CountsNobodyWhoHasNoName) {
  Add({FromOrigin(), Fetch()});
  Use();

  EXPECT_EQ(StatusOf("/large"), 200);
  EXPECT_EQ(StatusOf("/none"), 404);
  EXPECT_THAT(principals_.Look().entries, IsEmpty());
}

}  // namespace
}  // namespace sluice::pipeline::testing

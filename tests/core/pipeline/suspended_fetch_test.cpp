// SPDX-License-Identifier: MIT
// Fetches that hold no worker while their upstream thinks: a real server with one worker in front of the engine.
#include <gmock/gmock.h>

#include "core/pipeline/leaving.hpp"
#include "tests/core/pipeline/gate.hpp"
#include "tests/core/pipeline/served_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {
namespace {

using fakes::FaultyOrigin;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class SuspendedFetchTest : public Served<PipelineTest> {
 protected:
  static constexpr std::chrono::seconds kLong{20};

  /// The path of the request; once `thought_` opens if it starts with "/slow".
  std::string Answer(const Origin::Request& request) {
    const auto path = request.line.substr(4, request.line.find(' ', 4) - 4);
    if (path.starts_with("/slow")) thought_.Wait();
    return Answered("200 OK", "", path);
  }
  InstancePtr To(const std::string& url) {
    return ResolverBy([url](const sdk::Call&, const sdk::RequestHead& head) {
      return sdk::Source{.url = url + std::string(head.path)};
    });
  }
  /// A fetch step as the configuration makes it.
  static Step FetchBy(const config::FetchStep& how) {
    auto fetch = Fetch(how);
    auto profile = MakeProfile(how, {}, "test");
    EXPECT_TRUE(profile) << profile.error().message;
    fetch.profile = std::move(*profile);
    return fetch;
  }
  /// Until one request waits without a worker: before its origin is connected to, its connection is only idle.
  bool Wait(const FaultyOrigin& origin, int connections = 1) {
    return Eventually([&] { return origin.connections() == connections && server_.parked() == 1; });
  }

  /// Plays "/slow", whose upstream is `origin`, and "/fast" in the meantime, by the only worker.
  void ExpectAFreeWorkerMeanwhile(const Origin& origin) {
    auto viewer = Send("/slow");
    ASSERT_TRUE(Eventually([&] { return origin.requests().size() == 1; }));
    EXPECT_EQ(Play("/fast").body, "/fast");
    thought_.Open();
    EXPECT_EQ(viewer.Read().body, "/slow");
  }

  /// Takes requests, and hangs up once it has thought.
  FaultyOrigin::Script BreakOff() {
    return [this](FaultyOrigin::Peer& peer) {
      peer.ReadHead();
      thought_.Wait();
    };
  }

  Gate thought_;
};

TEST_F(SuspendedFetchTest, TheOnlyWorkerServesOthersWhileUpstreamsThink) {
  constexpr int kViewers = 20;
  Origin origin([this](const Origin::Request& request) { return Answer(request); });
  Add({Resolve(To(origin.Url(""))), Fetch()});
  Use();
  std::vector<RawClient> viewers;
  for (int i = 0; i < kViewers; ++i) viewers.push_back(Send("/slow" + std::to_string(i)));
  ASSERT_TRUE(Eventually([&] { return origin.requests().size() == kViewers; }));

  EXPECT_EQ(Play("/fast").body, "/fast");

  thought_.Open();
  for (int i = 0; i < kViewers; ++i)
    EXPECT_EQ(viewers[static_cast<std::size_t>(i)].Read().body, "/slow" + std::to_string(i));
  EXPECT_TRUE(Eventually([&] {
    return Metric("sluice_requests_total", {{"pipeline", "p"}, {"status", "2xx"}}) == kViewers + 1;
  }));
}

TEST_F(SuspendedFetchTest, AnUpstreamThatDoesNotAnswerIsGivenUpInTime) {
  Origin origin([this](const Origin::Request& request) { return Answer(request); });
  config::FetchStep how;
  how.read_timeout = 700ms;
  how.retry.attempts = 1;
  Add({Resolve(To(origin.Url(""))), Fetch(how)});
  Use();
  const auto begin = std::chrono::steady_clock::now();

  const auto reply = Play("/slow");
  thought_.Open();

  EXPECT_EQ(reply.status, 504);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 700ms);
  EXPECT_LE(std::chrono::steady_clock::now() - begin, kLong);
}

TEST_F(SuspendedFetchTest, AViewerWhoLeavesFreesTheUpstream) {
  std::atomic<bool> left = false;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.WaitForHangUp();
    left = true;
  });
  Add({Resolve(To(origin.url())), Fetch()});
  Use();
  auto viewer = Send("/slow");
  ASSERT_TRUE(Wait(origin));

  viewer.Close();

  EXPECT_TRUE(Eventually([&] { return left.load(); }));
  EXPECT_TRUE(Eventually([&] { return server_.connections() == 0; }));
}

TEST_F(SuspendedFetchTest, WhatBreaksOffIsTriedAgain) {
  std::atomic<int> tries = 0;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    if (++tries < 3) return;
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthird");
  });
  Add({Resolve(To(origin.url())), FetchBy({})});
  Use();

  EXPECT_EQ(Play("/").body, "third");
  EXPECT_EQ(tries, 3);
}

TEST_F(SuspendedFetchTest, ARedirectsTargetIsWaitedForToo) {
  Gate arrived;
  FaultyOrigin target([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    arrived.Wait();
    peer.Send(Answered("200 OK", "", "at last"));
  });
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    thought_.Wait();
    peer.Send(Answered("302 Found", "Location: " + target.url() + "/there\r\n", ""));
  });
  Add({Resolve(To(origin.url())), Fetch()});
  Use();
  auto viewer = Send("/");
  ASSERT_TRUE(Wait(origin));

  thought_.Open();
  ASSERT_TRUE(Wait(target));
  arrived.Open();

  EXPECT_EQ(viewer.Read().body, "at last");
}

TEST_F(SuspendedFetchTest, AnotherOriginIsAskedWhenTheFirstBreaksOff) {
  FaultyOrigin broken(BreakOff());
  Origin other([](const Origin::Request& request) { return Answered("200 OK", "", request.line); });
  config::FetchStep how;
  how.retry.initial_delay = 1ms;
  how.origins = {broken.url(), other.Url("")};
  Add({Resolve(To(broken.url())), FetchBy(how)});
  Use();
  auto viewer = Send("/film");
  ASSERT_TRUE(Wait(broken));

  thought_.Open();

  EXPECT_EQ(viewer.Read().body, "GET /film HTTP/1.1");
}

TEST_F(SuspendedFetchTest, AKeptConnectionThatIsClosedMeanwhileIsReplaced) {
  std::atomic<int> accepted = 0;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    const bool first = ++accepted == 1;
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + std::string(first ? "one" : "two"));
    peer.ReadHead();
    thought_.Wait();
  });
  config::FetchStep once;
  once.retry.attempts = 1;
  Add({Resolve(To(origin.url())), FetchBy(once)});
  Use();
  ASSERT_EQ(Play("/").body, "one");
  auto viewer = Send("/");
  ASSERT_TRUE(Wait(origin));

  thought_.Open();

  EXPECT_EQ(viewer.Read().body, "two") << "not a retry: the origin never saw that request";
  EXPECT_EQ(origin.connections(), 2);
}

TEST_F(SuspendedFetchTest, AnUpstreamBehindTlsNeedsNoWorkerEither) {
  Origin origin([this](const Origin::Request& request) { return Answer(request); });
  fakes::TempFolder folder;
  const auto certificates = fakes::MakeCertificates(folder, "IP:127.0.0.1");
  const fakes::Nginx nginx("location / { proxy_pass " + origin.Url("") + "; }", &certificates);
  config::FetchStep how;
  how.tls.ca_file = certificates.ca;
  Add({Resolve(To("https://127.0.0.1:" + std::to_string(nginx.port()))), FetchBy(how)});
  Use();

  ExpectAFreeWorkerMeanwhile(origin);
}

TEST_F(SuspendedFetchTest, ItsFailureMayBeSkipped) {
  FaultyOrigin broken(BreakOff());
  Add({Resolve(To(broken.url())), Otherwise(config::OnError::kSkip, Fetch()), Say("instead")});
  Use();
  auto viewer = Send("/");
  ASSERT_TRUE(Wait(broken));

  thought_.Open();

  EXPECT_EQ(viewer.Read().body, "instead");
}

TEST_F(SuspendedFetchTest, GivesItsSlotBackHoweverItEnds) {
  Origin origin([this](const Origin::Request& request) { return Answer(request); });
  config::FetchStep one_at_a_time;
  one_at_a_time.max_concurrent = 1;
  auto fetch = FetchBy(one_at_a_time);
  fetch.slots = std::make_shared<Slots>();
  Add({Resolve(To(origin.Url(""))), std::move(fetch)});
  Use();
  auto leaves = Send("/slow");
  ASSERT_TRUE(Eventually([&] { return origin.requests().size() == 1; }));

  EXPECT_EQ(Play("/fast").status, 429);
  leaves.Close();
  ASSERT_TRUE(Eventually([&] { return server_.connections() == 0; }));

  auto stays = Send("/slow");
  ASSERT_TRUE(Eventually([&] { return origin.requests().size() == 2; }));
  thought_.Open();
  EXPECT_EQ(stays.Read().body, "/slow");
  EXPECT_TRUE(Eventually([&] { return Play("/fast").status == 200; }));
}

TEST_F(SuspendedFetchTest, AHeadThatComesInPiecesIsWaitedFor) {
  Gate half;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Le");
    half.Wait();
    peer.Send("ngth: 4\r\n\r\nfilm");
  });
  Add({Resolve(To(origin.url())), Fetch()});
  Use();
  auto viewer = Send("/");
  ASSERT_TRUE(Wait(origin));

  half.Open();

  EXPECT_EQ(viewer.Read().body, "film");
}

TEST_F(SuspendedFetchTest, ItsFailureGoesToTheNextPipeline) {
  Origin broken(Answered("200 OK", "Content-Length: 1\r\n", "two lengths"));
  Add("first", {}, {Resolve(To(broken.Url(""))), Otherwise(config::OnError::kNext, Fetch())});
  Add("second", {}, {Say("second")});
  Use();

  EXPECT_EQ(Play("/").body, "second");
}

TEST_F(SuspendedFetchTest, KeepsTheSnapshotThatItStartedWith) {
  Origin origin([this](const Origin::Request& request) { return Answer(request); });
  Add({Resolve(To(origin.Url(""))), Fetch()});
  std::weak_ptr<const Snapshot> old = Use();
  auto viewer = Send("/slow");
  ASSERT_TRUE(Eventually([&] { return origin.requests().size() == 1; }));
  pipelines_.clear();
  Add({Say("new")});
  Use();

  EXPECT_EQ(Play("/").body, "new");
  EXPECT_FALSE(old.expired());
  thought_.Open();

  EXPECT_EQ(viewer.Read().body, "/slow");
  EXPECT_TRUE(Eventually([&] { return old.expired(); }));
}

TEST_F(SuspendedFetchTest, AnEndpointsSourceNeedsNoWorkerEither) {
  Origin origin([this](const Origin::Request& request) { return Answer(request); });
  Add({Serve(
      EndpointBy({{.method = "GET", .path_template = "/**"}},
                 [&](const sdk::Call&, std::size_t, const sdk::RequestHead& head, std::string_view,
                     sdk::ResponseWriter&) { return std::optional(sdk::Source{.url = origin.Url(head.path)}); }))});
  Use();

  ExpectAFreeWorkerMeanwhile(origin);
}

TEST_F(SuspendedFetchTest, SlowBodiesNeedNoWorkerWhoeverGetsThem) {
  constexpr int kViewers = 8;
  Origin origin([](const Origin::Request& request) { return Answered("200 OK", "", request.body); });
  Add("endpoint", {.path = "/endpoint"},
      {Serve(EndpointBy({{.method = "POST", .path_template = "/endpoint"}},
                        [](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view body,
                           sdk::ResponseWriter& out) -> FakeEndpoint::Answer {
                          if (auto started = out.Start(200, {}); !started) return std::move(started).error();
                          if (auto sent = out.Write(sdk::AsBytes(body)); !sent) return std::move(sent).error();
                          return std::optional<sdk::Source>{};
                        }))});

  Add("fetch", {.path = "/fetch"}, {Resolve(To(origin.Url(""))), Fetch()});
  Add("hello", {}, {Say("hello")});
  Use();
  std::vector<RawClient> viewers;
  for (int i = 0; i < kViewers; ++i) {
    viewers.emplace_back(server_.Port("main"));
    viewers.back().Send(std::string(i % 2 == 0 ? "POST /endpoint" : "POST /fetch") +
                        " HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nsl");
  }
  ASSERT_TRUE(Eventually([&] { return server_.parked() == kViewers; }));

  EXPECT_EQ(Play("/hello").body, "hello");

  for (auto& viewer : viewers) {
    viewer.Send("ow");
    EXPECT_EQ(viewer.Read().body, "slow");
  }
}

TEST_F(SuspendedFetchTest, ABodyThatIsTooLongIsRefusedBeforeItCame) {
  Origin origin([this](const Origin::Request& request) { return Answer(request); });
  Add({Resolve(To(origin.Url(""))), Fetch()});
  Use();
  RawClient viewer(server_.Port("main"));

  viewer.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1025\r\n\r\n");

  EXPECT_EQ(viewer.Read().status, 413);
  EXPECT_TRUE(origin.requests().empty());
}

TEST_F(SuspendedFetchTest, StoppingTheServerEndsIt) {
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.WaitForHangUp();
  });
  Add({Resolve(To(origin.url())), Fetch()});
  Use();
  auto viewer = Send("/slow");
  ASSERT_TRUE(Wait(origin));

  server_.Stop();

  EXPECT_EQ(server_.connections(), 0U);
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"pipeline", "p"}, {"step", "fetch"}, {"code", "cancelled"}}), 1);
}

}  // namespace
}  // namespace sluice::pipeline::testing

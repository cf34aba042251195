// SPDX-License-Identifier: MIT
// Many viewers who ask for one live playlist at one time, through a real server with one worker.
#include <gmock/gmock.h>

#include <deque>

#include "tests/core/pipeline/gate.hpp"
#include "tests/core/pipeline/rewrite_fixture.hpp"
#include "tests/core/pipeline/served_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::pipeline::testing {
namespace {

using fakes::FaultyOrigin;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class CoalescingTest : public Served<RewriteFixture> {
 protected:
  ~CoalescingTest() override { gate_.Open(); }

  Step Playlist() { return Resolve(ResolverTo({.url = origin_.Url("/live.m3u8")})); }
  void Serve(const std::string& name, const config::FetchStep& how = {}) {
    Add(name, {.path = "/" + name}, {Playlist(), Fetch(how), Rewrite({Lister(ByPath("m3u8"))})});
    Use();
  }
  void Ask(int count, const std::string& target, const std::string& fields = {}) {
    for (int i = 0; i < count; ++i) viewers_.push_back(Send(target, fields));
  }
  /// Waits until the origin was asked so often and so many wait for somebody else's answer.
  [[nodiscard]] bool Wait(std::size_t requests, int waiting) const {
    return Eventually(
        [&] { return origin_.requests().size() == requests && Metric("sluice_upstream_small_waiting") == waiting; });
  }

  Gate gate_;
  Origin origin_{[this](const Origin::Request& request) {
    gate_.Wait();
    const auto at = request.head.find("authorization:");
    const auto told = at == std::string::npos ? "" : request.head.substr(at, request.head.find('\r', at) - at) + "\n";
    return Answered("200 OK", "Cache-Control: max-age=1\r\n", told + "seg.ts\n");
  }};
  std::deque<RawClient> viewers_;
};

TEST_F(CoalescingTest, TheOriginHearsOneRequestOfTwentyViewers) {
  Serve("live");
  Ask(20, "/live");
  ASSERT_TRUE(Wait(1, 19));
  gate_.Open();

  for (auto& viewer : viewers_) {
    const auto reply = viewer.Read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.body, EndsWith("seg.ts\n"));
    EXPECT_TRUE(reply.complete);
  }
  EXPECT_EQ(origin_.requests().size(), 1U);
}

TEST_F(CoalescingTest, WhoWaitsHoldsNoWorker) {
  Origin other(Answered("200 OK", "", "at once"));
  Add("other", {.path = "/other"}, {Resolve(ResolverTo({.url = other.Url("/")})), Fetch()});
  Serve("live");
  Ask(3, "/live");
  ASSERT_TRUE(Wait(1, 2));

  EXPECT_EQ(Play("/other").body, "at once");

  gate_.Open();
  for (auto& viewer : viewers_) EXPECT_EQ(viewer.Read().status, 200);
}

TEST_F(CoalescingTest, APlaylistThatTricklesHoldsNoWorker) {
  FaultyOrigin origin([this](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4");
    gate_.Wait();
    peer.Send("\r\nseg.\r\n3\r\nts\n\r\n0\r\n\r\n");
  });
  Add("live", {.path = "/live"},
      {Resolve(ResolverTo({.url = origin.url() + "/live.m3u8"})), Fetch(), Rewrite({Lister(ByPath("m3u8"))})});
  Use();
  Ask(2, "/live");
  ASSERT_TRUE(Wait(0, 1));
  ASSERT_TRUE(Eventually([this] { return Metric("sluice_upstream_request_seconds", {{"outcome", "2xx"}}) == 1; }));

  EXPECT_EQ(Play("/none").status, 404);

  gate_.Open();
  for (auto& viewer : viewers_) EXPECT_THAT(viewer.Read().body, EndsWith("seg.ts\n"));
}

TEST_F(CoalescingTest, WhoeverFetchesMayHangUp) {
  Serve("live");
  Ask(1, "/live");
  ASSERT_TRUE(Wait(1, 0));
  Ask(6, "/live");
  ASSERT_TRUE(Wait(1, 6));

  viewers_.front().Close();
  viewers_.pop_front();
  ASSERT_TRUE(Wait(2, 5)) << "one of the others goes on";
  gate_.Open();

  for (auto& viewer : viewers_) EXPECT_THAT(viewer.Read().body, EndsWith("seg.ts\n"));
  EXPECT_EQ(origin_.requests().size(), 2U);
}

TEST_F(CoalescingTest, CredentialsAreNotMixed) {
  config::FetchStep how;
  how.request_headers.allow = {"default", "Authorization"};
  Serve("live", how);
  const std::vector<std::string> keys = {"one", "two"};
  Ask(5, "/live", "Authorization: Bearer one\r\n");
  Ask(5, "/live", "Authorization: Bearer two\r\n");
  Ask(5, "/live");
  ASSERT_TRUE(Wait(3, 12));
  gate_.Open();

  for (std::size_t i = 0; i < viewers_.size(); ++i) {
    const auto reply = viewers_[i].Read();
    for (std::size_t key = 0; key < keys.size(); ++key) {
      const auto sent = HasSubstr("authorization: bearer " + keys[key]);
      if (key == i / 5) {
        EXPECT_THAT(reply.body, sent) << i;
      } else {
        EXPECT_THAT(reply.body, Not(sent)) << i;
      }
    }
    EXPECT_EQ(reply.status, 200) << i;
  }
  EXPECT_EQ(origin_.requests().size(), 3U);
}

TEST_F(CoalescingTest, PipelinesAreNotMixed) {
  Serve("one");
  Serve("two");
  Ask(5, "/one");
  Ask(5, "/two");
  ASSERT_TRUE(Wait(2, 8));
  gate_.Open();

  for (auto& viewer : viewers_) EXPECT_EQ(viewer.Read().status, 200);
  EXPECT_EQ(origin_.requests().size(), 2U);
}

TEST_F(CoalescingTest, PrincipalsShareAPlaylistAndNoLink) {
  Add({Authenticate({AuthByName()}), Playlist(), Fetch(), Rewrite({Linker()})});
  Use();
  const std::vector<std::string> names = {"ann", "bob", "cid", "dan"};
  for (const auto& name : names) Ask(1, "/?token=" + name);
  ASSERT_TRUE(Wait(1, 3));
  gate_.Open();

  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto link = state::OpenLink(*secrets_, Lines(viewers_[i].Read().body).back(), now);
    ASSERT_TRUE(link) << names[i];
    EXPECT_EQ(link->subject, names[i]);
    EXPECT_EQ(link->url, origin_.Url("/seg.ts"));
  }
  EXPECT_EQ(origin_.requests().size(), 1U);
}

}  // namespace
}  // namespace sluice::pipeline::testing

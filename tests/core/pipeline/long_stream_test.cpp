// SPDX-License-Identifier: MIT
// Streams that last: what flows is never cut, what stalls is, and everybody keeps their pace.
#include <gmock/gmock.h>

#include <future>

#include "tests/core/pipeline/pace.hpp"
#include "tests/core/pipeline/served_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

constexpr milliseconds kTimeout{1'000};  ///< Each of them.
constexpr int kPieces = 32;
constexpr milliseconds kInterval{100};
constexpr milliseconds kLasts = kPieces * kInterval;
static_assert(kLasts > 3 * kTimeout);

/// How an origin frames its bodies.
struct Framing {
  const char* name;
  std::string fields;
  std::string (*piece)(const std::string& octets);
  std::string end;
};

const std::vector<Framing>& Framings() {
  static const auto kAsItIs = [](const std::string& octets) { return octets; };
  static const auto kChunk = [](const std::string& octets) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", octets.size());
    return size + octets + "\r\n";
  };
  static const std::vector<Framing> kFramings = {
      {"length", "Content-Length: " + std::to_string(kPieces * 10) + "\r\n", kAsItIs, ""},
      {"chunked", "Transfer-Encoding: chunked\r\n", kChunk, "0\r\n\r\n"},
      {"close", "", kAsItIs, ""}};
  return kFramings;
}

std::string Piece(int index) { return std::string(10, static_cast<char>('a' + index % 26)); }

std::string WholeFilm() {
  std::string film;
  for (int i = 0; i < kPieces; ++i) film += Piece(i);
  return film;
}

http::ServerOptions Impatient() {
  http::ServerOptions options;
  options.workers = 16;
  options.head_timeout = options.idle_timeout = options.body_timeout = options.write_timeout = kTimeout;
  return options;
}

/// "/relay/…" is sent by the relay, "/filter/…" by a worker. The rest of the path goes to the origin.
class LongStreamTest : public Served<PipelineTest> {
 protected:
  explicit LongStreamTest(http::ServerOptions options = Impatient()) : Served(std::move(options)) {}

  static config::FetchStep Hasty(milliseconds read_timeout) {
    config::FetchStep how;
    how.connect_timeout = kTimeout;
    how.read_timeout = read_timeout;
    how.retry.attempts = 1;
    return how;
  }
  void ServeFrom(const std::string& origin, const config::FetchStep& how) {
    const auto serve = [&](const std::string& name, std::vector<Step> steps) {
      steps.insert(steps.begin(), Resolve(ResolverBy([=](const sdk::Call&, const sdk::RequestHead& head) {
                     return sdk::Source{.url = origin + "/" + std::string(head.params[0].value)};
                   })));
      auto fetch = Fetch(how);
      fetch.config.deadline = kTimeout;
      steps.push_back(std::move(fetch));
      Add(name, {.path = "/" + name + "/{rest...}"}, std::move(steps));
    };
    serve("relay", {});
    serve("filter", {Filter(ShoutingFilter(1, false, true))});
    Use();
  }
  static std::vector<std::string> PathsOfEveryFraming() {
    std::vector<std::string> paths;
    for (const auto& framing : Framings()) {
      for (const auto* const way : {"/relay/", "/filter/"}) paths.push_back(std::string(way) + framing.name);
    }
    return paths;
  }
  /// As the filter leaves it.
  static std::string Expected(const std::string& path, std::string film) {
    if (path.starts_with("/filter/")) {
      for (auto& c : film) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    return film;
  }
  struct Played {
    http::testing::RawResponse reply;
    steady_clock::duration took;
  };
  /// All at one time.
  std::vector<Played> PlayAll(const std::vector<std::string>& paths) {
    std::vector<std::future<Played>> viewers;
    for (const auto& path : paths) {
      viewers.push_back(std::async(std::launch::async, [this, path] {
        const auto begin = steady_clock::now();
        auto reply = Play(path);
        return Played{std::move(reply), steady_clock::now() - begin};
      }));
    }
    std::vector<Played> played;
    for (auto& viewer : viewers) played.push_back(viewer.get());
    return played;
  }
  /// Sends head and first piece as the path's framing has it. Null: the client hung up, or wants another path.
  static const Framing* Begin(fakes::FaultyOrigin::Peer& peer) {
    const auto head = peer.ReadHead();
    for (const auto& framing : Framings()) {
      if (!head.starts_with(std::string("GET /") + framing.name + " ")) continue;
      peer.Send("HTTP/1.1 200 OK\r\n" + framing.fields + "\r\n" + framing.piece(Piece(0)));
      return &framing;
    }
    return nullptr;
  }
};

TEST_F(LongStreamTest, WhatFlowsOutlastsEveryTimeout) {
  const fakes::FaultyOrigin origin([](fakes::FaultyOrigin::Peer& peer) {
    const auto* const framing = Begin(peer);
    Pace pace(kInterval);
    for (int i = 1; framing != nullptr && i < kPieces; ++i) {
      pace.Wait();
      peer.Send(framing->piece(Piece(i)));
    }
    if (framing != nullptr) peer.Send(framing->end);
  });
  ServeFrom(origin.url(), Hasty(kTimeout));

  const auto paths = PathsOfEveryFraming();
  const auto played = PlayAll(paths);

  for (std::size_t i = 0; i < paths.size(); ++i) {
    EXPECT_EQ(played[i].reply.status, 200) << paths[i];
    EXPECT_EQ(played[i].reply.body, Expected(paths[i], WholeFilm())) << paths[i];
    EXPECT_TRUE(played[i].reply.complete) << paths[i];
    EXPECT_GE(played[i].took, 3 * kTimeout) << paths[i];
  }
}

TEST_F(LongStreamTest, AnNginxThatPacesOutlastsEveryTimeout) {
  fakes::Nginx nginx("location / { root www; limit_rate 32k; output_buffers 1 4k; sendfile off; }");
  const std::string film(110'000, 'x');
  nginx.folder().Write("www/film", film);
  ServeFrom(nginx.url(), Hasty(kTimeout));

  const std::vector<std::string> paths = {"/relay/film", "/filter/film"};
  const auto played = PlayAll(paths);

  for (std::size_t i = 0; i < paths.size(); ++i) {
    EXPECT_TRUE(played[i].reply.body == Expected(paths[i], film)) << paths[i];
    EXPECT_TRUE(played[i].reply.complete) << paths[i];
    EXPECT_GT(played[i].took, 2 * kTimeout) << paths[i];
  }
}

TEST_F(LongStreamTest, WhatStallsIsCutAtTheReadTimeout) {
  constexpr milliseconds kReadTimeout{300};
  const fakes::FaultyOrigin origin([](fakes::FaultyOrigin::Peer& peer) {
    if (Begin(peer) != nullptr) peer.WaitForHangUp();
  });
  fakes::Nginx nginx("location / { root www; limit_rate 1k; sendfile off; }");  // one write a second
  nginx.folder().Write("www/film", std::string(100'000, 'x'));
  const auto none_is_whole = [&](const std::vector<std::string>& paths) {
    for (const auto& played : PlayAll(paths)) {
      EXPECT_EQ(played.reply.status, 200);
      EXPECT_FALSE(played.reply.complete);
      EXPECT_GE(played.took, kReadTimeout);
    }
  };

  ServeFrom(origin.url(), Hasty(kReadTimeout));
  none_is_whole(PathsOfEveryFraming());
  pipelines_.clear();
  ServeFrom(nginx.url(), Hasty(kReadTimeout));
  none_is_whole({"/relay/film", "/filter/film"});

  EXPECT_TRUE(Eventually([&] {
    return Metric("sluice_step_failures_total", {{"step", "deliver"}, {"code", "deadline_exceeded"}}) == 8;
  }));
}

TEST_F(LongStreamTest, AViewerWhoLeavesFreesTheUpstreamWithinASecond) {
  for (const std::string way : {"/relay/", "/filter/"}) {
    for (const auto& framing : Framings()) {
      std::promise<void> hung_up;
      const fakes::FaultyOrigin origin([&](fakes::FaultyOrigin::Peer& peer) {
        if (Begin(peer) == nullptr) return;
        peer.WaitForHangUp();
        hung_up.set_value();
      });
      pipelines_.clear();
      ServeFrom(origin.url(), Hasty(seconds(30)));
      auto viewer = Send(way + framing.name);
      ASSERT_THAT(viewer.ReadSome(), HasSubstr(" 200 ")) << way << framing.name;

      viewer.Close();

      EXPECT_EQ(hung_up.get_future().wait_for(seconds(1)), std::future_status::ready) << way << framing.name;
    }
  }
}

/// With the server's own patience, so that only the upstream's is short.
class PausingViewerTest : public LongStreamTest {
 protected:
  PausingViewerTest() : LongStreamTest(Workers(4)) {}
};

TEST_F(PausingViewerTest, AViewersPauseIsNoStallOfTheUpstream) {
  constexpr milliseconds kReadTimeout{200};
  constexpr std::size_t kBytes = 30'000'000;  // more than all the sockets on the way hold
  fakes::Nginx nginx("location / { root www; }");
  nginx.folder().Write("www/film", std::string(kBytes, 'x'));
  ServeFrom(nginx.url(), Hasty(kReadTimeout));

  for (const auto* const path : {"/relay/film", "/filter/film"}) {
    RawClient viewer(server_.Port("main"), {}, 256 * 1024);
    Request(viewer, path);
    Pace pause(4 * kReadTimeout);
    pause.Wait();
    EXPECT_EQ(Metric("sluice_streams_active"), 1) << path;

    const auto reply = viewer.Read();

    EXPECT_EQ(reply.body.size(), kBytes) << path;
    EXPECT_TRUE(reply.complete) << path;
    EXPECT_TRUE(Eventually([&] { return Metric("sluice_streams_active") == 0; })) << path;
  }
}

/// More viewers than workers, on one thread of the relay.
class PacedViewersTest : public LongStreamTest {
 protected:
  PacedViewersTest() : LongStreamTest(Workers(2)) {}
};

TEST_F(PacedViewersTest, EveryoneKeepsTheirPace) {
  constexpr std::size_t kViewers = 12;
  constexpr std::size_t kBytes = 240'000;
  fakes::Nginx nginx("location / { root www; }");
  nginx.folder().Write("www/film", std::string(kBytes, 'x'));
  auto how = Hasty(seconds(30));
  how.max_rate = 100'000;
  ServeFrom(nginx.url(), how);

  const auto played = PlayAll(std::vector<std::string>(kViewers, "/relay/film"));

  // A quarter of a second's octets may come at once.
  for (const auto& one : played) {
    EXPECT_EQ(one.reply.body.size(), kBytes);
    EXPECT_TRUE(one.reply.complete);
    EXPECT_GE(one.took, milliseconds(2'000));
    EXPECT_LE(one.took, milliseconds(4'800)) << "half of the pace";
  }
}

}  // namespace
}  // namespace sluice::pipeline::testing

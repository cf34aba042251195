// SPDX-License-Identifier: MIT
#include <chrono>
#include <future>
#include <thread>

#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/full_port.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class FaultsTest : public ClientTest {
 protected:
  FaultsTest() { MakeClient(); }

  std::string FetchSaying(const std::string& answer, std::string method = "GET") {
    FaultyOrigin origin(FaultyOrigin::Say(answer));
    auto request = Get(origin.url() + "/p?token=secret");
    request.method = std::move(method);
    auto text = Fetch(request);
    const auto label = "127.0.0.1:" + std::to_string(origin.port());
    if (const auto at = text.find(label); at != std::string::npos) text.replace(at, label.size(), "PEER");
    return text;
  }
};

TEST_F(FaultsTest, ReadsEveryFraming) {
  EXPECT_EQ(FetchSaying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), "200 abc");
  EXPECT_EQ(
      FetchSaying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: v\r\n\r\n"),
      "200 abc");
  EXPECT_EQ(FetchSaying("HTTP/1.1 200 OK\r\n\r\nabc"), "200 abc");
  EXPECT_EQ(FetchSaying("HTTP/1.0 200 OK\r\n\r\nabc"), "200 abc");
  EXPECT_EQ(FetchSaying("HTTP/1.1 204 No Content\r\n\r\n"), "204 ");
  EXPECT_EQ(FetchSaying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD"), "200 ");
  EXPECT_EQ(FetchSaying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "200 ");
}

TEST_F(FaultsTest, NeverTakesAPartForTheWhole) {
  const std::string broken = "PEER: want the rest of the body, the connection broke off";
  EXPECT_EQ(FetchSaying("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc"), "200 broken: " + broken);
  EXPECT_EQ(FetchSaying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabc"), "200 broken: " + broken);
  EXPECT_EQ(FetchSaying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), "200 broken: " + broken);
  EXPECT_EQ(FetchSaying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"),
            "200 broken: " + broken);
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "broken_off"), 4);
}

TEST_F(FaultsTest, TakesAResetForAFault) {
  std::promise<void> read;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\n\r\nabc");
    read.get_future().wait();
    peer.Reset();
  });
  const TestCall call;
  auto response = client_->Fetch(call, Get(origin.url()));
  ASSERT_TRUE(response);
  std::byte chunk[3];
  ASSERT_TRUE(response->body->Read(chunk));

  read.set_value();

  EXPECT_EQ(response->body->Read(chunk).error().code, sdk::Errc::kUpstreamFailed)
      << "a body that ends with the connection ends with FIN only";
}

TEST_F(FaultsTest, RefusesAmbiguousHeads) {
  const std::string bad = "PEER: bad response: ";
  for (const char* head :
       {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : a\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n"}) {
    EXPECT_EQ(FetchSaying(head).substr(0, bad.size()), bad) << head;
  }
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "protocol"), 10);
}

TEST_F(FaultsTest, RefusesBadChunks) {
  const std::string bad = "200 broken: PEER: bad response: ";
  for (const char* body : {"3\nabc\r\n0\r\n\r\n", "x\r\n", "-3\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n",
                           "11111111111111111\r\n", "0x3\r\nabc\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n"}) {
    EXPECT_EQ(
        FetchSaying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body)).substr(0, bad.size()),
        bad)
        << body;
  }
}

TEST_F(FaultsTest, LimitsHeads) {
  std::string fields;
  for (int i = 0; i < 201; ++i) fields += "X: y\r\n";
  EXPECT_NE(FetchSaying("HTTP/1.1 204 x\r\n" + fields + "\r\n").find("PEER: bad response"), std::string::npos);
  EXPECT_EQ(FetchSaying("HTTP/1.1 204 x\r\n" + fields.substr(6) + "\r\n"), "204 ");
  EXPECT_EQ(FetchSaying("HTTP/1.1 204 x\r\nX: " + std::string(100'000, 'a') + "\r\n\r\n"),
            "PEER: bad response: want a response head of at most 64 KiB");
  EXPECT_EQ(FetchSaying("HTTP/1.1 204 x\r\nX: " + std::string(60'000, 'a') + "\r\n\r\n"), "204 ");
}

TEST_F(FaultsTest, SkipsEightInterimResponses) {
  std::string interim;
  for (int i = 0; i < 8; ++i) interim += "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  const std::string final = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";

  EXPECT_EQ(FetchSaying(interim + final), "200 a");
  EXPECT_EQ(FetchSaying(interim + "HTTP/1.1 100 Continue\r\n\r\n" + final),
            "PEER: bad response: want at most 8 interim responses");
}

TEST_F(FaultsTest, SaysThatNobodyAnswers) {
  EXPECT_EQ(FetchSaying(""), "PEER: want a response head, the connection broke off");
  EXPECT_EQ(FetchSaying("HTTP/1.1 200 O"), "PEER: want a response head, the connection broke off");
  std::uint16_t port = 0;
  { port = FaultyOrigin(FaultyOrigin::Say("")).port(); }
  const auto label = "127.0.0.1:" + std::to_string(port);
  EXPECT_EQ(Fetch(Get("http://" + label + "/?token=secret")), label + ": want a connection");
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "connect"), 1);
}

TEST_F(FaultsTest, DoesNotReuseAConnectionThatSaysMoreThanItAnnounced) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    while (!peer.ReadHead().empty()) peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabHTTP/1.1 200 OK\r\n\r\n");
  });

  EXPECT_EQ(Fetch(Get(origin.url())), "200 a");
  EXPECT_EQ(Fetch(Get(origin.url())), "200 a");
  EXPECT_EQ(origin.connections(), 2);
}

TEST_F(FaultsTest, DoesNotReuseAConnectionThatHoldsMoreBehindALongBody) {
  const std::string film(100'000, 'f');
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    while (!peer.ReadHead().empty()) {
      peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + film +
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
    }
  });

  EXPECT_EQ(Fetch(Get(origin.url())), "200 " + film);
  EXPECT_EQ(Fetch(Get(origin.url())), "200 " + film) << "not what nobody asked for";
  EXPECT_EQ(origin.connections(), 2);
}

TEST_F(FaultsTest, AsksAgainWhenAnIdleConnectionTurnsOutDead) {
  std::atomic<int> heads{0};
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    for (int served = 0; !peer.ReadHead().empty(); ++served) {
      ++heads;
      if (served == 1) return;  // took the request and left
      peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  });

  EXPECT_EQ(Fetch(Get(origin.url())), "200 ok");
  EXPECT_EQ(Fetch(Get(origin.url())), "200 ok");
  EXPECT_EQ(heads, 3);
  auto post = Get(origin.url());
  post.method = "POST";
  EXPECT_EQ(Fetch(post),
            "127.0.0.1:" + std::to_string(origin.port()) + ": want a response head, the connection broke off")
      << "the origin may have acted on it";
}

TEST_F(FaultsTest, GivesUpOnAStallingOrigin) {
  for (const char* part : {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "HTTP/1.1 200 OK\r\n\r\n"}) {
    FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
      peer.ReadHead();
      peer.Send(part);
      peer.WaitForHangUp();
    });
    auto request = Get(origin.url());
    request.read_timeout = milliseconds(30);
    const TestCall call;

    auto response = client_->Fetch(call, request);
    sdk::Errc code{};
    std::byte chunk[16];
    if (!response) code = response.error().code;
    while (response && code == sdk::Errc{}) {
      const auto got = response->body->Read(chunk);
      if (!got) code = got.error().code;
      ASSERT_TRUE(!got || *got > 0) << "an end that was none: " << part;
    }
    EXPECT_EQ(code, sdk::Errc::kDeadlineExceeded) << part;
  }
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "timeout"), 5);
}

TEST_F(FaultsTest, EndsTheWaitForTheHeadWithTheCallButNotTheBody) {
  std::promise<void> late;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    if (peer.ReadHead().find("/slow") != std::string::npos) {
      peer.WaitForHangUp();
    } else {
      peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
      late.get_future().wait();
      peer.Send("ok");
    }
  });
  const TestCall brief({.timeout = milliseconds(200)});
  auto response = client_->Fetch(brief, Get(origin.url()));
  ASSERT_TRUE(response) << response.error().message;

  const auto slow = client_->Fetch(brief, Get(origin.url() + "/slow"));
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, sdk::Errc::kDeadlineExceeded);
  ASSERT_TRUE(brief.expired());
  late.set_value();
  EXPECT_EQ(BodyOf(*response), "ok");
  EXPECT_EQ(client_->Fetch(brief, Get(origin.url())).error().code, sdk::Errc::kDeadlineExceeded);
}

TEST_F(FaultsTest, LeavesWithTheViewer) {
  for (const char* part : {"", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}) {
    std::promise<void> asked;
    std::promise<void> hung_up;
    FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
      peer.ReadHead();
      peer.Send(part);
      asked.set_value();
      peer.WaitForHangUp();
      hung_up.set_value();
    });
    TestCall call;
    std::promise<steady_clock::time_point> left;
    std::thread viewer([&] {
      asked.get_future().wait();
      call.Cancel();
      left.set_value(steady_clock::now());
    });

    auto response = client_->Fetch(call, Get(origin.url()));
    auto code = response ? sdk::Errc{} : response.error().code;
    std::byte chunk[2];
    while (code == sdk::Errc{}) {
      const auto got = response->body->Read(chunk);
      if (!got) code = got.error().code;
    }
    const auto took = steady_clock::now() - left.get_future().get();
    viewer.join();

    EXPECT_EQ(code, sdk::Errc::kCancelled);
    EXPECT_LT(took, milliseconds(1000));
    hung_up.get_future().wait();  // the origin is let go at once, not when the response is destroyed
  }
  EXPECT_EQ(Metric("sluice_upstream_request_seconds", "cancelled"), 1);
}

TEST_F(FaultsTest, HangsUpWhenABodyIsDropped) {
  std::promise<void> hung_up;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
    peer.WaitForHangUp();
    hung_up.set_value();
  });
  const TestCall call;
  auto response = client_->Fetch(call, Get(origin.url()));
  ASSERT_TRUE(response);

  response->body.reset();

  hung_up.get_future().wait();
}

TEST_F(FaultsTest, GivesUpConnecting) {
  const fakes::FullPort full;
  auto request = Get("http://127.0.0.1:" + std::to_string(full.port()) + "/");
  request.connect_timeout = milliseconds(50);
  const TestCall call;

  const auto response = client_->Fetch(call, request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, sdk::Errc::kDeadlineExceeded) << response.error().message;
}

TEST_F(FaultsTest, DoesNotStartForAViewerWhoIsGone) {
  FaultyOrigin origin(FaultyOrigin::Say(""));

  const auto response = client_->Fetch(sdk::testing::CancelledCall(), Get(origin.url()));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, sdk::Errc::kCancelled);
  EXPECT_EQ(origin.connections(), 0);
}

TEST_F(FaultsTest, SendsNothingThatChangesSomethingForAViewerWhoIsGone) {
  std::atomic<int> heard{0};
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    while (!peer.ReadHead().empty()) {
      ++heard;
      peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  });
  ASSERT_EQ(Fetch(Get(origin.url())), "200 ok");  // leaves a connection in the pool
  auto post = Get(origin.url());
  post.method = "POST";

  const auto response = client_->Fetch(sdk::testing::CancelledCall(), post);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, sdk::Errc::kCancelled);
  EXPECT_EQ(Fetch(Get(origin.url())), "200 ok");
  EXPECT_EQ(heard, 2);
  EXPECT_EQ(origin.connections(), 1) << "what was not sent has not cost the connection either";
}

TEST_F(FaultsTest, ServesManyThreads) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    while (!peer.ReadHead().empty()) {
      if (!peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")) return;
    }
  });
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) good += Fetch(Get(origin.url())) == "200 hello" ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(good, 400);
}

}  // namespace
}  // namespace sluice::upstream

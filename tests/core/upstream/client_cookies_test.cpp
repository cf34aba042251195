// SPDX-License-Identifier: MIT
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;

/// A content network that gives the file only to who has come by its token.
FaultyOrigin::Script TokenDance() {
  return [](FaultyOrigin::Peer& peer) {
    for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
      const bool has_token = head.find("\r\nCookie: lang=de; token=t1\r\n") != std::string::npos;
      if (has_token) {
        peer.Send("HTTP/1.1 200 x\r\nContent-Length: 4\r\nSet-Cookie: later=1\r\n\r\nfilm");
      } else if (head.find("token=") != std::string::npos) {
        peer.Send("HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n");
      } else {
        peer.Send(
            "HTTP/1.1 302 x\r\nLocation: /film\r\nSet-Cookie: token=t1; Path=/\r\nSet-Cookie: a=b; Path=/login\r\n"
            "Content-Length: 0\r\n\r\n");
      }
    }
  };
}

/// /a/1 sets what is for /a alone and goes to /a/2, from where it goes to /b.
FaultyOrigin::Script TwoPaths() {
  return [](FaultyOrigin::Peer& peer) {
    for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
      if (head.starts_with("GET /a/1 ")) {
        peer.Send(
            "HTTP/1.1 302 x\r\nLocation: /a/2\r\nSet-Cookie: there=1; Path=/a\r\nSet-Cookie: brief=1; Path=/\r\n"
            "Content-Length: 0\r\n\r\n");
      } else if (head.starts_with("GET /a/2 ")) {
        peer.Send(
            "HTTP/1.1 302 x\r\nLocation: /b\r\nSet-Cookie: brief=; Path=/; Max-Age=0\r\nContent-Length: 0\r\n\r\n");
      } else {
        const auto from = head.find("\r\nCookie: ");
        const auto cookies =
            from == std::string::npos ? "none" : head.substr(from + 10, head.find('\r', from + 2) - from - 10);
        peer.Send("HTTP/1.1 200 x\r\nContent-Length: " + std::to_string(cookies.size()) + "\r\n\r\n" + cookies);
      }
    }
  };
}

class ClientCookiesTest : public ClientTest {};

TEST_F(ClientCookiesTest, GoWithTheHopsThatFollow) {
  FaultyOrigin origin(TokenDance());
  MakeClient();
  auto request = Get(origin.url() + "/login");
  request.headers = {{"Cookie", "lang=de"}};
  request.max_redirects = 3;

  EXPECT_EQ(Fetch(request), "200 film");
  EXPECT_EQ(Fetch(request), "200 film") << "a request starts without what another was set";
}

TEST_F(ClientCookiesTest, AreNotTakenForTheViewersOwnByTheHopAfterNext) {
  FaultyOrigin origin(TwoPaths());
  MakeClient();
  auto request = Get(origin.url() + "/a/1");
  request.max_redirects = 3;
  EXPECT_EQ(Fetch(request), "200 none");
  request.headers = {{"Cookie", "lang=de"}};

  EXPECT_EQ(Fetch(request), "200 lang=de");
}

TEST_F(ClientCookiesTest, AreNoLongerThereInTheNextRequest) {
  FaultyOrigin origin(TokenDance());
  MakeClient();
  auto request = Get(origin.url() + "/login");
  request.max_redirects = 3;
  EXPECT_EQ(Fetch(request), "403 ") << "the token alone is not what this origin wants";
  request.max_redirects = 0;

  EXPECT_EQ(Fetch(request), "302 ") << "no token came along";
}

}  // namespace
}  // namespace sluice::upstream

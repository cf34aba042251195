// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/upstream/body.hpp"
#include "core/upstream/profile.hpp"
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/nginx.hpp"
#include "tests/fakes/proxies.hpp"

namespace sluice::upstream {
namespace {

using fakes::Credentials;
using fakes::FaultyOrigin;
using fakes::Microsocks;
using fakes::Nginx;
using fakes::Tinyproxy;
using fakes::TlsFront;

const Credentials kUser{"viewer", "s3cret-word"};

class ProxyTest : public ClientTest {
 protected:
  ProxyTest() { Trust({"127.0.0.1", "localhost", "named.test"}); }

  /// Every name is at 127.0.0.1.
  void Trust(std::vector<std::string> trusted) {
    MakeClient({.trusted = std::move(trusted)},
               std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"127.0.0.1"}}, asked_));
  }
  std::shared_ptr<const Profile> Through(const std::string& proxy_url, ProfileOptions options = {}) {
    auto proxy = ProxyOptions::Parse(proxy_url);
    EXPECT_TRUE(proxy) << proxy.error().message;
    proxy->ca_file = certificates_.ca;
    options.proxy = std::move(*proxy);
    options.tls.ca_file = certificates_.ca;
    options.retry.attempts = 1;
    auto made = Profile::Make(std::move(options));
    EXPECT_TRUE(made) << made.error().message;
    return *made;
  }
  std::string FetchThrough(const std::string& proxy_url, const std::string& url, ProfileOptions options = {}) {
    profile_ = Through(proxy_url, std::move(options));
    auto request = Get(url);
    request.profile = profile_.get();
    return Fetch(request);
  }
  static std::string At(const std::string& scheme, std::uint16_t port, const std::string& credentials = {}) {
    return scheme + "://" + credentials + "127.0.0.1:" + std::to_string(port);
  }
  static std::string Url(const Nginx& nginx, const std::string& scheme, const std::string& host) {
    return scheme + "://" + host + ":" + std::to_string(nginx.port()) + "/a?b";
  }

  int asked_ = 0;
  fakes::TempFolder folder_;
  fakes::Certificates certificates_ = fakes::MakeCertificates(folder_, "DNS:localhost,DNS:named.test,IP:127.0.0.1");
  Nginx plain_{"location / { return 200 \"$http_host $request_uri $http_proxy_authorization\"; }"};
  Nginx tls_{"location / { return 200 \"$ssl_server_name $http_host $request_uri\"; }", &certificates_};
  std::shared_ptr<const Profile> profile_;
};

TEST_F(ProxyTest, FetchesThroughSocks) {
  const Microsocks proxy;
  for (const char* scheme : {"socks5", "socks5h"}) {
    for (const char* host : {"127.0.0.1", "localhost"}) {
      const auto port = std::to_string(plain_.port());
      EXPECT_EQ(FetchThrough(At(scheme, proxy.port()), Url(plain_, "http", host)),
                "200 " + std::string(host) + ":" + port + " /a?b ");
    }
    const auto port = std::to_string(tls_.port());
    EXPECT_EQ(FetchThrough(At(scheme, proxy.port()), Url(tls_, "https", "localhost")),
              "200 localhost localhost:" + port + " /a?b");
  }
}

TEST_F(ProxyTest, ResolvesHereAndHandsOverTheCheckedAddress) {
  const Microsocks proxy;

  EXPECT_EQ(FetchThrough(At("socks5", proxy.port()), Url(tls_, "https", "named.test")).substr(0, 14), "200 named.test")
      << "the name is for TLS and for the origin";
  EXPECT_EQ(asked_, 1);
  EXPECT_NE(proxy.Log().find("connected to 127.0.0.1:"), std::string::npos) << proxy.Log();
  EXPECT_EQ(proxy.Log().find("named.test"), std::string::npos);
}

TEST_F(ProxyTest, LetsSocks5hResolveWhatIsTrustedAnyway) {
  const Microsocks proxy;

  EXPECT_EQ(FetchThrough(At("socks5h", proxy.port()), Url(plain_, "http", "localhost")).substr(0, 13), "200 localhost");
  EXPECT_EQ(asked_, 0);
  EXPECT_NE(proxy.Log().find("connected to localhost:"), std::string::npos) << proxy.Log();
}

TEST_F(ProxyTest, SignsInToSocks) {
  const Microsocks proxy(&kUser);
  const auto url = Url(plain_, "http", "127.0.0.1");
  const auto label = "proxy 127.0.0.1:" + std::to_string(proxy.port());

  EXPECT_EQ(FetchThrough(At("socks5", proxy.port(), "viewer:s3cret-word@"), url).substr(0, 3), "200");
  EXPECT_EQ(FetchThrough(At("socks5", proxy.port(), "viewer:wrong-word@"), url),
            label + ": want a user and password that it accepts");
  EXPECT_EQ(FetchThrough(At("socks5", proxy.port()), url),
            label + ": want a way to sign in that both know: none, or user and password");
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "proxy"), 2);
}

TEST_F(ProxyTest, SaysWhatSocksSays) {
  const Microsocks proxy;

  EXPECT_EQ(FetchThrough(At("socks5", proxy.port()), "http://127.0.0.1:1/"),
            "127.0.0.1:1: want a connection through the proxy, which says: connection refused");
}

TEST_F(ProxyTest, FetchesThroughAnHttpProxy) {
  const Tinyproxy proxy;
  Trust({"127.0.0.0/8", "localhost"});
  const auto plain = std::to_string(plain_.port());
  const auto tls = std::to_string(tls_.port());

  EXPECT_EQ(FetchThrough(At("http", proxy.port()), Url(plain_, "http", "localhost")),
            "200 localhost:" + plain + " /a?b ");
  EXPECT_EQ(FetchThrough(At("http", proxy.port()), Url(tls_, "https", "named.test")),
            "200 named.test named.test:" + tls + " /a?b");
  const auto log = proxy.Log();
  EXPECT_NE(log.find("GET http://localhost:" + plain + "/a?b"), std::string::npos) << log;
  EXPECT_NE(log.find("CONNECT 127.0.0.1:" + tls), std::string::npos) << "with the name resolved here: " << log;
}

TEST_F(ProxyTest, SignsInToAnHttpProxy) {
  const Tinyproxy proxy(&kUser);
  const auto label = "proxy 127.0.0.1:" + std::to_string(proxy.port());

  for (const auto& url : {Url(plain_, "http", "127.0.0.1"), Url(tls_, "https", "localhost")}) {
    const auto answer = FetchThrough(At("http", proxy.port(), "viewer:s3cret-word@"), url);
    EXPECT_EQ(answer.substr(0, 3), "200") << answer;
    EXPECT_EQ(answer.find("Basic"), std::string::npos) << "the origin must not learn it";
    const auto refused = label + ": want a user and password that it accepts";
    EXPECT_EQ(FetchThrough(At("http", proxy.port()), url), refused);
  }
  EXPECT_EQ(FetchThrough(At("http", proxy.port(), "viewer:wrong-word@"), Url(tls_, "https", "localhost")),
            label + ": want a user and password that it accepts");
}

TEST_F(ProxyTest, SpeaksTlsToAProxyAndInsideThatToTheOrigin) {
  const Tinyproxy behind(&kUser);
  const TlsFront proxy(certificates_, behind.port());
  Trust({"127.0.0.0/8", "localhost"});
  const auto at = "https://viewer:s3cret-word@localhost:" + std::to_string(proxy.port());

  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(FetchThrough(at, Url(plain_, "http", "localhost")).substr(0, 13), "200 localhost");
    EXPECT_EQ(FetchThrough(at, Url(tls_, "https", "named.test")).substr(0, 14), "200 named.test");
  }
  EXPECT_EQ(Metric(kConnections, "1"), 1) << "tunnels are kept in spite of fresh profiles";
}

TEST_F(ProxyTest, SaysThatWhatComesOverTlsMustNotBeSpliced) {
  const Tinyproxy behind;
  const TlsFront proxy(certificates_, behind.port());
  profile_ = Through("https://localhost:" + std::to_string(proxy.port()));
  auto request = Get(Url(plain_, "http", "localhost"));
  const TestCall call;

  auto direct = client_->Fetch(call, request);
  request.profile = profile_.get();
  auto through = client_->Fetch(call, request);

  ASSERT_TRUE(direct && through);
  EXPECT_TRUE(ReleaseRaw(*direct)->connection->plain());
  EXPECT_FALSE(ReleaseRaw(*through)->connection->plain()) << "though the origin speaks none";
}

TEST_F(ProxyTest, MovesBodiesThroughTlsInsideTls) {
  const Tinyproxy behind;
  const TlsFront proxy(certificates_, behind.port());
  Nginx files("location / { root files; }", &certificates_);
  std::string content(3'000'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + i * 2654435761U % 26);
  files.folder().Write("files/a", content);

  EXPECT_TRUE(FetchThrough("https://localhost:" + std::to_string(proxy.port()),
                           "https://localhost:" + std::to_string(files.port()) + "/a") == "200 " + content);
}

TEST_F(ProxyTest, VerifiesTheProxy) {
  const Tinyproxy behind;
  const TlsFront proxy(certificates_, behind.port());
  fakes::TempFolder folder;
  certificates_.ca = fakes::MakeCertificates(folder, "DNS:x").ca;

  EXPECT_EQ(FetchThrough("https://localhost:" + std::to_string(proxy.port()), Url(plain_, "http", "localhost")),
            "proxy localhost:" + std::to_string(proxy.port()) +
                ": want a certificate for this name from a trusted authority");
}

TEST_F(ProxyTest, GuardsAddressesBehindEveryProxy) {
  const Microsocks socks;
  const Tinyproxy http;
  Trust({"nothing.test"});
  const auto private_only = ": want a public address, or a trusted upstream";
  for (const auto& proxy : {At("socks5", socks.port()), At("socks5h", socks.port()), At("http", http.port())}) {
    for (const char* host :
         {"127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "localhost", "named.test"}) {
      for (const char* scheme : {"http", "https"}) {
        EXPECT_EQ(FetchThrough(proxy, std::string(scheme) + "://" + host + ":81/"),
                  std::string(host) + ":81" + private_only);
      }
    }
  }
  EXPECT_EQ(socks.Log(), "");
}

TEST_F(ProxyTest, LeavesNamesToAProxyThatIsTrustedToResolve) {
  const Microsocks socks;
  const Tinyproxy http;
  Trust({"nothing.test"});
  const std::string refused = ": want a public address, or a trusted upstream";
  for (const auto& proxy : {At("socks5h", socks.port()), At("http", http.port())}) {
    for (const char* host : {"127.0.0.1", "[fd00::1]", "localhost", "a.localhost"}) {
      EXPECT_EQ(FetchThrough(proxy, "http://" + std::string(host) + ":81/", {.proxy_resolves = true}),
                std::string(host) + ":81" + refused)
          << "what can be known here is checked here";
    }
  }
  EXPECT_EQ(FetchThrough(At("socks5", socks.port()), "http://named.test:81/", {.proxy_resolves = true}),
            "named.test:81" + refused)
      << "socks5 resolves here";
  const auto left = FetchThrough(At("socks5h", socks.port()), "http://nowhere.invalid:81/", {.proxy_resolves = true});
  EXPECT_NE(left.find("through the proxy, which says"), std::string::npos) << left;
  EXPECT_EQ(asked_, 1);
}

TEST_F(ProxyTest, TunnelsPlainRequestsWhoseNameWasCheckedHere) {
  const Tinyproxy proxy;
  Trust({"127.0.0.0/8"});
  const auto port = std::to_string(plain_.port());

  EXPECT_EQ(FetchThrough(At("http", proxy.port()), Url(plain_, "http", "named.test")),
            "200 named.test:" + port + " /a?b ");
  EXPECT_NE(proxy.Log().find("CONNECT 127.0.0.1:" + port), std::string::npos) << proxy.Log();
}

TEST_F(ProxyTest, SharesNoConnectionBetweenWaysOut) {
  const Microsocks proxy;
  const auto url = Url(plain_, "http", "127.0.0.1");

  EXPECT_EQ(Fetch(Get(url)).substr(0, 3), "200");
  FetchThrough(At("socks5", proxy.port()), url);
  EXPECT_EQ(Metric(kConnections, "0"), 2);
  FetchThrough(At("socks5", proxy.port(), "u:other-word@"), url);
  EXPECT_EQ(Metric(kConnections, "0"), 3);
  FetchThrough(At("socks5", proxy.port()), url);
  EXPECT_EQ(Metric(kConnections, "1"), 1);
}

TEST_F(ProxyTest, TriesTheNextAddressOfTheName) {
  const Microsocks proxy;
  const FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"));
  MakeClient({.trusted = {"two.test"}},
             std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"127.0.0.2", "127.0.0.1"}}, asked_));

  EXPECT_EQ(FetchThrough(At("socks5", proxy.port()), "http://two.test:" + std::to_string(origin.port()) + "/"),
            "200 ok");
}

/// A proxy that says what it likes.
class FaultyProxyTest : public ProxyTest {
 protected:
  std::string Outcome(const std::string& scheme, const FaultyOrigin::Script& script) {
    const FaultyOrigin proxy(script);
    auto text = FetchThrough(At(scheme, proxy.port(), "u:p@"), "https://127.0.0.1:2/");
    const auto label = "127.0.0.1:" + std::to_string(proxy.port());
    if (const auto at = text.find(label); at != std::string::npos) text.replace(at, label.size(), "PROXY");
    return text;
  }
  std::string Socks(const std::string& greeting, const std::string& reply = {}) {
    return Outcome("socks5", [=](FaultyOrigin::Peer& peer) {
      peer.ReadBody(4);
      peer.Send(greeting);
      if (!reply.empty()) {
        peer.ReadBody(10);
        peer.Send(reply);
      }
    });
  }
};

TEST_F(FaultyProxyTest, ReadsSocksRepliesOfEveryKind) {
  using std::string_literals::operator""s;
  const auto none = "\x05\x00"s;
  EXPECT_EQ(Socks("HT"), "proxy PROXY: want SOCKS 5");
  EXPECT_EQ(Socks("\x05\xff"), "proxy PROXY: want a way to sign in that both know: none, or user and password");
  EXPECT_EQ(Socks("\x05"), "proxy PROXY: want a tunnel, the connection broke off");
  const std::string says = "127.0.0.1:2: want a connection through the proxy, which says: ";
  const char* const replies[] = {"general failure",       "not allowed by its rules",   "network unreachable",
                                 "host unreachable",      "connection refused",         "time to live expired",
                                 "command not supported", "address type not supported", "unknown reply"};
  for (int code = 1; code <= 9; ++code) {
    const auto reply = "\x05"s + static_cast<char>(code) + "\x00\x01\x00\x00\x00\x00\x00\x00"s;
    EXPECT_EQ(Socks(none, reply), says + replies[code - 1]);
  }
  EXPECT_EQ(Socks(none, "\x05\x00\x00\x07\x00"s), "proxy PROXY: want an address of a known type in its reply");
  EXPECT_EQ(Socks(none, "\x04\x00\x00\x01"s), "proxy PROXY: want SOCKS 5");
  EXPECT_EQ(Socks(none,
                  "\x05\x00\x00\x03\x04"
                  "abc"s),
            "proxy PROXY: want a tunnel, the connection broke off");
}

TEST_F(FaultyProxyTest, ReadsTheBoundAddressToItsEnd) {
  using std::string_literals::operator""s;
  for (const auto& bound : {"\x01"
                            "abcd\x00\x01"s,
                            "\x03\x05"
                            "a.com\x00\x01"s,
                            "\x03\x00\x00\x01"s,
                            "\x04"
                            "0123456789abcdef\x00\x01"s}) {
    const FaultyOrigin proxy([&](FaultyOrigin::Peer& peer) {
      peer.ReadBody(3);
      peer.Send("\x05\x00"s);
      peer.ReadBody(10);
      peer.Send("\x05\x00\x00"s + bound + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      peer.ReadHead();
    });
    EXPECT_EQ(FetchThrough(At("socks5", proxy.port()), "http://127.0.0.1:2/"), "200 ok");
  }
}

TEST_F(FaultyProxyTest, ReadsAnswersToConnectOfEveryKind) {
  const auto connect = [&](const std::string& answer) {
    return Outcome("http", [=](FaultyOrigin::Peer& peer) {
      peer.ReadHead();
      peer.Send(answer);
    });
  };
  EXPECT_EQ(connect("HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\n"),
            "127.0.0.1:2: want a tunnel through the proxy, which answered 403");
  EXPECT_EQ(connect("HTTP/1.0 407 No\r\n\r\n"), "proxy PROXY: want a user and password that it accepts");
  EXPECT_EQ(connect("HTTP/1.1 200 OK\r\n\r\nsurprise"), "proxy PROXY: want nothing after its answer to CONNECT");
  EXPECT_EQ(connect("nonsense\r\n\r\n"), "proxy PROXY: want an answer to CONNECT");
  EXPECT_EQ(connect(""), "proxy PROXY: want an answer to CONNECT");
}

TEST_F(FaultyProxyTest, GivesUpOnAProxyThatStalls) {
  for (const char* scheme : {"socks5", "http"}) {
    const FaultyOrigin proxy([](FaultyOrigin::Peer& peer) { peer.WaitForHangUp(); });
    profile_ = Through(At(scheme, proxy.port()));
    auto request = Get("https://127.0.0.1:2/");
    request.profile = profile_.get();
    request.connect_timeout = std::chrono::milliseconds(30);
    const auto response = client_->Fetch(AnyCall(), request);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, sdk::Errc::kDeadlineExceeded) << response.error().message;
  }
}

TEST_F(FaultyProxyTest, DoesNotRetryWhatTheProxyWillNeverDo) {
  using std::string_literals::operator""s;
  const FaultyOrigin proxy([](FaultyOrigin::Peer& peer) {
    peer.ReadBody(3);
    peer.Send("\x05\xff"s);
  });
  auto options = Through(At("socks5", proxy.port()))->options();
  options.retry.attempts = 3;
  profile_ = *Profile::Make(std::move(options));
  auto request = Get("http://127.0.0.1:2/");
  request.profile = profile_.get();

  EXPECT_NE(Fetch(request).find("want a way to sign in"), std::string::npos);
  EXPECT_EQ(proxy.connections(), 1);
}

}  // namespace
}  // namespace sluice::upstream

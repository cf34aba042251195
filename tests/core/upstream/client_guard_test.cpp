// SPDX-License-Identifier: MIT
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;

// One address of every kind that d.4 of the address policy lists, as a URL can say it.
const char* const kRefused[] = {"0.0.0.0",
                                "10.0.0.1",
                                "100.64.0.1",
                                "100.100.100.200",
                                "127.0.0.1",
                                "127.255.255.254",
                                "169.254.169.254",
                                "169.254.170.2",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.0.0.192",
                                "192.0.2.1",
                                "192.31.196.1",
                                "192.52.193.1",
                                "192.88.99.1",
                                "192.168.0.1",
                                "192.175.48.1",
                                "198.18.0.1",
                                "198.51.100.1",
                                "203.0.113.1",
                                "224.0.0.1",
                                "240.0.0.1",
                                "255.255.255.255",
                                "168.63.129.16",
                                "[::]",
                                "[::1]",
                                "[::127.0.0.1]",
                                "[::ffff:127.0.0.1]",
                                "[::ffff:7f00:1]",
                                "[::ffff:0:127.0.0.1]",
                                "[64:ff9b::7f00:1]",
                                "[64:ff9b:1::1]",
                                "[100::1]",
                                "[2001::1]",
                                "[2001:db8::1]",
                                "[2002:7f00:1::1]",
                                "[2620:4f:8000::1]",
                                "[3fff::1]",
                                "[5f00::1]",
                                "[fc00::1]",
                                "[fd00:ec2::254]",
                                "[fe80::1]",
                                "[fec0::1]",
                                "[ff02::1]",
                                "[2a00:1::5efe:7f00:1]",
                                "[0:0:0:0:0:ffff:7f00:1]",
                                "localhost"};

const char* const kUnreadable[] = {"2130706433", "0x7f000001",      "0177.0.0.1",  "127.1",      "127.0.0.1.",
                                   "localhost.", "%31%32%37.0.0.1", "u@localhost", "[::1%25lo]", "[fe80::1%eth0]"};

class GuardTest : public ClientTest {
 protected:
  sdk::Errc CodeOf(const Request& request) {
    const auto response = client_->Fetch(AnyCall(), request);
    EXPECT_FALSE(response) << request.url;
    return response ? sdk::Errc::kInternal : response.error().code;
  }
};

TEST_F(GuardTest, RefusesEveryKindOfPrivateAddress) {
  MakeClient({});
  for (const char* host : kRefused) {
    EXPECT_EQ(CodeOf(Get("http://" + std::string(host) + ":8080/")), sdk::Errc::kPermissionDenied) << host;
    EXPECT_EQ(CodeOf(Get("https://" + std::string(host) + "/")), sdk::Errc::kPermissionDenied) << host;
  }
  for (const char* host : kUnreadable) {
    EXPECT_EQ(CodeOf(Get("http://" + std::string(host) + "/")), sdk::Errc::kInvalidArgument) << host;
  }
  EXPECT_EQ(Metric("sluice_upstream_connections_total", "0"), 0);
  EXPECT_GT(Metric("sluice_upstream_guard_refusals_total", "loopback"), 0);
}

TEST_F(GuardTest, RefusesEveryKindOfPrivateAddressInARedirect) {
  std::string location;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: " + location + "\r\n\r\n");
  });
  const auto here = "127.0.0.1:" + std::to_string(origin.port());
  MakeClient({.trusted = {here}});
  auto request = Get(origin.url());
  request.max_redirects = 3;
  for (const char* host : kRefused) {
    location = "http://" + std::string(host) + ":1/";
    EXPECT_EQ(CodeOf(request), sdk::Errc::kPermissionDenied) << host;
  }
  for (const char* host : kUnreadable) {
    location = "http://" + std::string(host) + ":1/";
    EXPECT_EQ(CodeOf(request), sdk::Errc::kUpstreamFailed) << host;
  }
}

TEST_F(GuardTest, RefusesNamesThatResolveToAnyPrivateAddress) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 204 x\r\n\r\n"));
  int asked = 0;
  MakeClient({}, std::make_unique<ScriptedResolver>(
                     ScriptedResolver::Answers{{"127.0.0.1"}, {"8.8.8.8", "127.0.0.1"}, {"64:ff9b::7f00:1"}}, asked));
  for (const char* name : {"a.test", "b.test", "c.test"}) {
    EXPECT_EQ(CodeOf(Get("http://" + std::string(name) + ":" + std::to_string(origin.port()) + "/")),
              sdk::Errc::kPermissionDenied);
  }
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(origin.connections(), 0);
}

TEST_F(GuardTest, ConnectsToTheAddressThatWasCheckedAndAsksOnce) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"));
  int asked = 0;
  // A rebinding name: the second answer must not be asked for, let alone used.
  MakeClient({.trusted = {"127.0.0.0/8:" + std::to_string(origin.port())}},
             std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"127.0.0.1"}, {"10.0.0.1"}}, asked));

  EXPECT_EQ(Fetch(Get("http://rebind.test:" + std::to_string(origin.port()) + "/")), "200 ok");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(CodeOf(Get("http://rebind.test:1/")), sdk::Errc::kPermissionDenied) << "a cached answer is judged anew";
}

TEST_F(GuardTest, TriesTheNextCheckedAddress) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"));
  int asked = 0;
  MakeClient({.trusted = {"two.test"}},
             std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"127.0.0.2", "127.0.0.1"}}, asked));

  EXPECT_EQ(Fetch(Get("http://two.test:" + std::to_string(origin.port()) + "/")), "200 ok");
}

TEST_F(GuardTest, TrustsWhatTheOperatorNames) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"));
  const auto port = std::to_string(origin.port());
  MakeClient({.trusted = {"localhost:" + port}});

  EXPECT_EQ(Fetch(Get("http://LOCALHOST:" + port + "/")), "200 ok");
  EXPECT_EQ(CodeOf(Get(origin.url())), sdk::Errc::kPermissionDenied) << "the name is trusted, not the address";
}

TEST_F(GuardTest, TrustsNothingWhenTheListCannotBeRead) {
  MakeClient({.trusted = {"127.0.0.1", "nonsense/8"}});

  EXPECT_EQ(CodeOf(Get("http://127.0.0.1:1/")), sdk::Errc::kPermissionDenied);
}

TEST_F(GuardTest, SaysNeitherAddressNorQuery) {
  int asked = 0;
  MakeClient({}, std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"10.9.8.7"}, {}}, asked));

  EXPECT_EQ(Fetch(Get("http://inner.test/p?token=secret")),
            "inner.test:80: want a public address, or a trusted upstream");
  EXPECT_EQ(Fetch(Get("http://gone.test/p?token=secret")), "gone.test: want a name that resolves");
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "dns"), 1);
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "guard"), 1);
}

}  // namespace
}  // namespace sluice::upstream

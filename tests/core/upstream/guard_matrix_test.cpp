// SPDX-License-Identifier: MIT
#include <map>
#include <sluice/sdk/url.hpp>

#include "core/upstream/profile.hpp"
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;

struct Place {
  const char* address;
  const char* range;  ///< Label of sluice_upstream_guard_refusals_total.
};

// Both ends of every range of the address policy, and the addresses in them that are known targets.
const Place kPlaces[] = {
    {"0.0.0.0", "unspecified"},
    {"0.255.255.255", "unspecified"},
    {"10.0.0.0", "private"},
    {"10.255.255.255", "private"},
    {"100.64.0.0", "shared"},
    {"100.100.100.200", "shared"},
    {"100.127.255.255", "shared"},
    {"127.0.0.0", "loopback"},
    {"127.0.0.1", "loopback"},
    {"127.255.255.255", "loopback"},
    {"168.63.129.16", "metadata"},
    {"169.254.0.0", "link_local"},
    {"169.254.169.254", "link_local"},
    {"169.254.170.2", "link_local"},
    {"169.254.255.255", "link_local"},
    {"172.16.0.0", "private"},
    {"172.31.255.255", "private"},
    {"192.0.0.0", "protocol"},
    {"192.0.0.192", "protocol"},
    {"192.0.0.255", "protocol"},
    {"192.0.2.0", "documentation"},
    {"192.0.2.255", "documentation"},
    {"192.31.196.0", "as112"},
    {"192.31.196.255", "as112"},
    {"192.52.193.0", "amt"},
    {"192.52.193.255", "amt"},
    {"192.88.99.0", "6to4"},
    {"192.88.99.255", "6to4"},
    {"192.168.0.0", "private"},
    {"192.168.255.255", "private"},
    {"192.175.48.0", "as112"},
    {"192.175.48.255", "as112"},
    {"198.18.0.0", "benchmark"},
    {"198.19.255.255", "benchmark"},
    {"198.51.100.0", "documentation"},
    {"198.51.100.255", "documentation"},
    {"203.0.113.0", "documentation"},
    {"203.0.113.255", "documentation"},
    {"224.0.0.0", "multicast"},
    {"239.255.255.255", "multicast"},
    {"240.0.0.0", "reserved"},
    {"255.255.255.255", "reserved"},
    {"::", "unspecified"},
    {"::1", "loopback"},
    {"::127.0.0.1", "compatible"},
    {"::8.8.8.8", "compatible"},
    {"::ffff:127.0.0.1", "mapped"},
    {"::ffff:7f00:1", "mapped"},
    {"0:0:0:0:0:ffff:7f00:1", "mapped"},
    {"::ffff:8.8.8.8", "mapped"},
    {"::ffff:0:127.0.0.1", "translated"},
    {"64:ff9b::7f00:1", "nat64"},
    {"64:ff9b:1::1", "nat64"},
    {"64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "nat64"},
    {"100::", "discard"},
    {"100::ffff:ffff:ffff:ffff", "discard"},
    {"100:0:0:1::", "discard"},
    {"2001::1", "teredo"},
    {"2001:0:808:808:0:0:80ff:fffe", "teredo"},
    {"2001:1::1", "protocol"},
    {"2001:2::", "protocol"},
    {"2001:3::1", "protocol"},
    {"2001:4:112::1", "protocol"},
    {"2001:10::1", "protocol"},
    {"2001:20::1", "protocol"},
    {"2001:30::1", "protocol"},
    {"2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "protocol"},
    {"2001:db8::1", "documentation"},
    {"2002:7f00:1::1", "6to4"},
    {"2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "6to4"},
    {"2620:4f:8000::1", "as112"},
    {"3fff::", "documentation"},
    {"3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "documentation"},
    {"4000::", "reserved"},
    {"5f00::1", "segment_routing"},
    {"fc00::", "private"},
    {"fd00:ec2::254", "private"},
    {"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "private"},
    {"fe80::1", "link_local"},
    {"fec0::1", "site_local"},
    {"ff02::1", "multicast"},
    {"2a00:1::5efe:7f00:1", "isatap"},
    {"2a00:1::200:5efe:a00:1", "isatap"},
};

std::string HostOf(const Place& place) {
  const std::string address(place.address);
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

/// One address for each name; others do not resolve.
class MapResolver final : public Resolver {
 public:
  using Names = std::map<std::string, std::string>;
  explicit MapResolver(const Names& names) : names_(names) {}
  sdk::Result<std::vector<net::IpAddress>> Resolve(const std::string& host) override {
    const auto found = names_.find(host);
    if (found == names_.end()) {
      return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = host + ": want a name that resolves"};
    }
    return std::vector{net::IpAddress::Parse(found->second).value()};
  }

 private:
  const Names names_;
};

class GuardMatrixTest : public ClientTest {
 protected:
  /// Expects a refusal that is counted for the range, and no connection but those that were expected.
  void ExpectRefused(const Request& request, const Place& place) {
    const auto before = Metric("sluice_upstream_guard_refusals_total", place.range);
    const auto response = client_->Fetch(AnyCall(), request);
    ASSERT_FALSE(response) << place.address;
    EXPECT_EQ(response.error().code, sdk::Errc::kPermissionDenied) << place.address;
    EXPECT_TRUE(response.error().message.ends_with(": want a public address, or a trusted upstream"))
        << response.error().message;
    EXPECT_EQ(Metric("sluice_upstream_guard_refusals_total", place.range), before + 1) << place.address;
  }
};

TEST_F(GuardMatrixTest, RefusesEveryRangeAsLiteral) {
  MakeClient({});
  for (const auto& place : kPlaces) {
    ExpectRefused(Get("http://" + HostOf(place) + "/"), place);
    ExpectRefused(Get("https://" + HostOf(place) + ":8443/"), place);
  }
  EXPECT_EQ(Metric(kConnections, "0"), 0);
}

TEST_F(GuardMatrixTest, RefusesEveryRangeBehindAName) {
  MapResolver::Names names;
  for (std::size_t i = 0; i < std::size(kPlaces); ++i) names["n" + std::to_string(i) + ".test"] = kPlaces[i].address;
  MakeClient({}, std::make_unique<MapResolver>(names));
  for (std::size_t i = 0; i < std::size(kPlaces); ++i) {
    ExpectRefused(Get("http://n" + std::to_string(i) + ".test/"), kPlaces[i]);
    ExpectRefused(Get("https://N" + std::to_string(i) + ".Test:8443/"), kPlaces[i]);
  }
  EXPECT_EQ(Metric(kConnections, "0"), 0);
}

TEST_F(GuardMatrixTest, RefusesEveryRangeInARedirect) {
  std::string location;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    while (!peer.ReadHead().empty()) {
      peer.Send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n");
    }
  });
  MapResolver::Names names;
  for (std::size_t i = 0; i < std::size(kPlaces); ++i) names["n" + std::to_string(i) + ".test"] = kPlaces[i].address;
  MakeClient({.trusted = {"127.0.0.1:" + std::to_string(origin.port())}}, std::make_unique<MapResolver>(names));
  auto request = Get(origin.url());
  request.max_redirects = 3;
  for (std::size_t i = 0; i < std::size(kPlaces); ++i) {
    location = "http://" + HostOf(kPlaces[i]) + ":1/";
    ExpectRefused(request, kPlaces[i]);
    location = "//n" + std::to_string(i) + ".test/";
    ExpectRefused(request, kPlaces[i]);
  }
  EXPECT_EQ(Metric(kConnections, "0") + Metric(kConnections, "1"), 2.0 * std::size(kPlaces))
      << "the redirecting origin's only";
}

TEST_F(GuardMatrixTest, RefusesEveryRangeAsChildOfAManifest) {
  MakeClient({});
  // Each way of writing a host that a manifest has, resolved as links are.
  for (const auto& place : kPlaces) {
    for (const char* prefix : {"http://", "HTTPS://", "//", "\\\\", "http:\\\\", "/\\", " \thttp://", "ht\ntp://"}) {
      const auto child = sdk::ResolveReference("https://cdn.example/vod/a/master.m3u8",
                                               std::string(prefix) + HostOf(place) + "/seg.ts");
      ExpectRefused(Get(child), place);
    }
  }
}

TEST_F(GuardMatrixTest, JudgesEveryAnswerOfARebindingName) {
  FaultyOrigin inner(FaultyOrigin::Say("HTTP/1.1 200 OK\r\n\r\nsecret"));
  int asked = 0;
  ClientParts parts;
  // An address that may be asked, where nobody listens, then one that may not, where somebody does.
  parts.resolver = std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"127.0.0.2"}, {"127.0.0.1"}}, asked);
  parts.names_live = std::chrono::milliseconds(0);
  client_ = std::make_unique<Client>(ClientOptions{.trusted = {"127.0.0.2"}}, registry_, std::move(parts));
  const auto profile = Profile::Make({.retry = {.attempts = 3, .backoff = {.initial_delay = {}}}});
  auto request = Get("http://rebind.test:" + std::to_string(inner.port()) + "/");
  request.profile = profile->get();

  const auto response = client_->Fetch(AnyCall(), request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, sdk::Errc::kPermissionDenied) << response.error().message;
  EXPECT_EQ(asked, 2) << "a refusal is not tried again";
  EXPECT_EQ(inner.connections(), 0);
}

struct OddUrl {
  std::string url;
  sdk::Errc code;
  std::string message;
};

constexpr const char* kWantHost = "/url: want a host name, or an address written as a.b.c.d or [IPv6] without zone";
constexpr const char* kWantUrl = "/url: want an absolute http or https URL";
constexpr const char* kWantCharacters = "URL: want letters, digits, - and . in the host";

// Ways of writing a URL that other parsers read as something else.
const OddUrl kOdd[] = {
    {"http://2130706433/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://0x7f000001/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://0x7f.1/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://0177.0.0.1/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://127.0.0.01/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://127.1/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://127.0.0.1./", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://localhost./", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://localhost/", sdk::Errc::kPermissionDenied, "localhost:80: want a public address, or a trusted upstream"},
    {"http://a.localhost/", sdk::Errc::kPermissionDenied,
     "a.localhost:80: want a public address, or a trusted upstream"},
    {"http://foo.127.0.0.1.nip.io/", sdk::Errc::kPermissionDenied,
     "foo.127.0.0.1.nip.io:80: want a public address, or a trusted upstream"},
    {"http://%31%32%37.0.0.1/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://loc%61lhost/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://[::1%25lo]/", sdk::Errc::kInvalidArgument, "URL: want an IPv6 address between [ and ]"},
    {"http://[fe80::1%eth0]/", sdk::Errc::kInvalidArgument, "URL: want an IPv6 address between [ and ]"},
    {"http://[127.0.0.1]/", sdk::Errc::kInvalidArgument, "URL: want an IPv6 address between [ and ]"},
    {"http://[::1/", sdk::Errc::kInvalidArgument, "URL: want ] after an IPv6 address"},
    {"http://[::1]a/", sdk::Errc::kInvalidArgument, "URL: want a port after ]"},
    {"http://user:pass@public.test/", sdk::Errc::kInvalidArgument, "/url: want a URL without user name and password"},
    {"http://@public.test/", sdk::Errc::kInvalidArgument, "/url: want a URL without user name and password"},
    {"http://public.test@127.0.0.1/", sdk::Errc::kInvalidArgument, "/url: want a URL without user name and password"},
    {"http://public.test\\@127.0.0.1/", sdk::Errc::kInvalidArgument, "URL: octet 18 must be percent-encoded"},
    {"http://public.test:80@127.0.0.1:81/", sdk::Errc::kInvalidArgument,
     "/url: want a URL without user name and password"},
    {"http://a@b@127.0.0.1/", sdk::Errc::kInvalidArgument, "URL: want one @ at most before the host"},
    {"http://127.0.0.1:0/", sdk::Errc::kInvalidArgument, "URL: want a port from 1 to 65535"},
    {"http://127.0.0.1:65536/", sdk::Errc::kInvalidArgument, "URL: want a port from 1 to 65535"},
    {"http://127.0.0.1:+80/", sdk::Errc::kInvalidArgument, "URL: want a port from 1 to 65535"},
    {"http://127.0.0.1:80:81/", sdk::Errc::kInvalidArgument, "URL: want a port from 1 to 65535"},
    {"http://127.0.0.1:22/", sdk::Errc::kPermissionDenied,
     "127.0.0.1:22: want a public address, or a trusted upstream"},
    {"http://public.te\tst/", sdk::Errc::kInvalidArgument, "URL: octet 16 must be percent-encoded"},
    {"http://public.te\nst/", sdk::Errc::kInvalidArgument, "/url: want no CR, LF or NUL"},
    {"http://public.test/a\r\nHost: evil", sdk::Errc::kInvalidArgument, "/url: want no CR, LF or NUL"},
    {std::string("http://public.test\0.evil/", 25), sdk::Errc::kInvalidArgument, "/url: want no CR, LF or NUL"},
    {" http://public.test/", sdk::Errc::kInvalidArgument, "URL: octet 0 must be percent-encoded"},
    {"http:///path", sdk::Errc::kInvalidArgument, "URL: want a host"},
    {"http://:80/", sdk::Errc::kInvalidArgument, "URL: want a host"},
    {"http://?x", sdk::Errc::kInvalidArgument, "URL: want a host"},
    {"http:/public.test/", sdk::Errc::kInvalidArgument, kWantUrl},
    {"http:public.test/", sdk::Errc::kInvalidArgument, kWantUrl},
    {"//public.test/", sdk::Errc::kInvalidArgument, kWantUrl},
    {"public.test", sdk::Errc::kInvalidArgument, kWantUrl},
    {"", sdk::Errc::kInvalidArgument, kWantUrl},
    {"file:///etc/passwd", sdk::Errc::kInvalidArgument, kWantUrl},
    {"gopher://127.0.0.1:6379/_x", sdk::Errc::kInvalidArgument, kWantUrl},
    {"http://\u2460\u2461\u2466.0.0.1/", sdk::Errc::kInvalidArgument, "URL: octet 7 must be percent-encoded"},
    {"http://\u0440ublic.test/", sdk::Errc::kInvalidArgument, "URL: octet 7 must be percent-encoded"},
    {"http://127.0.0.1\u3002/", sdk::Errc::kInvalidArgument, "URL: octet 16 must be percent-encoded"},
    {"http://public_.test!/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://pub<lic.test/", sdk::Errc::kInvalidArgument, "URL: octet 10 must be percent-encoded"},
    {"http://pub%zzlic.test/", sdk::Errc::kInvalidArgument, kWantCharacters},
    {"http://" + std::string(64, 'a') + ".test/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://a..test/", sdk::Errc::kInvalidArgument, kWantHost},
    {"http://-a.test/", sdk::Errc::kInvalidArgument, kWantHost},
};

TEST_F(GuardMatrixTest, ReadsOddUrlsInOneWayOnly) {
  MakeClient({}, std::make_unique<MapResolver>(MapResolver::Names{
                     {"localhost", "127.0.0.1"}, {"a.localhost", "127.0.0.1"}, {"foo.127.0.0.1.nip.io", "127.0.0.1"}}));
  for (const auto& odd : kOdd) {
    const auto response = client_->Fetch(AnyCall(), Get(odd.url));
    ASSERT_FALSE(response) << odd.url;
    EXPECT_EQ(response.error().code, odd.code) << odd.url;
    EXPECT_EQ(response.error().message, odd.message) << odd.url;
  }
  EXPECT_EQ(Metric(kConnections, "0"), 0);
}

TEST_F(GuardMatrixTest, FollowsNoRedirectToAnOddUrl) {
  std::string location;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: " + location + "\r\n\r\n");
  });
  MakeClient({.trusted = {"127.0.0.1"}});
  auto request = Get(origin.url());
  request.max_redirects = 3;
  const auto wanted = "127.0.0.1:" + std::to_string(origin.port()) + ": want a redirect to a usable http or https URL";
  for (const char* target :
       {"http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.0.1./",
        "http://localhost./", "http://%31%32%37.0.0.1/", "http://u@localhost/", "//u:p@127.0.0.1/",
        "http://[::1%25lo]/", "http://127.0.0.1:0/", "http:///x", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x",
        "javascript:1", "data:,x", "http://\u2460.0.0.1/"}) {
    location = target;
    const auto response = client_->Fetch(AnyCall(), request);
    ASSERT_FALSE(response) << target;
    EXPECT_EQ(response.error().code, sdk::Errc::kUpstreamFailed) << target;
    EXPECT_EQ(response.error().message, wanted) << target;
  }
}

TEST_F(GuardMatrixTest, DropsTheFragmentBeforeItLooksForAHost) {
  std::string head;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    head = peer.ReadHead();
    peer.Send("HTTP/1.1 204 x\r\n\r\n");
  });
  MakeClient({.trusted = {"good.test"}}, std::make_unique<MapResolver>(MapResolver::Names{{"good.test", "127.0.0.1"}}));

  EXPECT_EQ(Fetch(Get("http://good.test:" + std::to_string(origin.port()) + "#@evil.test/")), "204 ");
  EXPECT_EQ(head.substr(0, 16), "GET / HTTP/1.1\r\n");
}

}  // namespace
}  // namespace sluice::upstream

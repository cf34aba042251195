// SPDX-License-Identifier: MIT
#include "core/upstream/address_guard.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace sluice::upstream {
namespace {

struct Range {
  const char* first;
  const char* last;
  const char* before;  ///< Null: there is none, or it belongs to a neighbouring range.
  const char* after;
};

// Every range of the IANA registries that the guard knows, with its edges.
const Range kRanges[] = {
    {"0.0.0.0", "0.255.255.255", nullptr, "1.0.0.0"},
    {"10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
    {"100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"},
    {"127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"},
    {"168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"},
    {"169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"},
    {"172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
    {"192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"},
    {"192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
    {"192.31.196.0", "192.31.196.255", "192.31.195.255", "192.31.197.0"},
    {"192.52.193.0", "192.52.193.255", "192.52.192.255", "192.52.194.0"},
    {"192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"},
    {"192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"},
    {"192.175.48.0", "192.175.48.255", "192.175.47.255", "192.175.49.0"},
    {"198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"},
    {"198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"},
    {"203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"},
    {"224.0.0.0", "239.255.255.255", "223.255.255.255", nullptr},
    {"240.0.0.0", "255.255.255.255", nullptr, nullptr},
    {"::", "::", nullptr, nullptr},
    {"::1", "::1", nullptr, nullptr},
    {"::2", "::ffff:ffff", nullptr, nullptr},
    {"::ffff:0:0", "::ffff:ffff:ffff", nullptr, nullptr},
    {"::ffff:0:0:0", "::ffff:0:ffff:ffff", nullptr, nullptr},
    {"64:ff9b::", "64:ff9b::ffff:ffff", nullptr, nullptr},
    {"64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"100::", "100::ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"100:0:0:1::", "100::1:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"101::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, "2000::"},
    {"2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr},
    {"2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, "2001:200::"},
    {"2001:1::1", "2001:1::3", nullptr, nullptr},
    {"2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
    {"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"},
    {"2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff",
     "2620:4f:8001::"},
    {"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"},
    {"4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr},
    {"5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr, nullptr},
    {"ff00::", "ffff::", nullptr, nullptr},
    // ISATAP interface ids below a public prefix.
    {"2a00:1::5efe:0:0", "2a00:1::5efe:ffff:ffff", "2a00:1::5efd:ffff:ffff", "2a00:1::5eff:0:0"},
    {"2a00:1::200:5efe:0:0", "2a00:1::200:5efe:ffff:ffff", "2a00:1::200:5efd:ffff:ffff", "2a00:1::200:5eff:0:0"},
};

net::IpAddress Address(const char* text) {
  const auto address = net::IpAddress::Parse(text);
  EXPECT_TRUE(address) << text;
  return address.value_or(net::IpAddress());
}

TEST(AddressGuardTest, BlocksEachRangeUpToItsEdges) {
  for (const auto& range : kRanges) {
    EXPECT_TRUE(BlockedAs(Address(range.first))) << range.first;
    EXPECT_TRUE(BlockedAs(Address(range.last))) << range.last;
    if (range.before != nullptr) {
      EXPECT_FALSE(BlockedAs(Address(range.before))) << range.before;
    }
    if (range.after != nullptr) {
      EXPECT_FALSE(BlockedAs(Address(range.after))) << range.after;
    }
  }
}

TEST(AddressGuardTest, BlocksIpv4InsideIpv6EvenWhenItIsPublic) {
  for (const char* text : {"::ffff:8.8.8.8", "::8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
                           "2001:0:808:808::1", "2a00:1::5efe:8.8.8.8"}) {
    EXPECT_TRUE(BlockedAs(Address(text))) << text;
  }
}

TEST(AddressGuardTest, NamesKnownKinds) {
  EXPECT_EQ(BlockedAs(Address("127.0.0.1")), "loopback");
  EXPECT_EQ(BlockedAs(Address("169.254.169.254")), "link_local");
  EXPECT_EQ(BlockedAs(Address("fd00:ec2::254")), "private");
  EXPECT_EQ(BlockedAs(Address("::ffff:127.0.0.1")), "mapped");
  EXPECT_EQ(BlockedAs(Address("100.100.100.200")), "shared");
}

TEST(AddressGuardTest, LetsPublicAddressesPass) {
  for (const char* text : {"8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001:800::200e"}) {
    EXPECT_FALSE(BlockedAs(Address(text))) << text;
  }
}

TEST(AddressGuardTest, RefusesAllWhenOneAddressIsPrivate) {
  const AddressRules none;
  const std::vector addresses = {Address("8.8.8.8"), Address("10.0.0.1")};

  EXPECT_EQ(Refused(none, "mixed.example", 80, addresses), "private");
  EXPECT_EQ(Refused(none, "public.example", 80, std::vector{Address("8.8.8.8")}), std::nullopt);
}

TEST(IpAddressTest, ReadsOneFormOnly) {
  for (const char* text : {"0177.0.0.1", "0x7f.0.0.1", "127.1", "2130706433", "127.0.0.01", "127.0.0.1.", "256.0.0.1",
                           "1.2.3", "1.2.3.4.5", "", ".1.2.3", "1..2.3", "fe80::1%eth0", "::1::", "[::1]", " 1.2.3.4",
                           "1.2.3.4 ", "-1.2.3.4", "+1.2.3.4"}) {
    EXPECT_FALSE(net::IpAddress::Parse(text)) << text;
  }
  EXPECT_EQ(Address("0:0:0:0:0:ffff:7f00:1").ToString(), "::ffff:127.0.0.1");
}

TEST(CidrTest, RefusesBitsPastThePrefix) {
  for (const char* text : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "fd00::1/8",
                           "::/129", "name/8", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(net::Cidr::Parse(text)) << text;
  }
  EXPECT_TRUE(net::Cidr::Parse("0.0.0.0/0")->Contains(Address("255.1.2.3")));
  EXPECT_FALSE(net::Cidr::Parse("0.0.0.0/0")->Contains(Address("::1")));
}

sdk::Result<UpstreamList> List(std::vector<std::string> entries) { return UpstreamList::Parse("trusted", entries); }

TEST(UpstreamListTest, HasNamesBlocksAndPorts) {
  auto trusted = List({"Jellyfin.LAN", "pool.lan:3000", "10.1.0.0/16", "192.168.7.0/24:8080", "127.0.0.1:9000",
                       "[::1]:9000", "fd00::/8", "[fe80::/10]:80"});

  ASSERT_TRUE(trusted) << trusted.error().message;
  EXPECT_TRUE(trusted->Has("jellyfin.lan", 1));
  EXPECT_TRUE(trusted->Has("pool.lan", 3000));
  EXPECT_FALSE(trusted->Has("pool.lan", 3001));
  EXPECT_FALSE(trusted->Has("a.jellyfin.lan", 1));
  EXPECT_TRUE(trusted->Has(Address("10.1.255.255"), 1));
  EXPECT_FALSE(trusted->Has(Address("10.2.0.0"), 1));
  EXPECT_TRUE(trusted->Has(Address("192.168.7.1"), 8080));
  EXPECT_FALSE(trusted->Has(Address("192.168.7.1"), 80));
  EXPECT_TRUE(trusted->Has(Address("127.0.0.1"), 9000));
  EXPECT_FALSE(trusted->Has(Address("127.0.0.2"), 9000));
  EXPECT_TRUE(trusted->Has(Address("::1"), 9000));
  EXPECT_FALSE(trusted->Has(Address("::1"), 9001));
  EXPECT_TRUE(trusted->Has(Address("fd12::1"), 443));
  EXPECT_TRUE(trusted->Has(Address("fe80::1"), 80));
  EXPECT_FALSE(trusted->Has(Address("::ffff:10.1.0.1"), 1)) << "another way of writing an address is another address";
}

TEST(UpstreamListTest, NamesTheEntryThatCannotBeRead) {
  const std::pair<const char*, const char*> cases[] = {
      {"10.0.0.1/8", "/trusted/1: want a CIDR with no bits set past its prefix, such as 10.0.0.0/8 or fd00::/8"},
      {"host:0", "/trusted/1: want a port from 1 to 65535 after the colon"},
      {"host:65536", "/trusted/1: want a port from 1 to 65535 after the colon"},
      {"host:", "/trusted/1: want a host name, an address or a CIDR, each with an optional port"},
      {"http://host", "/trusted/1: want a port from 1 to 65535 after the colon"},
      {"", "/trusted/1: want a host name, an address or a CIDR, each with an optional port"},
      {"*.lan", "/trusted/1: want a host name, an address or a CIDR, each with an optional port"},
      {"127.1", "/trusted/1: want a host name, an address or a CIDR, each with an optional port"},
      {"[::1", "/trusted/1: want a host name, an address or a CIDR, each with an optional port"},
  };
  for (const auto& [entry, message] : cases) {
    const auto trusted = List({"good.lan", entry});
    ASSERT_FALSE(trusted) << entry;
    EXPECT_EQ(trusted.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_EQ(trusted.error().message, message) << entry;
  }
}

using Words = std::vector<std::string>;

TEST(AddressRulesTest, DeniedWinsOverTrustedAndPublic) {
  const auto rules =
      AddressRules::Parse(Words{"10.0.0.0/8", "a.lan"}, Words{"10.9.0.0/16", "8.8.8.8:53", "bad.example"}, Words{});
  ASSERT_TRUE(rules) << rules.error().message;

  EXPECT_EQ(Refused(*rules, "x.lan", 80, std::vector{Address("10.1.0.1")}), std::nullopt);
  EXPECT_EQ(Refused(*rules, "x.lan", 80, std::vector{Address("10.9.0.1")}), "denied");
  EXPECT_EQ(Refused(*rules, "x.lan", 80, std::vector{Address("10.1.0.1"), Address("10.9.0.1")}), "denied");
  EXPECT_EQ(Refused(*rules, "a.lan", 80, std::vector{Address("10.9.0.1")}), "denied") << "a trusted name";
  EXPECT_EQ(Refused(*rules, "dns.example", 53, std::vector{Address("8.8.8.8")}), "denied");
  EXPECT_EQ(Refused(*rules, "dns.example", 443, std::vector{Address("8.8.8.8")}), std::nullopt);
  EXPECT_EQ(Refused(*rules, "bad.example", 443, std::vector{Address("1.1.1.1")}), "denied");
  EXPECT_EQ(Refused(*rules, "bad.example", 443, {}), "denied") << "what a proxy looks up";
}

TEST(AddressRulesTest, KeepsToThePortsUnlessTrusted) {
  const auto rules = AddressRules::Parse(Words{"10.0.0.0/8", "a.lan"}, Words{}, Words{"443", "8000-8002"});
  ASSERT_TRUE(rules) << rules.error().message;
  const std::vector open = {Address("1.1.1.1")};

  using Ports = std::vector<std::uint16_t>;
  for (const auto port : Ports{443, 8000, 8001, 8002}) EXPECT_EQ(Refused(*rules, "b", port, open), std::nullopt);
  for (const auto port : Ports{22, 80, 442, 444, 7999, 8003}) EXPECT_EQ(Refused(*rules, "b", port, open), "port");
  EXPECT_EQ(Refused(*rules, "b", 22, {}), "port") << "what a proxy looks up";
  EXPECT_EQ(Refused(*rules, "b", 22, std::vector{Address("10.0.0.1")}), std::nullopt) << "a trusted network";
  EXPECT_EQ(Refused(*rules, "a.lan", 22, open), std::nullopt) << "a trusted name";
  EXPECT_EQ(Refused(*rules, "b", 22, std::vector{Address("127.0.0.1")}), "loopback") << "the graver reason";
}

TEST(AddressRulesTest, NamesTheEntryThatCannotBeRead) {
  for (const char* ports : {"0", "65536", "80-", "-80", "90-80", "http", "80,81", ""}) {
    const auto rules = AddressRules::Parse(Words{}, Words{}, Words{"80", ports});
    ASSERT_FALSE(rules) << ports;
    EXPECT_EQ(rules.error().message, "/ports/1: want a port or a range such as 8000-8999") << ports;
  }
  const auto rules = AddressRules::Parse(Words{}, Words{"a b"}, Words{});
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().message, "/denied/0: want a host name, an address or a CIDR, each with an optional port");
}

}  // namespace
}  // namespace sluice::upstream

// SPDX-License-Identifier: MIT
#include "tests/plugins/resolver/direct/support.hpp"

namespace sluice::plugins::direct::testing {
namespace {

/// 1: kInvalidArgument, 400. 4: kPermissionDenied, 403.
struct Bad {
  const char* name;
  std::string d;
  std::string outcome;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

const std::string kInvalid = "1: invalid destination url: want ";

std::vector<Bad> Urls() {
  const auto address = kInvalid + "an address as a.b.c.d, in decimal";
  const auto absolute = kInvalid + "an absolute http or https URL";
  const auto control = kInvalid + "no control characters";
  const auto userinfo = kInvalid + "no user name or password";
  return {
      {"Empty", "", "1: query parameter `d` is required"},
      {"Blank", " \t ", "1: query parameter `d` is required"},
      {"RelativePath", "/films/a.mp4", absolute},
      {"RelativeName", "films/a.mp4", absolute},
      {"SchemeRelative", "//media.example/a", absolute},
      {"OneSlash", "https:/media.example/a", absolute},
      {"NoSlash", "https:media.example/a", absolute},
      {"Ftp", "ftp://media.example/a", "4: destination url uses unsupported scheme `ftp`"},
      {"File", "file:///etc/passwd", "4: destination url uses unsupported scheme `file`"},
      {"Gopher", "GOPHER://media.example:70/_x", "4: destination url uses unsupported scheme `gopher`"},
      {"Data", "data://text/plain,x", "4: destination url uses unsupported scheme `data`"},
      {"NoHost", "https:///a", kInvalid + "a host"},
      {"NoHostButPort", "https://:443/a", kInvalid + "a host"},
      {"UserInfo", "https://media.example:x@evil.example/a", userinfo},
      {"UserOnly", "https://me@media.example/a", userinfo},
      {"EmptyUser", "https://@media.example/a", userinfo},
      {"TwoAts", "https://a@b@media.example/a", kInvalid + "one @ at most before the host"},
      {"Backslash", "https://media.example\\@evil.example/",
       kInvalid + "octets that a URL may not hold percent-encoded"},
      {"FragmentBeforeAt", "https://evil.example#@media.example/",
       "4: destination `https://evil.example` is not allowlisted"},
      {"Homograph", "https://mеdia.example/a", kInvalid + "an ASCII host; write international names as xn--…"},
      {"FullWidth", "https://①②⑦.0.0.1/", kInvalid + "an ASCII host; write international names as xn--…"},
      {"EscapedHost", "https://%31%32%37.0.0.1/", address},
      {"Octal", "https://0177.0.0.1/", address},
      {"Hex", "https://0x7f000001/", address},
      {"HexPart", "https://192.0.2.0x7/", address},
      {"Decimal", "https://3221225991/", address},
      {"ShortAddress", "https://192.519/", address},
      {"AddressWithDot", "https://192.0.2.7./", kInvalid + "a host without a dot at its end"},
      {"TrailingDot", "https://media.example./a", kInvalid + "a host without a dot at its end"},
      {"EmptyLabel", "https://media..example/a", kInvalid + "a host of letters, digits, \"-\" and \".\""},
      {"LongLabel", "https://" + std::string(64, 'a') + ".example/",
       kInvalid + "a host of letters, digits, \"-\" and \".\""},
      {"Loopback", "https://127.0.0.1/", "4: destination `https://127.0.0.1` is not allowlisted"},
      {"ZoneId", "https://[fe80::1%25eth0]/", kInvalid + "an IPv6 address between [ and ]"},
      {"PortZero", "https://media.example:0/", kInvalid + "a port from 1 to 65535"},
      {"PortTooLarge", "https://media.example:65536/", kInvalid + "a port from 1 to 65535"},
      {"CrLf", "https://media.example/a\r\nX: y", control},
      {"Tab", "https://media.example/a\tb", control},
      {"Nul", std::string("https://media.example/\0", 23), control},
      {"TooLong", "https://media.example/" + std::string(64 * 1024, 'a'), kInvalid + "at most 16384 octets"},
      {"OtherHost", "https://evil.example/a?key=planted", "4: destination `https://evil.example` is not allowlisted"},
      {"SubDomain", "https://a.media.example/a", "4: destination `https://a.media.example` is not allowlisted"},
      {"OtherScheme", "http://media.example/a", "4: destination `http://media.example` is not allowlisted"},
      {"OtherPath", "https://plain.example/series/a.mp4", "4: destination `https://plain.example` is not allowlisted"},
      {"DotSegments", "https://plain.example/films/../series/a.mp4",
       "1: invalid destination url: the path has dot segments; want none"},
      {"EncodedDotSegments", "https://plain.example/films/%2e%2E/a.mp4",
       "1: invalid destination url: the path has dot segments; want none"},
  };
}

class BadUrlTest : public ::testing::TestWithParam<Bad> {};

TEST_P(BadUrlTest, IsRefusedWithItsOwnWords) { EXPECT_EQ(AskFor(GetParam().d), GetParam().outcome); }

INSTANTIATE_TEST_SUITE_P(, BadUrlTest, ::testing::ValuesIn(Urls()),
                         [](const ::testing::TestParamInfo<Bad>& bad) { return bad.param.name; });

TEST(BadQueryTest, WantsADestinationThatCanBeDecoded) {
  EXPECT_EQ(Ask(Allowing(), "/proxy/stream"), "1: query parameter `d` is required");
  EXPECT_EQ(Ask(Allowing(), "/proxy/stream?x=1&d="), "1: query parameter `d` is required");
  EXPECT_EQ(Ask(Allowing(), "/proxy/stream?d=https%3A%2F%2Fmedia.example%2F%zz"),
            "1: query parameter `d`: want two hex digits after each \"%\"");
}

/// `override` follows a good destination.
std::string Override(std::string_view override) {
  return Ask(Allowing(), "/proxy/stream?d=https%3A%2F%2Fmedia.example%2Fa&" + std::string(override));
}

TEST(BadOverrideTest, MaySetOnlyWhatIsSentAtAll) {
  EXPECT_EQ(Override("h_cookie=a"), "1: header override `cookie` is not allowlisted");
  EXPECT_EQ(Override("h_Authorization=a"), "1: header override `Authorization` is not allowlisted");
  EXPECT_EQ(Override("h_host=a"), "1: header override `host` is not allowlisted");
  EXPECT_EQ(Override("h_=a"), "1: header override `` is not allowlisted");
  EXPECT_EQ(Override("h_a%0Db=c"), "1: header override `a?b` is not allowlisted");
  EXPECT_EQ(Override("h_" + std::string(200, 'x') + "=a"),
            "1: header override `" + std::string(64, 'x') + "` is not allowlisted");
}

TEST(BadOverrideTest, MayNotSplitARequest) {
  EXPECT_EQ(Override("h_referer=a%0d%0aX-Other:%20b"), "1: header override `referer` has an invalid value");
  EXPECT_EQ(Override("h_User-Agent=a%0Ab"), "1: header override `user-agent` has an invalid value");
  EXPECT_EQ(Override("h_range=%00"), "1: header override `range` has an invalid value");
  EXPECT_EQ(Override("h_range=%2"), "1: header override `range` has an invalid value");
}

TEST(BadConfigurationTest, IsRefusedWhereItStands) {
  const auto refusal = [](const char* config) { return Ask(config, "/"); };
  EXPECT_EQ(refusal(R"({"allowlist": [{"domain": "https://a.example"}]})"),
            "not created: /allowlist/0/domain: want a host name or an address, without scheme, port and path");
  EXPECT_EQ(refusal(R"({"allowlist": [{"domain": "a.example"}, {"domain": "a.example:443"}]})"),
            "not created: /allowlist/1/domain: want a host name or an address, without scheme, port and path");
  EXPECT_EQ(refusal(R"({"allowlist": [{"domain": "*.example"}]})"),
            "not created: /allowlist/0/domain: want a host name or an address, without scheme, port and path");
  EXPECT_EQ(refusal(R"({"allowlist": [{"domain": "a.example", "paths": ["/a", "/{b,c"]}]})"),
            "not created: /allowlist/0/paths/1: want a glob whose braces and brackets close");
}

}  // namespace
}  // namespace sluice::plugins::direct::testing

// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/url.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk {
namespace {

using ::testing::HasSubstr;

struct Case {
  std::string_view reference, want;
};

void ExpectResolved(std::string_view base, const std::vector<Case>& cases) {
  const ReferenceResolver resolver(base);
  std::string out;
  for (const auto& [reference, want] : cases) {
    resolver.Resolve(reference, out);
    EXPECT_EQ(out, want) << "of " << reference;
  }
}

TEST(ResolveReferenceTest, GivesTheNormalExamplesOfRfc3986) {
  ExpectResolved("http://a/b/c/d;p?q", {{"g:h", "g:h"},
                                        {"g", "http://a/b/c/g"},
                                        {"./g", "http://a/b/c/g"},
                                        {"g/", "http://a/b/c/g/"},
                                        {"/g", "http://a/g"},
                                        {"//g", "http://g"},
                                        {"?y", "http://a/b/c/d;p?y"},
                                        {"g?y", "http://a/b/c/g?y"},
                                        {"#s", "http://a/b/c/d;p?q#s"},
                                        {"g#s", "http://a/b/c/g#s"},
                                        {"g?y#s", "http://a/b/c/g?y#s"},
                                        {";x", "http://a/b/c/;x"},
                                        {"g;x", "http://a/b/c/g;x"},
                                        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
                                        {"", "http://a/b/c/d;p?q"},
                                        {".", "http://a/b/c/"},
                                        {"./", "http://a/b/c/"},
                                        {"..", "http://a/b/"},
                                        {"../", "http://a/b/"},
                                        {"../g", "http://a/b/g"},
                                        {"../..", "http://a/"},
                                        {"../../", "http://a/"},
                                        {"../../g", "http://a/g"}});
}

TEST(ResolveReferenceTest, GivesTheAbnormalExamplesOfRfc3986) {
  ExpectResolved("http://a/b/c/d;p?q", {{"../../../g", "http://a/g"},
                                        {"../../../../g", "http://a/g"},
                                        {"/./g", "http://a/g"},
                                        {"/../g", "http://a/g"},
                                        {"g.", "http://a/b/c/g."},
                                        {".g", "http://a/b/c/.g"},
                                        {"g..", "http://a/b/c/g.."},
                                        {"..g", "http://a/b/c/..g"},
                                        {"./../g", "http://a/b/g"},
                                        {"./g/.", "http://a/b/c/g/"},
                                        {"g/./h", "http://a/b/c/g/h"},
                                        {"g/../h", "http://a/b/c/h"},
                                        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
                                        {"g;x=1/../y", "http://a/b/c/y"},
                                        {".g/../h", "http://a/b/c/h"},
                                        {".../.g/./..", "http://a/b/c/.../"},
                                        {"g?y/./x", "http://a/b/c/g?y/./x"},
                                        {"g?y/../x", "http://a/b/c/g?y/../x"},
                                        {"g#s/./x", "http://a/b/c/g#s/./x"},
                                        {"g#s/../x", "http://a/b/c/g#s/../x"},
                                        {"http:g", "http:g"}});
}

TEST(ResolveReferenceTest, InheritsThePathOfTheBaseAndNeverItsQuery) {
  ExpectResolved("https://cdn.example/live/1/index.m3u8?hdnts=exp=1~acl=/*~hmac=ab#top",
                 {{"seg.ts", "https://cdn.example/live/1/seg.ts"},
                  {"?v=2", "https://cdn.example/live/1/index.m3u8?v=2"},
                  {"", "https://cdn.example/live/1/index.m3u8?hdnts=exp=1~acl=/*~hmac=ab"},
                  {"#f", "https://cdn.example/live/1/index.m3u8?hdnts=exp=1~acl=/*~hmac=ab#f"},
                  {"/root.ts", "https://cdn.example/root.ts"},
                  {"//other.example/a.ts", "https://other.example/a.ts"}});
}

TEST(ResolveReferenceTest, LeavesEverySignatureAsItIs) {
  for (const std::string_view url :
       {"https://cdn.example/a.ts?hdnts=exp=1~acl=/*~hmac=ab", "https://h/a%2Fb%20c%3D.ts?x=%2f+%2B",
        "https://h/a//b.ts?Policy=eyJ_&Signature=a-b~&Key-Pair-Id=K", "https://u:p@h:443/a.ts", "http://h./a",
        "http://[::1]:80/a", "https://h/a,b;c=1!$&'()*+@:.ts?a=b/c?d", "https://H.Example/A", "https://h/100%.ts?%zz",
        "https://h/a|b^c[1].ts"})
    EXPECT_EQ(ResolveReference("https://base.example/x/y", url), url);
}

TEST(ResolveReferenceTest, ReadsWhatBrowsersRead) {
  using namespace std::literals;
  ExpectResolved("https://h/a/b", {{" \t c.ts \r", "https://h/a/c.ts"},
                                   {"\0c.ts\x1f"sv, "https://h/a/c.ts"},
                                   {"c\t.\r\nts", "https://h/a/c.ts"},
                                   {"..\\c\\d.ts?x\\y", "https://h/c/d.ts?x\\y"},
                                   {"\\\\other\\c.ts", "https://other/c.ts"},
                                   {"HTTPS:\\\\other/c", "https://other/c"},
                                   {"%2e%2E/c", "https://h/c"},
                                   {".%2e/c/%2e", "https://h/c/"},
                                   {"x/%2e%2e%2e/c", "https://h/a/x/%2e%2e%2e/c"},
                                   {"a b.ts?c d#e f", "https://h/a/a%20b.ts?c%20d#e%20f"},
                                   {"\xc3\xa9\xff.ts", "https://h/a/%C3%A9%FF.ts"},
                                   {"a\"<>\x7f\x01.ts", "https://h/a/a%22%3C%3E%7F%01.ts"},
                                   {"{a}`?{b}`'", "https://h/a/%7Ba%7D%60?{b}`'"}});
}

TEST(ResolveReferenceTest, TakesAColonInTheFirstSegmentForAScheme) {
  ExpectResolved("http://h/d/l.m3u8", {{"a:b.ts", "a:b.ts"},
                                       {"./a:b.ts", "http://h/d/a:b.ts"},
                                       {"x/a:b.ts", "http://h/d/x/a:b.ts"},
                                       {"1:b.ts", "http://h/d/1:b.ts"},
                                       {"x?a:b", "http://h/d/x?a:b"},
                                       {"skd://key/../1", "skd://key/../1"},
                                       {"data:text/plain,a/../b c", "data:text/plain,a/../b c"}});
}

TEST(ResolveReferenceTest, ResolvesBelowOddBases) {
  EXPECT_EQ(ResolveReference("http://h", "a.ts"), "http://h/a.ts");
  EXPECT_EQ(ResolveReference("http://h?x=/y/z", "a.ts"), "http://h/a.ts");
  EXPECT_EQ(ResolveReference("http://h", "../a.ts"), "http://h/a.ts");
  EXPECT_EQ(ResolveReference("HTTP://h/a/../b/c d/e", "f"), "http://h/b/c%20d/f");
  EXPECT_EQ(ResolveReference("http://h\\a\\b", "c"), "http://h/a/c");
  EXPECT_EQ(ResolveReference("file:///srv/media/a%20b/i.m3u8", "../s.ts"), "file:///srv/media/s.ts");
  EXPECT_EQ(ResolveReference("file:///srv/m/i.m3u8", "%2e%2e/s.ts"), "file:///srv/m/%2e%2e/s.ts");
  EXPECT_EQ(ResolveReference("file:/a", ".//b/c"), "file:/.//b/c");
  EXPECT_EQ(ResolveReference("http://h/", "file:///x/../y"), "file:///y");
}

TEST(ParseUrlTest, SplitsWithoutChangingAnything) {
  const auto url = ParseUrl("HTTPS://us%20er:pw@Host.Example.:8443/a%2Fb;v=1/?q=%2f&r#frag");

  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->scheme, "HTTPS");
  EXPECT_TRUE(url->Is("https"));
  EXPECT_EQ(url->user_info, "us%20er:pw");
  EXPECT_EQ(url->host, "Host.Example.");
  EXPECT_EQ(url->host_port, "Host.Example.:8443");
  EXPECT_EQ(url->port, "8443");
  EXPECT_EQ(url->port_number, 8443);
  EXPECT_EQ(url->path, "/a%2Fb;v=1/");
  EXPECT_EQ(url->query, "q=%2f&r");
  EXPECT_EQ(url->fragment, "frag");
  EXPECT_EQ(RequestTarget(*url), "/a%2Fb;v=1/?q=%2f&r");
}

TEST(ParseUrlTest, KnowsDefaultPortsAndAbsentParts) {
  const auto http = ParseUrl("http://h");
  ASSERT_TRUE(http);
  EXPECT_EQ(http->port_number, 80);
  EXPECT_EQ(http->path, "");
  EXPECT_EQ(RequestTarget(*http), "/");
  EXPECT_FALSE(http->has_query);

  const auto https = ParseUrl("https://[2001:db8::1]:/?");
  ASSERT_TRUE(https);
  EXPECT_EQ(https->host, "2001:db8::1");
  EXPECT_TRUE(https->ipv6);
  EXPECT_EQ(https->host_port, "[2001:db8::1]:");
  EXPECT_EQ(https->port_number, 443);
  EXPECT_TRUE(https->has_query);
  EXPECT_EQ(RequestTarget(*https), "/?");

  const auto file = ParseUrl("file:///srv/a.ts");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->host, "");
  EXPECT_EQ(file->path, "/srv/a.ts");

  const auto urn = ParseUrl("urn:uuid:1");
  ASSERT_TRUE(urn);
  EXPECT_FALSE(urn->has_authority);
  EXPECT_EQ(urn->path, "uuid:1");
}

TEST(ParseUrlTest, LetsThroughWhatOriginsHandOut) {
  for (const std::string_view url : {"http://h/{a}|b^c`", "http://h/100%", "http://h/a?b?c/d", "http://h/[1].ts"})
    EXPECT_TRUE(ParseUrl(url)) << url;
}

TEST(ParseUrlTest, RefusesWithAMessageThatDoesNotQuoteTheUrl) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"", "want a scheme"},
      {"/a/b", "want a scheme"},
      {"//h/a", "want a scheme"},
      {"1http://h/", "want a scheme"},
      {"http:/h/a", "want // after the scheme"},
      {"http:h", "want // after the scheme"},
      {"http:///a", "want a host"},
      {"http://", "want a host"},
      {"http://:80/", "want a host"},
      {"http://u@/", "want a host"},
      {"file://:1/", "want a host"},
      {"http://h:0/", "want a port"},
      {"http://h:65536/", "want a port"},
      {"http://h:80x/", "want a port"},
      {"http://h:+80/", "want a port"},
      {"http://h:80:81/", "want a port"},
      {"http://[::1]80/", "want a port after ]"},
      {"http://[::1/", "want ]"},
      {"http://[1.2.3.4]/", "want an IPv6 address"},
      {"http://[fe80::1%25eth0]/", "want an IPv6 address"},
      {"http://a@b@c/", "want one @"},
      {"http://h^x/", "in the host"},
      {"http://h%2/", "in the host"},
      {"http://h%zz/", "in the host"},
      {"http://::1/", "want a host"},
      {"http://h/a b", "octet 10 must be percent-encoded"},
      {"http://h\\@evil/", "octet 8 must be percent-encoded"},
      {"http://h/\xc3\xa9", "octet 9 must be percent-encoded"},
      {"http://h/\r\nHost: x", "octet 9 must be percent-encoded"},
      {"http://h/<a>", "octet 9 must be percent-encoded"},
      {"http://h/\"", "octet 9 must be percent-encoded"},
  };
  for (const auto& [url, message] : cases) {
    const auto parsed = ParseUrl(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().code, Errc::kInvalidArgument);
    EXPECT_THAT(parsed.error().message, HasSubstr(message)) << url;
  }
}

TEST(OriginTest, NormalisesWhatMakesNoDifference) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"HTTPS://Host.Example/a?b", "https://host.example"},
      {"https://host.example:443", "https://host.example"},
      {"https://host.example:/", "https://host.example"},
      {"http://u:p@host:80/", "http://host"},
      {"http://host:443/", "http://host:443"},
      {"https://host:0443/", "https://host"},
      {"https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"},
      {"ftp://host:21/", "ftp://host:21"},
      {"file:///srv/a", "file://"},
  };
  for (const auto& [url, want] : cases) {
    const auto origin = Origin(url);
    ASSERT_TRUE(origin) << url;
    EXPECT_EQ(*origin, want);
  }
  EXPECT_FALSE(Origin("not a url"));
}

TEST(PercentTest, EncodesAllButUnreservedAndComesBack) {
  std::string octets;
  for (int i = 0; i < 256; ++i) octets.push_back(static_cast<char>(i));

  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("https://h/a b?c=d&e+f%2F\xc3\xa9"), "https%3A%2F%2Fh%2Fa%20b%3Fc%3Dd%26e%2Bf%252F%C3%A9");
  const auto back = PercentDecode(PercentEncode(octets));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, octets);
}

TEST(PercentTest, DecodesStrictly) {
  const auto plus = PercentDecode("a+b%2b%20");
  ASSERT_TRUE(plus);
  EXPECT_EQ(*plus, "a+b+ ");
  for (const std::string_view bad : {"%", "a%2", "%zz", "%2g", "%%41", "% 1"}) {
    const auto decoded = PercentDecode(bad);
    ASSERT_FALSE(decoded) << bad;
    EXPECT_THAT(decoded.error().message, HasSubstr("want two hex digits after %"));
  }
}

TEST(PathExtensionTest, LooksAtTheLastPathSegmentOnly) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"https://h/a/live.M3U8?x=y.ts#z.mp4", "m3u8"},
      {"https://h/live.m3u8;jsessionid=1.2", "m3u8"},
      {"https://h/a.b/c", ""},
      {"https://example.com", ""},
      {"https://example.com/", ""},
      {"https://h/?u=list.m3u8", ""},
      {"seg.ts", "ts"},
      {"/a/.m3u", "m3u"},
      {"a.", ""},
      {"", ""},
  };
  for (const auto& [url, want] : cases) EXPECT_EQ(PathExtension(url), want) << url;
  EXPECT_TRUE(HasPathExtension("https://h/A.M3u8?x", "m3u8"));
  EXPECT_FALSE(HasPathExtension("https://h/A.M3u8?x", "m3u"));
}

TEST(QueryTest, FindsTheFirstValueRaw) {
  EXPECT_EQ(QueryParam("a=1&b=%2F+x&b=2&c", "b"), "%2F+x");
  EXPECT_EQ(QueryParam("a=1&c", "c"), "");
  EXPECT_EQ(QueryParam("a=1&c=", "c"), "");
  EXPECT_EQ(QueryParam("a=b=c", "a"), "b=c");
  EXPECT_EQ(QueryParam("%74oken=x", "token"), "x");
  EXPECT_EQ(QueryParam("aa=1&Token=2", "a"), std::nullopt);
  EXPECT_EQ(QueryParam("Token=2", "token"), std::nullopt);
  EXPECT_EQ(QueryParam("", "a"), std::nullopt);
}

TEST(QueryTest, RemovesOneNameAndTouchesNothingElse) {
  EXPECT_EQ(WithoutQueryParam("a=1&token=x&b=%2f+&&c", "token"), "a=1&b=%2f+&&c");
  EXPECT_EQ(WithoutQueryParam("token=x&tok%65n=y&token", "token"), "");
  EXPECT_EQ(WithoutQueryParam("tokens=x", "token"), "tokens=x");
  EXPECT_EQ(WithoutQueryParam("&a", "token"), "&a");
}

}  // namespace
}  // namespace sluice::sdk

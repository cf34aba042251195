// SPDX-License-Identifier: MIT
#include "core/upstream/cookies.hpp"

#include <gtest/gtest.h>

namespace sluice::upstream {
namespace {

Target To(std::string_view url) { return ParseTarget(url).value(); }

/// What `to` is sent after `from` has sent `fields`.
std::string Sent(std::string_view from, std::vector<std::string> fields, std::string_view to,
                 std::string_view present = {}) {
  Cookies cookies;
  std::vector<sdk::Header> headers;
  for (auto& field : fields) headers.push_back({"set-cookie", std::move(field)});
  cookies.Take(To(from), headers);
  return cookies.For(To(to), present);
}

TEST(CookiesTest, GoBackToTheHostThatSetThem) {
  const std::string from = "https://a.example/x/login?q=/z";
  EXPECT_EQ(Sent(from, {"token=a=b=="}, "https://a.example/x/film"), "token=a=b==");
  EXPECT_EQ(Sent(from, {"token=1"}, "https://a.example:8443/x"), "token=1") << "ports do not part cookies";
  EXPECT_EQ(Sent(from, {"token=1"}, "https://b.a.example/x/film"), "") << "no Domain: that host alone";
  EXPECT_EQ(Sent(from, {"token=1"}, "https://a.example/film"), "") << "the default path is that of the folder";
  EXPECT_EQ(Sent(from, {"token=1"}, "https://a.example/xy"), "");
  EXPECT_EQ(Sent(from, {"token=1; Path=/"}, "https://a.example/film"), "token=1");
  EXPECT_EQ(Sent(from, {"token=1; path=/film/"}, "https://a.example/film/1"), "token=1");
  EXPECT_EQ(Sent(from, {"token=1; Path=film"}, "https://a.example/x/1"), "token=1") << "no path: the default";
}

TEST(CookiesTest, HeedDomains) {
  const std::string from = "https://login.cdn.example/";
  EXPECT_EQ(Sent(from, {"t=1; Domain=cdn.example"}, "https://edge.cdn.example/"), "t=1");
  EXPECT_EQ(Sent(from, {"t=1; Domain=.CDN.example"}, "https://cdn.example/"), "t=1");
  EXPECT_EQ(Sent(from, {"t=1; Domain=cdn.example"}, "https://evilcdn.example/"), "");
  EXPECT_EQ(Sent(from, {"t=1; Domain=other.example"}, "https://other.example/"), "") << "not theirs to set";
  EXPECT_EQ(Sent(from, {"t=1; Domain=example"}, "https://other.example/"), "") << "a whole top level";
  EXPECT_EQ(Sent(from, {"t=1; Domain=edge.login.cdn.example"}, "https://edge.login.cdn.example/"), "");
  EXPECT_EQ(Sent("http://10.0.0.1/", {"t=1; Domain=0.0.1"}, "http://10.0.0.1/"), "") << "addresses have no domains";
}

TEST(CookiesTest, KeepSecureOnesFromPlainHttp) {
  EXPECT_EQ(Sent("https://a.example/", {"t=1; Secure; HttpOnly"}, "https://a.example/"), "t=1");
  EXPECT_EQ(Sent("https://a.example/", {"t=1; Secure"}, "http://a.example/"), "");
  EXPECT_EQ(Sent("http://a.example/", {"t=1; Secure"}, "https://a.example/"), "") << "plain http sets none";
}

TEST(CookiesTest, ReplaceWhatIsSentAlreadyAndEachOther) {
  const std::string url = "https://a.example/";
  EXPECT_EQ(Sent(url, {"t=2"}, url, "lang=de; t=1;x=y"), "lang=de; x=y; t=2");
  EXPECT_EQ(Sent(url, {"t=1", "t=2"}, url), "t=2");
  EXPECT_EQ(Sent(url, {"t=1", "t=; Max-Age=0"}, url), "");
  EXPECT_EQ(Sent(url, {"a=1", "b=2; Path=/film", "c=3"}, "https://a.example/film"), "b=2; a=1; c=3")
      << "longer paths first";
  EXPECT_EQ(Sent(url, {}, url, "t=1"), "t=1");
}

TEST(CookiesTest, LeaveOutWhatIsNone) {
  const std::string url = "https://a.example/";
  for (const char* text : {"", "=v", ";", "; Path=/", "n\x01=v", "n=v\x7f"}) EXPECT_EQ(Sent(url, {text}, url), "");
  EXPECT_EQ(Sent(url, {"flag"}, url), "flag=");
  EXPECT_EQ(Sent(url, {"n=" + std::string(Cookies::kMaxCookieBytes, 'x')}, url), "");
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= Cookies::kMaxCookies; ++i) many.push_back("c" + std::to_string(i) + "=");
  const auto sent = Sent(url, many, url);
  EXPECT_NE(sent.find("c31="), std::string::npos);
  EXPECT_EQ(sent.find("c32="), std::string::npos);
}

}  // namespace
}  // namespace sluice::upstream

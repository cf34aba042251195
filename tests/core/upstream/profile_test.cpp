// SPDX-License-Identifier: MIT
#include "core/upstream/profile.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "core/telemetry/log.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::upstream {
namespace {

using Protocol = ProxyOptions::Protocol;
using std::chrono::milliseconds;

constexpr const char* kForm =
    "/proxy: want socks5://, socks5h://, http:// or https://, then [user:password@]host[:port] and nothing more";

/// The message of the error, or "ok".
std::string Checked(ProfileOptions options) {
  const auto made = Profile::Make(std::move(options));
  if (made) return "ok";
  EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
  return made.error().message;
}

TEST(ProxyOptionsTest, ReadsEveryScheme) {
  struct Case {
    const char* url;
    ProxyOptions wanted;
  };
  const Case cases[] = {
      {"socks5://p.example", {.protocol = Protocol::kSocks5, .host = "p.example", .port = 1080}},
      {"SOCKS5H://P.Example:9050/", {.protocol = Protocol::kSocks5h, .host = "p.example", .port = 9050}},
      {"http://[0:0::1]", {.protocol = Protocol::kHttp, .host = "::1", .port = 80}},
      {"https://10.0.0.1", {.protocol = Protocol::kHttps, .host = "10.0.0.1", .port = 443}},
      {"http://u%40x:p%3A%2f@h:1",
       {.protocol = Protocol::kHttp, .host = "h", .port = 1, .user = "u@x", .password = "p:/"}},
      {"http://u@h:1", {.protocol = Protocol::kHttp, .host = "h", .port = 1, .user = "u"}},
  };
  for (const auto& item : cases) {
    const auto read = ProxyOptions::Parse(item.url);
    ASSERT_TRUE(read) << item.url << ": " << read.error().message;
    EXPECT_TRUE(*read == item.wanted) << item.url;
  }
  EXPECT_EQ(ProxyOptions::Parse("socks5://[::1]")->Label(), "[::1]:1080");
}

TEST(ProxyOptionsTest, RefusesWhatItCannotUseWithoutQuotingIt) {
  const std::pair<std::string, std::string> cases[] = {
      {"", kForm},
      {"h:1", kForm},
      {"socks4://u:secret@h", kForm},
      {"ftp://h", kForm},
      {"http://", kForm},
      {"http://u:secret@h/path", kForm},
      {"http://h?x", kForm},
      {"http://h#x", kForm},
      {"http://h:0", kForm},
      {"http://h:65536", kForm},
      {"http://u:se cret@h", kForm},
      {"http://u:secret%zz@h", "/proxy: want user and password with two hex digits after each %"},
      {"http://:secret@h", "/proxy: want a user of 1 to 255 octets and a password of at most 255"},
      {"http://u:" + std::string(256, 's') + "@h",
       "/proxy: want a user of 1 to 255 octets and a password of at most 255"},
      {"http://u%3Ax:secret@h", "/proxy: want a user without colon, and no control characters in user or password"},
      {"http://u:secret%0d@h", "/proxy: want a user without colon, and no control characters in user or password"},
      {"http://127.1", "/proxy: want a host name, or an address written as a.b.c.d or [IPv6]"},
  };
  for (const auto& [url, message] : cases) {
    const auto read = ProxyOptions::Parse(url);
    ASSERT_FALSE(read) << url;
    EXPECT_EQ(read.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_EQ(read.error().message, message) << url;
  }
}

TEST(ProfileTest, NamesTheRetryOptionThatCannotBe) {
  const auto with = [](auto change) {
    ProfileOptions options;
    change(options.retry);
    return Checked(std::move(options));
  };
  EXPECT_EQ(with([](auto&) {}), "ok");
  EXPECT_EQ(with([](auto& retry) { retry.attempts = 0; }), "/retry/attempts: want 1 to 10");
  EXPECT_EQ(with([](auto& retry) { retry.attempts = 11; }), "/retry/attempts: want 1 to 10");
  EXPECT_EQ(with([](auto& retry) { retry.backoff.initial_delay = milliseconds(-1); }),
            "/retry/backoff/initial_delay: want 0 to 60s");
  EXPECT_EQ(with([](auto& retry) { retry.backoff.multiplier = 0.5; }), "/retry/backoff/multiplier: want 1 to 100");
  EXPECT_EQ(with([](auto& retry) { retry.backoff.max_delay = milliseconds(99); }),
            "/retry/backoff/max_delay: want the initial delay or more, up to 60s");
  EXPECT_EQ(with([](auto& retry) { retry.backoff.jitter = std::numeric_limits<double>::quiet_NaN(); }),
            "/retry/backoff/jitter: want 0 to 1");
  EXPECT_EQ(with([](auto& retry) { retry.budget.ttl = milliseconds(61'000); }), "/retry/budget/ttl: want 1s to 60s");
  EXPECT_EQ(with([](auto& retry) { retry.budget.min_per_second = 1'000'001; }),
            "/retry/budget/min_per_second: want at most 1000000");
  EXPECT_EQ(with([](auto& retry) { retry.budget.ratio = 1001; }), "/retry/budget/ratio: want 0 to 1000");
  EXPECT_EQ(with([](auto& retry) { retry.max_retry_after = milliseconds(300'001); }),
            "/retry/max_retry_after: want 0 to 5m");
}

TEST(ProfileTest, NamesTheOriginThatCannotBe) {
  const std::string form = ": want http:// or https://, a host and nothing more";
  EXPECT_EQ(Checked({.origins = {"https://a.example", "http://b.example:8080/"}}), "ok");
  EXPECT_EQ(Checked({.origins = {"https://a.example", "ftp://b"}}), "/origins/1" + form);
  EXPECT_EQ(Checked({.origins = {"https://a.example/vod"}}), "/origins/0" + form);
  EXPECT_EQ(Checked({.origins = {"https://u:secret@a.example"}}), "/origins/0" + form);
  EXPECT_EQ(Checked({.origins = {"https://a.example", "https://A.example:443"}}), "/origins/1: want each origin once");
}

TEST(ProfileTest, NamesTheFileThatCannotBeUsed) {
  const fakes::TempFolder folder;
  const fakes::TempFolder others;
  const auto own = fakes::MakeCertificates(folder, "DNS:client");
  const auto other = fakes::MakeCertificates(others, "DNS:client");
  const auto with = [](TlsOptions tls) { return Checked({.tls = std::move(tls)}); };

  EXPECT_EQ(with({.ca_file = own.ca, .certificate_file = own.certificate, .private_key_file = own.key}), "ok");
  EXPECT_EQ(with({.server_name = "no name"}), "/tls/server_name: want a host name");
  EXPECT_EQ(with({.ca_file = own.key}), "/tls/ca_file: want a readable PEM file of certificates");
  EXPECT_EQ(with({.certificate_file = own.certificate}),
            "/tls/private_key_file: want the private key of the certificate");
  EXPECT_EQ(with({.private_key_file = own.key}), "/tls/certificate_file: want the certificate of the private key");
  EXPECT_EQ(with({.certificate_file = folder.path() / "none", .private_key_file = own.key}),
            "/tls/certificate_file: cannot be read: No such file or directory");
  EXPECT_EQ(with({.certificate_file = own.certificate, .private_key_file = other.key}),
            "/tls/private_key_file: want the private key that belongs to the certificate");
  EXPECT_EQ(with({.certificate_file = own.certificate, .private_key_file = own.ca}),
            "/tls/private_key_file: want a PEM file with a private key without passphrase");
}

TEST(ProfileTest, WarnsLoudlyWhenCertificatesAreNotVerified) {
  static std::string logged;
  logged.clear();
  telemetry::SetLogSink([](std::string_view line) { logged += line; });

  EXPECT_EQ(Checked({.name = "pipeline vod", .tls = {.insecure_skip_verify = true}}), "ok");

  telemetry::SetLogSink(nullptr);
  EXPECT_NE(logged.find("TLS CERTIFICATES ARE NOT VERIFIED"), std::string::npos);
  EXPECT_NE(logged.find("pipeline vod"), std::string::npos);
}

TEST(ProfileTest, RefusesProxyOptionsThatCannotBe) {
  EXPECT_EQ(Checked({.proxy = ProxyOptions{}}), "/proxy: want a host and a port");
  ProxyOptions proxy{.host = "p", .port = 1, .user = std::string(256, 'u')};
  EXPECT_EQ(Checked({.proxy = proxy}), "/proxy: want a user of 1 to 255 octets and a password of at most 255");
  proxy.user = "u\r\n";
  EXPECT_EQ(Checked({.proxy = proxy}),
            "/proxy: want a user without colon, and no control characters in user or password");
  EXPECT_EQ(Checked({.proxy_resolves = true}), "/proxy_resolves: want a proxy");
}

TEST(TlsIdentityTest, ChangesWithTheContentOfAFile) {
  const fakes::TempFolder folder;
  const auto file = folder.Write("ca.pem", "one").string();
  const auto before = TlsIdentity({.ca_file = file});

  EXPECT_EQ(TlsIdentity({}), "");
  EXPECT_NE(before, "");
  EXPECT_EQ(TlsIdentity({.ca_file = file}), before);
  EXPECT_NE(TlsIdentity({.server_name = "a", .ca_file = file}), before);
  folder.Write("ca.pem", "two");
  EXPECT_NE(TlsIdentity({.ca_file = file}), before);
}

}  // namespace
}  // namespace sluice::upstream

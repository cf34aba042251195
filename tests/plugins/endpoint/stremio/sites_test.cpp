// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/sites.hpp"

#include <gtest/gtest.h>

#include <sluice/sdk/testing/sinks.hpp>

namespace sluice::plugins::stremio {
namespace {

using Fields = std::vector<sdk::Header>;

std::string Site(const Fields& fields, std::string base_url = {}) {
  Settings settings;
  settings.path = "/stremio/torz";
  settings.base_url = std::move(base_url);
  sdk::testing::TestRequest request("GET", "/");
  for (const auto& field : fields) request.Header(field.name, field.value);
  return SiteOf(settings, request.head());
}

TEST(SitesTest, IsWhereTheRequestWasSentTo) {
  EXPECT_EQ(Site({{"Host", "127.0.0.1:8080"}}), "http://127.0.0.1:8080/stremio/torz");
}

TEST(SitesTest, IsWhatTheProxyNearestToTheViewerSays) {
  EXPECT_EQ(
      Site(
          {{"Host", "inner"}, {"X-Forwarded-Host", "sluice.example.com, inner"}, {"X-Forwarded-Proto", "https, http"}}),
      "https://sluice.example.com/stremio/torz");
  EXPECT_EQ(Site({{"Host", "sluice.example.com"}, {"X-Forwarded-Proto", "HTTPS"}}),
            "https://sluice.example.com/stremio/torz");
}

TEST(SitesTest, TheConfiguredOneWins) {
  EXPECT_EQ(Site({{"Host", "inner"}, {"X-Forwarded-Host", "evil.example"}}, "https://sluice.example.com"),
            "https://sluice.example.com/stremio/torz");
}

TEST(SitesTest, WhatIsNoHostLeadsNowhereElse) {
  EXPECT_EQ(Site({}), "/stremio/torz");
  for (const auto* const host : {"", "a b", "user@evil.example", "evil.example/path", "a\"b"}) {
    const auto site = Site({{"Host", host}});
    EXPECT_TRUE(site == "/stremio/torz" || site == "http://evil.example/stremio/torz") << site;
    EXPECT_EQ(site.find_first_of(" \"@"), std::string::npos) << site;
  }
}

TEST(SitesTest, ItsHostIsKnownByIt) {
  EXPECT_EQ(HostOf("https://sluice.example.com:8080/stremio/torz"), "sluice.example.com:8080");
  EXPECT_EQ(HostOf("https://sluice.example.com"), "sluice.example.com");
  EXPECT_EQ(HostOf("/stremio/torz"), "");
}

}  // namespace
}  // namespace sluice::plugins::stremio

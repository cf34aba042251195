// SPDX-License-Identifier: MIT
#include "core/config/redis_url.hpp"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

TEST(RedisUrlTest, HasAHostAndDefaults) {
  const auto url = ParseRedisUrl("redis://cache.lan");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "cache.lan");
  EXPECT_EQ(url->port, 6379);
  EXPECT_EQ(url->user, "");
  EXPECT_EQ(url->password, "");
  EXPECT_EQ(url->database, 0u);
}

TEST(RedisUrlTest, HasEveryPart) {
  const auto url = ParseRedisUrl("redis://me:p%40ss%2Fw%25rd@[fd00::1]:7000/15");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "fd00::1");
  EXPECT_EQ(url->port, 7000);
  EXPECT_EQ(url->user, "me");
  EXPECT_EQ(url->password, "p@ss/w%rd");
  EXPECT_EQ(url->database, 15u);
}

TEST(RedisUrlTest, APasswordNeedsNoUser) {
  const auto url = ParseRedisUrl("redis://:a@b:c@127.0.0.1/");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->user, "");
  EXPECT_EQ(url->password, "a@b:c");
  EXPECT_EQ(url->host, "127.0.0.1");
}

TEST(RedisUrlTest, RefusesEverythingElse) {
  for (const auto* url : {"",
                          "redis://",
                          "redis:cache",
                          "rediss://cache",
                          "http://cache",
                          "redis://cache:",
                          "redis://cache:0",
                          "redis://cache:65536",
                          "redis://cache:x",
                          "redis://cache/x",
                          "redis://cache/0/1",
                          "redis://cache/-1",
                          "redis://cache/1000001",
                          "redis://cache?db=1",
                          "redis://me@cache",
                          "redis://me:@cache",
                          "redis://:@cache",
                          "redis://:%zz@cache",
                          "redis://:a b@cache",
                          "redis://a/b:c@cache/x",
                          "redis://fd00::1",
                          "redis://300.1.1.1",
                          "redis://ca che",
                          "redis://cache#1",
                          "redis://@cache"}) {
    EXPECT_FALSE(ParseRedisUrl(url)) << url;
  }
}

}  // namespace
}  // namespace sluice::config

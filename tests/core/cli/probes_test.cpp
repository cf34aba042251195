// SPDX-License-Identifier: MIT
#include "core/cli/probes.hpp"

#include <gtest/gtest.h>

#include "tests/core/pipeline/fake_exchange.hpp"

namespace sluice::cli {
namespace {

using pipeline::testing::FakeExchange;

bool Handle(FakeExchange& exchange, const std::vector<std::string>& listeners = {}) {
  return HandleProbe(exchange, listeners, [] { return std::string("sluice_up 1\n"); });
}

TEST(ProbesTest, AProcessThatAnswersIsAliveAndReady) {
  for (const auto* path : {"/health", "/ready", "/health?verbose"}) {
    FakeExchange exchange({.target = path});

    EXPECT_TRUE(Handle(exchange)) << path;

    EXPECT_EQ(exchange.status(), 200);
    EXPECT_EQ(exchange.body(), R"({"status":"ok"})");
    EXPECT_EQ(exchange.Header("Content-Type"), "application/json");
    EXPECT_EQ(exchange.Header("Cache-Control"), "no-store");
  }
}

TEST(ProbesTest, MetricsComeInPrometheusTextFormat) {
  FakeExchange exchange({.target = "/metrics"});

  EXPECT_TRUE(Handle(exchange));

  EXPECT_EQ(exchange.body(), "sluice_up 1\n");
  EXPECT_EQ(exchange.Header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
}

TEST(ProbesTest, AnswersHead) {
  FakeExchange exchange({.method = "HEAD", .target = "/metrics"});

  EXPECT_TRUE(Handle(exchange));

  EXPECT_EQ(exchange.status(), 200);
  EXPECT_EQ(exchange.Header("Content-Length"), "12");
  EXPECT_TRUE(exchange.finished());
}

TEST(ProbesTest, LeavesEverythingElseToThePipelines) {
  for (const auto* path : {"/", "/health/", "/healthz", "/metrics/x", "/HEALTH", "//health"}) {
    FakeExchange exchange({.target = path});
    EXPECT_FALSE(Handle(exchange)) << path;
    EXPECT_FALSE(exchange.started()) << path;
  }
  FakeExchange post({.method = "POST", .target = "/health"});
  EXPECT_FALSE(Handle(post));
}

TEST(ProbesTest, AnswersOnItsListenersOnly) {
  FakeExchange outside({.target = "/metrics", .listener = "main"});
  FakeExchange inside({.target = "/metrics", .listener = "lan"});

  EXPECT_FALSE(Handle(outside, {"lan", "local"}));
  EXPECT_TRUE(Handle(inside, {"lan", "local"}));

  EXPECT_FALSE(outside.started());
  EXPECT_EQ(inside.status(), 200);
}

}  // namespace
}  // namespace sluice::cli

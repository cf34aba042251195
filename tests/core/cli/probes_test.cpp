// SPDX-License-Identifier: MIT
#include "core/cli/probes.hpp"

#include <gtest/gtest.h>

#include "core/telemetry/log.hpp"
#include "tests/core/pipeline/fake_exchange.hpp"

namespace sluice::cli {
namespace {

using pipeline::testing::FakeExchange;

bool Handle(FakeExchange& exchange, const std::vector<std::string>& listeners = {},
            const std::vector<std::string>& not_ready = {}) {
  return HandleProbe(
      exchange, listeners, [] { return std::string("sluice_up 1\n"); }, [&] { return not_ready; });
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

TEST(ProbesTest, SaysWhyItIsNotReadyButAlive) {
  telemetry::AddSecret("a-planted-secret");
  const std::vector<std::string> reasons = {"cache: connection refused", "database: a-planted-secret \"\xFF\""};
  FakeExchange ready({.target = "/ready"});
  FakeExchange health({.target = "/health"});

  EXPECT_TRUE(Handle(ready, {}, reasons));
  EXPECT_TRUE(Handle(health, {}, reasons));

  EXPECT_EQ(ready.status(), 503);
  EXPECT_EQ(ready.body(),
            "{\"status\":\"unavailable\",\"reasons\":[\"cache: connection refused\",\"database: *** "
            "\\\"\xEF\xBF\xBD\\\"\"]}");
  EXPECT_EQ(ready.Header("Content-Type"), "application/json");
  EXPECT_EQ(ready.Header("Cache-Control"), "no-store");
  EXPECT_EQ(health.status(), 200);
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

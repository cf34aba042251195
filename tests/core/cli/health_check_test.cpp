// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <memory>

#include "core/cli/commands.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::cli {
namespace {

using fakes::FaultyOrigin;

int Check(const std::string& answer) {
  const FaultyOrigin origin(FaultyOrigin::Say(answer));
  return HealthCheck(origin.url() + "/health");
}

TEST(HealthCheckTest, IsWellBelow400) {
  EXPECT_EQ(Check("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), kExitOk);
  EXPECT_EQ(Check("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), kExitOk);
}

TEST(HealthCheckTest, FailsOnErrorsAndNonsense) {
  EXPECT_EQ(Check("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"), kExitFailed);
  EXPECT_EQ(Check("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), kExitFailed);
  EXPECT_EQ(Check("nonsense"), kExitFailed);
  EXPECT_EQ(Check(""), kExitFailed);
}

TEST(HealthCheckTest, FailsWhenNobodyListens) {
  auto origin = std::make_unique<FaultyOrigin>(FaultyOrigin::Say(""));
  const auto url = origin->url();
  origin.reset();

  EXPECT_EQ(HealthCheck(url + "/health"), kExitFailed);
}

TEST(HealthCheckTest, WantsAnHttpUrl) {
  EXPECT_EQ(HealthCheck("https://127.0.0.1/"), kExitUsage);
  EXPECT_EQ(HealthCheck("/health"), kExitUsage);
  EXPECT_EQ(HealthCheck("http:///health"), kExitUsage);
}

}  // namespace
}  // namespace sluice::cli

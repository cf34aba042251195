// SPDX-License-Identifier: MIT
#include "core/plugin/call_accounting.hpp"

#include <gmock/gmock.h>
#include <prometheus/registry.h>

#include <latch>

#include "core/telemetry/log.hpp"
#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::string log_lines;

class CallAccountingTest : public ::testing::Test {
 protected:
  CallAccountingTest() {
    log_lines.clear();
    telemetry::SetLogSink([](std::string_view line) { log_lines += line; });
  }
  ~CallAccountingTest() override { telemetry::SetLogSink(nullptr); }

  std::unique_ptr<ComponentCalls> Observe(std::string component = "gate") {
    return accounting_.Observe("org.example.p", std::move(component), rules_);
  }
  static CallOutcome Outcome(std::chrono::milliseconds elapsed, std::chrono::milliseconds budget = 100ms) {
    return {.method = "check", .elapsed = elapsed, .budget = budget};
  }
  static void OnTime(ComponentCalls& calls) {
    ASSERT_TRUE(calls.Before("check"));
    calls.After(Outcome(10ms));
  }
  static void Late(ComponentCalls& calls) {
    ASSERT_TRUE(calls.Before("check"));
    calls.After(Outcome(500ms));
  }
  double Value(const std::string& name) { return Metric(registry_, name, {{"component", "gate"}}); }

  prometheus::Registry registry_;
  std::chrono::steady_clock::time_point now_{1h};
  QuarantineRules rules_{.after = 3, .probe = 30s, .tolerance = 20ms};
  CallAccounting accounting_{registry_, [this] { return now_; }};
};

TEST_F(CallAccountingTest, TimesCallsByMethodAndStatus) {
  const auto calls = Observe();

  OnTime(*calls);
  calls->After({.method = "link", .status = SLUICE_NOT_FOUND, .elapsed = 5ms});
  calls->After({.method = "link", .status = SLUICE_NOT_FOUND, .elapsed = 5ms});

  EXPECT_EQ(Metric(registry_, "sluice_plugin_call_seconds", {{"method", "check"}, {"status", "ok"}}), 1);
  EXPECT_EQ(Metric(registry_, "sluice_plugin_call_seconds",
                   {{"plugin", "org.example.p"}, {"component", "gate"}, {"method", "link"}, {"status", "not_found"}}),
            2);
  EXPECT_EQ(Value("sluice_plugin_call_failures_total"), 0) << "an answer is no fault of the plugin";
}

TEST_F(CallAccountingTest, CountsFaultsOfThePlugin) {
  const auto calls = Observe();

  calls->After({.method = "check", .status = SLUICE_INTERNAL, .violation = true});
  calls->After({.method = "check", .status = SLUICE_INTERNAL});
  calls->After({.method = "check", .status = 99});

  EXPECT_EQ(Value("sluice_plugin_call_failures_total"), 3);
  EXPECT_EQ(Metric(registry_, "sluice_plugin_call_seconds", {{"status", "internal"}}), 3);
}

TEST_F(CallAccountingTest, LogsAndCountsACallThatCameBackLate) {
  const auto calls = Observe();

  Late(*calls);

  EXPECT_EQ(Value("sluice_plugin_overruns_total"), 1);
  EXPECT_THAT(log_lines,
              HasSubstr("\"message\":\"a plugin call came back after its deadline\",\"plugin\":"
                        "\"org.example.p\",\"component\":\"gate\",\"method\":\"check\",\"elapsed_ms\":\"500\""
                        ",\"budget_ms\":\"100\""));
}

TEST_F(CallAccountingTest, ToleratesLateScheduling) {
  const auto calls = Observe();

  calls->After(Outcome(119ms));

  EXPECT_EQ(Value("sluice_plugin_overruns_total"), 0);
}

TEST_F(CallAccountingTest, DoesNotBlameAPluginForASlowViewer) {
  const auto calls = Observe();
  auto outcome = Outcome(10'000ms);
  outcome.in_host = 9'950ms;

  calls->After(outcome);

  EXPECT_EQ(Value("sluice_plugin_overruns_total"), 0);
}

TEST_F(CallAccountingTest, QuarantinesAfterOverrunsInARow) {
  const auto calls = Observe();
  Late(*calls);
  Late(*calls);
  EXPECT_FALSE(calls->quarantined());

  Late(*calls);

  EXPECT_TRUE(calls->quarantined());
  EXPECT_EQ(Value("sluice_plugin_quarantined"), 1);
  const auto refused = calls->Before("check");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, sdk::Errc::kInternal);
  EXPECT_THAT(refused.error().message, HasSubstr("component \"gate\" is quarantined"));
  EXPECT_EQ(Value("sluice_plugin_calls_refused_total"), 1);
  EXPECT_THAT(log_lines, HasSubstr("a component is quarantined until a probe succeeds"));
}

TEST_F(CallAccountingTest, ACallInTimeStartsTheCountAnew) {
  const auto calls = Observe();
  for (int i = 0; i < 10; ++i) {
    Late(*calls);
    Late(*calls);
    OnTime(*calls);
  }

  EXPECT_FALSE(calls->quarantined());
}

TEST_F(CallAccountingTest, ZeroMeansNoQuarantine) {
  rules_.after = 0;
  const auto calls = Observe();

  for (int i = 0; i < 50; ++i) Late(*calls);

  EXPECT_FALSE(calls->quarantined());
}

TEST_F(CallAccountingTest, LetsOneProbeThroughAfterTheInterval) {
  const auto calls = Observe();
  for (int i = 0; i < 3; ++i) Late(*calls);
  now_ += 29s;
  EXPECT_FALSE(calls->Before("check"));
  now_ += 1s;

  EXPECT_TRUE(calls->Before("check"));
  EXPECT_FALSE(calls->Before("check")) << "one at a time";
}

TEST_F(CallAccountingTest, AProbeInTimeEndsQuarantine) {
  const auto calls = Observe();
  for (int i = 0; i < 3; ++i) Late(*calls);
  now_ += 30s;

  OnTime(*calls);

  EXPECT_FALSE(calls->quarantined());
  EXPECT_EQ(Value("sluice_plugin_quarantined"), 0);
  EXPECT_TRUE(calls->Before("check"));
  EXPECT_THAT(log_lines, HasSubstr("a component left quarantine"));
}

TEST_F(CallAccountingTest, ALateProbeRenewsQuarantine) {
  const auto calls = Observe();
  for (int i = 0; i < 3; ++i) Late(*calls);
  now_ += 30s;

  Late(*calls);

  EXPECT_TRUE(calls->quarantined());
  now_ += 29s;
  EXPECT_FALSE(calls->Before("check"));
  now_ += 1s;
  EXPECT_TRUE(calls->Before("check"));
}

TEST_F(CallAccountingTest, AProbeThatTheViewerCancelledSaysNothing) {
  const auto calls = Observe();
  for (int i = 0; i < 3; ++i) Late(*calls);
  now_ += 30s;
  ASSERT_TRUE(calls->Before("check"));

  calls->After({.method = "check", .status = SLUICE_CANCELLED, .elapsed = 1ms, .budget = 100ms});

  EXPECT_TRUE(calls->quarantined());
  EXPECT_TRUE(calls->Before("check")) << "the next call probes";
}

TEST_F(CallAccountingTest, ACallThatStartedBeforeDoesNotEndQuarantine) {
  const auto calls = Observe();
  std::latch started(1), quarantined(1);
  std::jthread slow_starter([&] {
    ASSERT_TRUE(calls->Before("check"));
    started.count_down();
    quarantined.wait();
    calls->After(Outcome(10ms));
  });
  started.wait();
  for (int i = 0; i < 3; ++i) Late(*calls);
  now_ += 30s;
  ASSERT_TRUE(calls->Before("check"));

  quarantined.count_down();
  slow_starter.join();

  EXPECT_TRUE(calls->quarantined());
  calls->After(Outcome(10ms));
  EXPECT_FALSE(calls->quarantined());
}

TEST_F(CallAccountingTest, SeriesGoWithTheLastInstance) {
  auto old_instance = Observe();
  auto new_instance = Observe();
  const auto other = Observe("other");
  OnTime(*old_instance);
  OnTime(*other);

  old_instance.reset();
  EXPECT_EQ(Value("sluice_plugin_call_seconds"), 1) << "counters go on across a reload";
  new_instance.reset();

  EXPECT_EQ(SeriesCount(registry_, "sluice_plugin_overruns_total"), 1U);
  EXPECT_EQ(SeriesCount(registry_, "sluice_plugin_call_seconds"), 1U);
}

TEST_F(CallAccountingTest, AnInstanceThatIsReplacedTakesItsQuarantineAlong) {
  auto old_instance = Observe();
  for (int i = 0; i < 3; ++i) Late(*old_instance);
  const auto new_instance = Observe();

  old_instance.reset();

  EXPECT_FALSE(new_instance->quarantined());
  EXPECT_EQ(Value("sluice_plugin_quarantined"), 0);
}

TEST_F(CallAccountingTest, CountsEveryCallOfManyThreads) {
  rules_.after = 10'000;  // no order of the threads' late calls may lead to quarantine
  const auto calls = Observe();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 500; ++k) {
        if (!calls->Before("check")) continue;
        calls->After({.method = i % 2 == 0 ? "check" : "link",
                      .status = static_cast<sluice_status>(k % 11),
                      .elapsed = k % 7 == 0 ? 200ms : 1ms,
                      .budget = 100ms});
      }
    });
  }
  threads.clear();

  EXPECT_EQ(Value("sluice_plugin_call_seconds"), 2000);
}

}  // namespace
}  // namespace sluice::plugin::testing

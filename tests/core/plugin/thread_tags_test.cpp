// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <mutex>
#include <sluice/sdk/detail/running_call.hpp>
#include <thread>

#include "core/plugin/control_gate.hpp"
#include "core/plugin/instance_impl.hpp"
#include "core/plugin/plugin_metrics.hpp"
#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

using sdk::detail::Function;
using sdk::detail::ThreadTag;
using ::testing::HasSubstr;

constexpr Function kDestroy("destroy", ThreadTag::kControl);

/// A call of the request "r-42".
class RequestCall {
 public:
  RequestCall() : abi_(static_cast<const sdk::Call&>(call_).abi()), view_(abi_) { abi_.request_id = {"r-42", 4}; }
  operator const sdk::Call&() const { return view_; }  // NOLINT(google-explicit-constructor)

 private:
  TimedCall call_;
  sluice_call abi_;
  sdk::Call view_;
};

class RequestIdTest : public HostTest {
 protected:
  static void Ask(const Instance& instance, const sdk::Call& call) {
    ASSERT_TRUE(instance.As<sdk::AuthBackend>()->Authenticate(call, {.scheme = "bearer", .secret = ""}));
  }
  /// The one line with this message.
  static std::string Line(const std::string& message) {
    const auto at = log().find("\"message\":\"" + message + "\"");
    return at == std::string::npos ? "" : log().substr(at, log().find('\n', at) - at);
  }
};

TEST_F(RequestIdTest, StandsInWhatAPluginLogsWithinTheCall) {
  Load(std::vector{Install("declares_late")});
  const auto gate = CreateBad();
  ASSERT_TRUE(gate) << gate.error().message;

  Ask(**gate, RequestCall());

  EXPECT_THAT(Line("asked"), HasSubstr("\"component\":\"gate\",\"request_id\":\"r-42\""));
}

TEST_F(RequestIdTest, DoesNotStandInWhatIsLoggedForNoRequest) {
  Load(std::vector{Install("declares_late")});
  const auto gate = CreateBad();
  ASSERT_TRUE(gate) << gate.error().message;

  Ask(**gate, TimedCall());

  EXPECT_THAT(Line("asked"), HasSubstr("\"component\":\"gate\"}"));
}

TEST_F(RequestIdTest, IsNotThatOfTheCallWhichMakesTheServerReload) {
  Load(std::vector{Install("declares_late")});
  const RequestCall reload;
  const sdk::detail::RunningCall running(ThreadTag::kWorker, &static_cast<const sdk::Call&>(reload).abi());

  ASSERT_TRUE(CreateBad());

  EXPECT_THAT(Line("created"), HasSubstr("\"component\":\"gate\"}"));
}

/// Thread tags are asserted in builds without NDEBUG only.
class ThreadTagDeathTest : public HostTest {
 protected:
  void SetUp() override {
    if constexpr (!sdk::detail::kAssertsTags) GTEST_SKIP() << "built with NDEBUG";
  }
};

TEST_F(ThreadTagDeathTest, AControlCallWantsTheGateHeldByItsOwnThread) {
  ControlGate gate;
  const auto call = [&] { gate.AssertTag("component gate", kDestroy); };
  constexpr auto* kMessage =
      "sluice: a thread tag was broken: component gate.destroy \\[control\\]: this thread does not hold";

  EXPECT_DEATH(call(), kMessage);
  const std::lock_guard lock(gate);
  call();
  EXPECT_DEATH(std::jthread{call}, kMessage);
}

TEST_F(ThreadTagDeathTest, TheGateIsHeldUntilItsLastUnlock) {
  ControlGate gate;
  gate.lock();
  gate.lock();
  gate.unlock();
  gate.AssertTag("component gate", kDestroy);
  gate.unlock();

  EXPECT_DEATH(gate.AssertTag("component gate", kDestroy), "does not hold");
}

TEST_F(ThreadTagDeathTest, OtherCallsNeedNoGate) {
  const ControlGate gate;

  gate.AssertTag("component gate", "check");
  gate.AssertTag("component gate", {"body_write", ThreadTag::kStream});
}

TEST_F(ThreadTagDeathTest, CreateWantsTheGate) {
  static const sluice_component kComponent{};
  const sluice_host host{};
  const ControlGate gate;
  void* self = nullptr;

  EXPECT_DEATH(static_cast<void>(CallCreate(gate, kComponent, host, "gate", *config::JsonValue(), self)),
               "component gate.create \\[control\\]: this thread does not hold");
}

TEST_F(ThreadTagDeathTest, TheObserverOfAnInstanceAsksItsPluginsGate) {
  prometheus::Registry registry;
  CallAccounting accounting(registry);
  ControlGate gate;
  const auto calls = accounting.Observe("org.example.p", "gate", {}, &gate);

  EXPECT_DEATH(calls->AssertTag(kDestroy), "component gate.destroy \\[control\\]");
  const std::lock_guard lock(gate);
  calls->AssertTag(kDestroy);
}

TEST_F(ThreadTagDeathTest, AMetricIsNotDeclaredInACallThatServesARequest) {
  Load(std::vector{Install("declares_late")});
  const auto gate = CreateBad();
  ASSERT_TRUE(gate) << gate.error().message;

  EXPECT_DEATH(static_cast<void>(
                   (*gate)->As<sdk::AuthBackend>()->Authenticate(TimedCall(), {.scheme = "bearer", .secret = "word"})),
               "sluice.metrics/1.declare \\[control\\]: component gate made it outside of a \\[control\\] call");
}

TEST_F(ThreadTagDeathTest, AMetricIsNotDeclaredByAThreadOfThePluginsOwn) {
  prometheus::Registry registry;
  PluginMetrics all(registry);
  InstanceMetrics metrics(all, "bad", "gate");

  EXPECT_DEATH(static_cast<void>(metrics.Declare(sdk::MetricKind::kGauge, "late", "Too late", {})),
               "sluice.metrics/1.declare \\[control\\]: component gate");
}

}  // namespace
}  // namespace sluice::plugin::testing

// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sdk/abi/fake_filter.hpp"
#include "tests/sdk/abi/through.hpp"

namespace sluice::sdk::abi_test {
namespace {

using detail::RunningCall;
using detail::ThreadTag;
using ::testing::ElementsAre;

TEST(RunningCallTest, EndsWhereTheCallAroundItGoesOn) {
  EXPECT_EQ(RunningCall::Innermost(), nullptr);
  {
    const RunningCall outer(ThreadTag::kWorker, &RequestCall());
    {
      const RunningCall inner(ThreadTag::kControl, nullptr);
      EXPECT_EQ(RunningCall::Innermost(), &inner);
      EXPECT_EQ(inner.request_id(), "");
    }
    EXPECT_EQ(RunningCall::Innermost(), &outer);
    EXPECT_EQ(outer.request_id(), "r-1");
  }
  EXPECT_EQ(RunningCall::Innermost(), nullptr);
}

/// What a fake finds on its thread while it is called.
class RunningCallInPluginTest : public ::testing::Test {
 protected:
  RunningCallInPluginTest() {
    script_.before = [this] {
      const auto* running = RunningCall::Innermost();
      seen_.push_back(
          running == nullptr ? "none" : std::string(NameOf(running->tag())) + " " + std::string(running->request_id()));
    };
  }

  Script script_;
  RecordingObserver observer_;
  std::ostringstream out_;
  Taker taker_{out_};
  std::vector<std::string> seen_;
};

TEST_F(RunningCallInPluginTest, IsTheCallThatThePluginWasGiven) {
  const auto store = ThroughTable<Store>(std::make_unique<FakeStore>(script_), observer_);

  ASSERT_TRUE(store->GetAccount(Call(RequestCall()), {}));
  ASSERT_TRUE(store->GetAccount(Call(BareCall()), {}));

  EXPECT_THAT(seen_, ElementsAre("[worker] r-1", "[worker] "));
  EXPECT_EQ(RunningCall::Innermost(), nullptr);
}

TEST_F(RunningCallInPluginTest, OfABodyIsTheRequestThatOpenedIt) {
  const auto filter = ThroughTable<Filter>(std::make_unique<FakeFilter>(script_), observer_);
  auto body = filter->OpenBody(Call(RequestCall()), {.status = 200});
  ASSERT_TRUE(body);

  ASSERT_TRUE((*body)->Write(AsBytes("x"), taker_));
  ASSERT_TRUE((*body)->Finish(taker_));

  EXPECT_THAT(seen_, ElementsAre("[worker] r-1", "[stream] r-1", "[stream] r-1"));
}

TEST_F(RunningCallInPluginTest, IsOverWhenThePluginThrew) {
  const auto store = ThroughTable<Store>(std::make_unique<FakeStore>(script_), observer_);
  script_.before = [] { throw 1; };

  EXPECT_FALSE(store->GetAccount(Call(RequestCall()), {}));

  EXPECT_EQ(RunningCall::Innermost(), nullptr);
}

/// Thread tags are asserted in builds without NDEBUG only.
class ThreadTagDeathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if constexpr (!detail::kAssertsTags) GTEST_SKIP() << "built with NDEBUG";
  }

  Script script_;
  std::ostringstream out_;
  Taker taker_{out_};
};

struct TagObserver final : detail::CallObserver {
  Status Before(std::string_view) noexcept override { return Ok(); }
  void After(const detail::CallOutcome&) noexcept override {}
  void AssertTag(const detail::Function& function) noexcept override {
    asserted.push_back(std::string(function.name) + " " + std::string(NameOf(function.tag)));
  }
  std::vector<std::string> asserted;
};

TEST_F(ThreadTagDeathTest, TheObserverLearnsTheTagOfEveryFunction) {
  TagObserver observer;
  {
    const auto endpoint = ThroughTable<Endpoint>(std::make_unique<FakeEndpoint>(script_), observer);
    ASSERT_TRUE(endpoint->Handle(Call(RequestCall()), 0, {}, {}, taker_));
    const auto filter = ThroughTable<Filter>(std::make_unique<FakeFilter>(script_), observer);
    ASSERT_TRUE(*filter->OpenBody(Call(RequestCall()), {.status = 200}));
  }

  EXPECT_THAT(observer.asserted, ElementsAre("routes [control]", "handle [worker]", "body_open [worker]",
                                             "body_close [stream]", "destroy [control]", "destroy [control]"));
}

TEST_F(ThreadTagDeathTest, AStreamTakesOneCallAtATime) {
  RecordingObserver observer;
  const auto filter = ThroughTable<Filter>(std::make_unique<FakeFilter>(script_), observer);
  auto body = *filter->OpenBody(Call(RequestCall()), {.status = 200});
  script_.before = [&] {
    script_.before = nullptr;
    static_cast<void>(body->Finish(taker_));
  };

  EXPECT_DEATH(static_cast<void>(body->Write(AsBytes("x"), taker_)),
               "sluice: a thread tag was broken: filter.body_finish \\[stream\\]: another call on the same stream");
}

TEST_F(ThreadTagDeathTest, AStreamIsNotClosedWhileACallOnItGoesOn) {
  RecordingObserver observer;
  const auto filter = ThroughTable<Filter>(std::make_unique<FakeFilter>(script_), observer);
  auto body = *filter->OpenBody(Call(RequestCall()), {.status = 200});
  script_.before = [&] { body.reset(); };

  EXPECT_DEATH(static_cast<void>(body->Write(AsBytes("x"), taker_)), "filter.body_close \\[stream\\]: another call");
}

TEST_F(ThreadTagDeathTest, AnInstanceIsNotDestroyedWhileACallOfItGoesOn) {
  RecordingObserver observer;
  auto store = ThroughTable<Store>(std::make_unique<FakeStore>(script_), observer);
  script_.before = [&] { store.reset(); };

  EXPECT_DEATH(static_cast<void>(store->GetAccount(Call(RequestCall()), {})),
               "store.destroy \\[control\\]: calls or streams of the instance go on");
}

TEST_F(ThreadTagDeathTest, AFilterIsNotDestroyedBeforeItsStreams) {
  RecordingObserver observer;
  auto filter = ThroughTable<Filter>(std::make_unique<FakeFilter>(script_), observer);
  const auto body = *filter->OpenBody(Call(RequestCall()), {.status = 200});

  EXPECT_DEATH(filter.reset(), "filter.destroy \\[control\\]: calls or streams of the instance go on");
}

}  // namespace
}  // namespace sluice::sdk::abi_test

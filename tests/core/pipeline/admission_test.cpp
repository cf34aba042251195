// SPDX-License-Identifier: MIT
// Workers that stay free whatever holds the others up: a real server in front of the engine.
#include "core/pipeline/admission.hpp"

#include <gmock/gmock.h>

#include "tests/core/pipeline/gate.hpp"
#include "tests/core/pipeline/served_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

constexpr std::uint32_t kWorkers = 4;
constexpr std::size_t kAtWork = 3;

/// "/held" waits in an endpoint until the gate opens; "/elsewhere" is served by no pipeline, and holds nothing up.
class AdmissionTest : public Served<PipelineTest> {
 protected:
  AdmissionTest() : Served(kWorkers) {
    config_.server.workers = kWorkers;
    Add("p", {.path = "/held"},
        {Serve(EndpointBy({{.method = "GET", .path_template = "/held"}},
                          [this](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view,
                                 sdk::ResponseWriter& out) -> FakeEndpoint::Answer {
                            ++entered_;
                            gate_.Wait();
                            if (auto started = out.Start(200, {}); !started) return std::move(started).error();
                            return std::optional<sdk::Source>{};
                          }))});
    Use();
  }
  ~AdmissionTest() override { gate_.Open(); }

  std::vector<RawClient> Hold(std::size_t count) {
    std::vector<RawClient> viewers;
    for (std::size_t i = 0; i < count; ++i) viewers.push_back(Send("/held"));
    EXPECT_TRUE(Eventually([&] { return entered_ == std::min(count, kAtWork); }));
    return viewers;
  }

  Gate gate_;
  std::atomic<std::size_t> entered_ = 0;
};

TEST(AdmissionReserveTest, OneInSixteenIsKeptFree) {
  EXPECT_EQ(Admission::ReserveOf(1), 0U);
  EXPECT_EQ(Admission::ReserveOf(3), 0U);
  EXPECT_EQ(Admission::ReserveOf(4), 1U);
  EXPECT_EQ(Admission::ReserveOf(64), 4U);
}

TEST(AdmissionQueueTest, WhomSomebodyInsideWaitsForGoesPastTheLimit) {
  Admission admission;
  admission.Open(1);
  Admission::Ticket viewer(admission);
  Admission::Ticket queued(admission);
  ASSERT_TRUE(viewer.Enter());
  ASSERT_FALSE(queued.Enter());
  {
    Admission::Ticket own(admission);
    EXPECT_TRUE(own.Enter(true));
  }
  EXPECT_FALSE(queued.Enter()) << "the place was beside the others";

  viewer.Leave();

  EXPECT_TRUE(queued.Enter());
}

TEST(AdmissionQueueTest, WhoWasInsideBeforeGoesInFront) {
  Admission admission;
  admission.Open(1);
  Admission::Ticket known(admission);
  Admission::Ticket other(admission);
  Admission::Ticket stranger(admission);
  ASSERT_TRUE(known.Enter());
  known.Leave();
  ASSERT_TRUE(other.Enter());
  ASSERT_FALSE(stranger.Enter());
  ASSERT_FALSE(known.Enter());

  other.Leave();

  EXPECT_TRUE(known.Enter());
  EXPECT_FALSE(stranger.Enter());
}

TEST_F(AdmissionTest, AWorkerIsLeftWhenTheOthersAreHeldUp) {
  auto viewers = Hold(20);

  EXPECT_EQ(Play("/elsewhere").status, 404);
  EXPECT_EQ(entered_, kAtWork);
}

TEST_F(AdmissionTest, WhoHasWaitedForLongIsRefused) {
  auto viewers = Hold(kAtWork);
  const auto begin = std::chrono::steady_clock::now();

  const auto refused = Play("/held");

  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Field("retry-after"), "2");
  EXPECT_THAT(refused.body, ::testing::HasSubstr("\"overloaded\""));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"step", "admission"}, {"code", "overloaded"}}), 1);
}

TEST_F(AdmissionTest, WhoWaitsComesInWhenAnotherIsDone) {
  auto viewers = Hold(kAtWork + 2);
  ASSERT_TRUE(Eventually([&] { return server_.parked() == 2; }));

  gate_.Open();

  for (auto& viewer : viewers) EXPECT_EQ(viewer.Read().status, 200);
}

TEST_F(AdmissionTest, WhoLeavesTheQueueIsForgotten) {
  auto viewers = Hold(kAtWork);
  auto waiting = Send("/held");
  ASSERT_TRUE(Eventually([&] { return server_.parked() == 1; }));

  waiting.Close();

  EXPECT_TRUE(Eventually([&] { return server_.connections() == kAtWork; }));
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"step", "admission"}, {"code", "cancelled"}}), 1);
  gate_.Open();
  EXPECT_EQ(Play("/held").status, 200);
}

}  // namespace
}  // namespace sluice::pipeline::testing

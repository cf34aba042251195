// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <thread>

#include "tests/sdk/abi/rogue.hpp"

namespace sluice::sdk::abi_test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kBudget = 20ms;
constexpr auto kPast = kBudget + 2 * detail::kDeadlineTolerance;

/// A call whose deadline is `kBudget` away.
sluice_call SoonOver() {
  sluice_call call = RequestCall();
  const auto deadline = Clock::now() + kBudget;
  call.deadline_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
  return call;
}

void WorkPast() {
  const auto until = Clock::now() + kPast;
  while (Clock::now() < until) std::this_thread::yield();
}

sluice_item ItemNamed(std::string_view id) {
  sluice_item item{};
  item.struct_size = sizeof(item);
  item.id = detail::Str(id);
  return item;
}

using LateTest = GarbageTest;

TEST_F(LateTest, AResultThatWasPutInTimeIsNotUsedWhenTheCallComesBackLate) {
  rogue_.get = [](sluice_item_sink out, sluice_error*) -> sluice_status {
    const auto item = ItemNamed("early");
    out.put(out.ctx, &item);
    WorkPast();
    return SLUICE_OK;
  };
  const auto store = Make<Store>(&kStore);
  const auto call = SoonOver();

  const auto item = store->Get(Call(call), {}, "id");

  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().code, Errc::kDeadlineExceeded);
  EXPECT_EQ(item.error().message, "rogue: store.get came back after its deadline");
  EXPECT_TRUE(observer_.last().overrun(detail::kDeadlineTolerance));
  EXPECT_EQ(observer_.last().status, static_cast<sluice_status>(SLUICE_DEADLINE_EXCEEDED));
  EXPECT_FALSE(observer_.last().violation);
}

TEST_F(LateTest, SinksTakeWhatComesInTimeAndNothingLater) {
  std::uint32_t late_put = 0;
  rogue_.get = [&](sluice_item_sink out, sluice_error*) -> sluice_status {
    const auto early = ItemNamed("early");
    const auto late = ItemNamed("late");
    EXPECT_EQ(out.put(out.ctx, &early), 0U);
    WorkPast();
    late_put = out.put(out.ctx, &late);
    return SLUICE_OK;
  };
  const auto store = Make<Store>(&kStore);
  const auto call = SoonOver();
  std::ostringstream got;
  Taker taker(got);

  const auto status = store->Check(Call(call), {}, Content::kTorrent, {}, taker);

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::kDeadlineExceeded);
  EXPECT_EQ(taker.taken, 1U);
  EXPECT_NE(late_put, 0U) << "the sink wants no more";
  EXPECT_EQ(got.str().find("late"), std::string::npos);
}

TEST_F(LateTest, AnErrorThatComesLateIsLateToo) {
  rogue_.resolve = [](sluice_source_sink, sluice_error* error) -> sluice_status {
    WorkPast();
    return detail::SetError(error, {.code = Errc::kNotFound, .message = "no such film"});
  };
  const auto resolver = Make<Resolver>(&kResolver);
  const auto call = SoonOver();

  const auto source = resolver->Resolve(Call(call), {});

  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Errc::kDeadlineExceeded);
}

TEST_F(LateTest, AnEndpointCannotStartToAnswerLate) {
  sluice_status started = SLUICE_OK;
  rogue_.handle = [&](sluice_response_writer out, sluice_source_sink, sluice_error*) -> sluice_status {
    WorkPast();
    sluice_error ignored{};
    started = out.start(out.ctx, 200, nullptr, 0, &ignored);
    return SLUICE_OK;
  };
  const auto endpoint = Make<Endpoint>(&kEndpoint);
  const auto call = SoonOver();
  std::ostringstream got;
  Taker taker(got);

  const auto answer = endpoint->Handle(Call(call), 0, {}, {}, taker);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::kDeadlineExceeded);
  EXPECT_NE(started, static_cast<sluice_status>(SLUICE_OK));
  EXPECT_EQ(got.str(), "");
}

TEST_F(LateTest, TimeInTheHostsSinkIsNotThePlugins) {
  struct SlowTaker final : Taker {
    using Taker::Taker;
    bool Put(const sdk::Item&) override {
      WorkPast();
      return ++taken < limit;
    }
  };
  rogue_.get = [](sluice_item_sink out, sluice_error*) -> sluice_status {
    const auto item = ItemNamed("item");
    EXPECT_EQ(out.put(out.ctx, &item), 0U);
    EXPECT_EQ(out.put(out.ctx, &item), 0U);
    return SLUICE_OK;
  };
  const auto store = Make<Store>(&kStore);
  const auto call = SoonOver();
  std::ostringstream got;
  SlowTaker taker(got);

  const auto status = store->Check(Call(call), {}, Content::kTorrent, {}, taker);

  EXPECT_TRUE(status) << status.error().message;
  EXPECT_EQ(taker.taken, 2U);
}

TEST_F(LateTest, ABodyThatWasOpenedTooLateIsClosed) {
  static const sluice_filter_table kSlow = [] {
    auto table = kFilter;
    table.body_open = [](void* self, const sluice_call*, const sluice_response_head*, void** stream,
                         sluice_error*) -> sluice_status {
      WorkPast();
      *stream = self;
      return SLUICE_OK;
    };
    return table;
  }();
  const auto filter = Make<Filter>(&kSlow);
  const auto call = SoonOver();

  const auto body = filter->OpenBody(Call(call), {});

  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, Errc::kDeadlineExceeded);
  EXPECT_EQ(rogue_.closed, 1);
}

}  // namespace
}  // namespace sluice::sdk::abi_test

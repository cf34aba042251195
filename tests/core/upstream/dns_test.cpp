// SPDX-License-Identifier: MIT
#include "core/upstream/dns.hpp"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>

#include "tests/core/upstream/client_fixture.hpp"

namespace sluice::upstream {
namespace {

using std::chrono::milliseconds;

constexpr auto kNever = Clock::time_point::max();

/// What a resolver is asked, and when it may answer.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> asked;
  std::size_t inside = 0;
  std::size_t most_inside = 0;
  bool open = false;

  void Open() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
  void WaitForAsked(std::size_t count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return asked.size() >= count; });
  }
};

/// Answers 192.0.2.1 when the gate is open; "bad…": never.
class GatedResolver final : public Resolver {
 public:
  explicit GatedResolver(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  sdk::Result<std::vector<net::IpAddress>> Resolve(const std::string& host) override {
    std::unique_lock lock(gate_->mutex);
    gate_->asked.push_back(host);
    gate_->most_inside = std::max(gate_->most_inside, ++gate_->inside);
    gate_->changed.notify_all();
    gate_->changed.wait(lock, [&] { return gate_->open; });
    --gate_->inside;
    if (host.starts_with("bad")) return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = host + ": no"};
    return std::vector{net::IpAddress::FromV4({192, 0, 2, 1})};
  }

 private:
  const std::shared_ptr<Gate> gate_;
};

class NameServiceTest : public testing::Test {
 protected:
  /// "ok" or the message.
  static std::string Outcome(const Tried<std::vector<net::IpAddress>>& tried) {
    const auto* failure = std::get_if<Failure>(&tried);
    return failure == nullptr ? "ok" : failure->message;
  }
  std::string Resolve(const std::string& host) { return Outcome(names_->Resolve(host, TestCall(), kNever)); }
  std::future<std::string> Start(const std::string& host) {
    return std::async(std::launch::async, [this, host] { return Resolve(host); });
  }

  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  std::unique_ptr<NameService> names_ =
      std::make_unique<NameService>(std::make_unique<GatedResolver>(gate_), std::chrono::hours(1));
};

TEST_F(NameServiceTest, RemembersAnswersButNotFailures) {
  gate_->Open();

  EXPECT_EQ(Resolve("a.test"), "ok");
  EXPECT_EQ(Resolve("a.test"), "ok");
  EXPECT_EQ(Resolve("bad.test"), "bad.test: no");
  EXPECT_EQ(Resolve("bad.test"), "bad.test: no");
  EXPECT_EQ(gate_->asked, (std::vector<std::string>{"a.test", "bad.test", "bad.test"}));
  EXPECT_EQ(names_->size(), 1u);
}

TEST_F(NameServiceTest, AsksOnceForThoseWhoAskAtOneTime) {
  std::vector<std::future<std::string>> waiting;
  waiting.push_back(Start("a.test"));
  gate_->WaitForAsked(1);
  for (int i = 0; i < 10; ++i) waiting.push_back(Start("a.test"));
  gate_->Open();

  for (auto& answer : waiting) EXPECT_EQ(answer.get(), "ok");
  EXPECT_EQ(gate_->asked.size(), 1u);
}

TEST_F(NameServiceTest, LetsViewersLeaveAndDeadlinesPass) {
  TestCall call;
  auto leaving = std::async(std::launch::async, [&] { return Outcome(names_->Resolve("a.test", call, kNever)); });
  gate_->WaitForAsked(1);
  call.Cancel();

  EXPECT_EQ(leaving.get(), "the viewer is gone");
  EXPECT_EQ(Outcome(names_->Resolve("a.test", TestCall(), After(milliseconds(10)))),
            "a.test: want its addresses in time");
  gate_->Open();
  EXPECT_EQ(Resolve("a.test"), "ok");
  EXPECT_EQ(gate_->asked.size(), 1u);
}

TEST_F(NameServiceTest, AsksFromAFewThreadsOnly) {
  std::vector<std::future<std::string>> waiting;
  for (std::size_t i = 0; i < 3 * NameService::kMaxThreads; ++i) waiting.push_back(Start("n" + std::to_string(i)));
  gate_->WaitForAsked(NameService::kMaxThreads);
  gate_->Open();

  for (auto& answer : waiting) EXPECT_EQ(answer.get(), "ok");
  EXPECT_EQ(gate_->most_inside, NameService::kMaxThreads);
  EXPECT_EQ(gate_->asked.size(), 3 * NameService::kMaxThreads);
}

TEST_F(NameServiceTest, ForgetsTheOldestOfTooManyNames) {
  gate_->Open();
  for (std::size_t i = 0; i < NameService::kMaxNames + 5; ++i) Resolve("n" + std::to_string(i));

  EXPECT_EQ(names_->size(), NameService::kMaxNames);
  gate_->asked.clear();
  Resolve("n5");
  Resolve("n4");
  EXPECT_EQ(gate_->asked, std::vector<std::string>{"n4"});
}

TEST_F(NameServiceTest, RefusesToQueueWithoutLimit) {
  const auto soon = After(milliseconds(1));
  for (std::size_t i = 0; i < NameService::kMaxThreads; ++i) {
    (void)names_->Resolve("busy" + std::to_string(i), TestCall(), soon);
  }
  gate_->WaitForAsked(NameService::kMaxThreads);
  for (std::size_t i = 0; i < NameService::kMaxWaiting; ++i) {
    (void)names_->Resolve("n" + std::to_string(i), TestCall(), soon);
  }

  EXPECT_EQ(Resolve("more"), "more: too many names are being looked up");
  gate_->Open();
}

TEST_F(NameServiceTest, DoesNotWaitForTheSystemWhenItIsDestroyed) {
  (void)names_->Resolve("a.test", TestCall(), After(milliseconds(1)));
  gate_->WaitForAsked(1);

  names_.reset();

  gate_->Open();  // only now may the lookup end
}

TEST(SystemResolverTest, KnowsThisMachine) {
  const auto found = MakeSystemResolver()->Resolve("localhost");

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_NE(std::find(found->begin(), found->end(), net::IpAddress::FromV4({127, 0, 0, 1})), found->end());
}

}  // namespace
}  // namespace sluice::upstream

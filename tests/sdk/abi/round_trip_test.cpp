// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "tests/sdk/abi/fake_filter.hpp"
#include "tests/sdk/abi/steps.hpp"

namespace sluice::sdk::abi_test {
namespace {

template <typename I, typename F>
struct Pair {
  using Interface = I;
  using Fake = F;
};
using Kinds = ::testing::Types<Pair<AuthBackend, FakeAuth>, Pair<Store, FakeStore>, Pair<Indexer, FakeIndexer>,
                               Pair<ManifestRewriter, FakeManifest>, Pair<MediaBackend, FakeMedia>,
                               Pair<Resolver, FakeResolver>, Pair<Endpoint, FakeEndpoint>, Pair<Filter, FakeFilter>>;

template <typename Kind>
class RoundTripTest : public ::testing::Test {
 protected:
  using Interface = typename Kind::Interface;
  using Fake = typename Kind::Fake;

  /// What a caller gets and what the fake sees. \param limit  how many values the caller's sinks take.
  static std::string Transcript(Script& script, bool through_table, std::size_t limit) {
    RecordingObserver observer;
    std::ostringstream got;
    Taker taker(got);
    taker.limit = limit;
    {
      std::unique_ptr<Interface> fake = std::make_unique<Fake>(script);
      const auto used = through_table ? ThroughTable<Interface>(std::move(fake), observer) : std::move(fake);
      Steps(*used, taker);
    }
    if (through_table) {
      EXPECT_FALSE(observer.outcomes.empty());
      for (const auto& outcome : observer.outcomes) EXPECT_FALSE(outcome.violation) << outcome.method;
    }
    return got.str() + "---\n" + script.seen.str();
  }
  /// \param prepare  sets up the script, for the fake alone and for the fake behind its table.
  template <typename Prepare>
  static void ExpectSame(Prepare&& prepare, std::size_t limit = std::numeric_limits<std::size_t>::max()) {
    Script direct, behind;
    prepare(direct);
    prepare(behind);

    const auto want = Transcript(direct, false, limit);
    const auto got = Transcript(behind, true, limit);

    EXPECT_EQ(got, want);
    EXPECT_GT(want.size(), 50U);
  }
};
TYPED_TEST_SUITE(RoundTripTest, Kinds);

TYPED_TEST(RoundTripTest, AnswersAsTheFakeItself) {
  this->ExpectSame([](Script&) {});
}

TYPED_TEST(RoundTripTest, KeepsEmptyTextsAndLists) {
  this->ExpectSame([](Script& script) { script.empty = true; });
}

TYPED_TEST(RoundTripTest, KeepsAllTenErrorsWhole) {
  for (std::uint32_t code = 1; code <= 10; ++code) {
    this->ExpectSame([code](Script& script) {
      script.fail = Error{.code = static_cast<Errc>(code),
                          .message = "/field: want größer",
                          .retry_after = std::chrono::milliseconds(code * 1000),
                          .upstream_status = 500 + code};
    });
  }
}

TYPED_TEST(RoundTripTest, KeepsAnErrorWithoutMessage) {
  this->ExpectSame([](Script& script) { script.fail = Error{.code = Errc::kNotFound, .message = {}}; });
}

TYPED_TEST(RoundTripTest, OffersTenThousandValuesToASink) {
  this->ExpectSame([](Script& script) { script.many = 10'000; });
}

TYPED_TEST(RoundTripTest, StopsWhenTheSinkWantsNoMore) {
  this->ExpectSame([](Script& script) { script.many = 100; }, 2);
}

TYPED_TEST(RoundTripTest, TurnsEveryExceptionIntoAnInternalError) {
  struct Odd {};
  const std::function<void()> throwers[] = {[] { throw std::runtime_error("the text of it"); },
                                            [] { throw std::bad_alloc(); }, [] { throw 42; }, [] { throw Odd(); },
                                            [] { throw std::runtime_error(std::string(300, 'x')); }};
  const std::string texts[] = {
      "error=10 the text of it", "error=10 std::bad_alloc", "error=10 an exception that is no std::exception",
      "error=10 an exception that is no std::exception", "error=10 " + std::string(239, 'x') + " "};
  for (std::size_t i = 0; i < std::size(throwers); ++i) {
    Script script;
    script.before = throwers[i];

    const auto transcript = this->Transcript(script, true, 10);

    EXPECT_NE(transcript.find(texts[i]), std::string::npos) << transcript.substr(0, 2000);
  }
}

TYPED_TEST(RoundTripTest, NeverCallsThePluginWhileItsObserverRefuses) {
  using Iface = typename TestFixture::Interface;
  Script script;
  RecordingObserver observer;
  auto used = ThroughTable<Iface>(std::make_unique<typename TestFixture::Fake>(script), observer);
  observer.refusal = Error{.code = Errc::kInternal, .message = "quarantined"};
  std::ostringstream got;
  Taker taker(got);

  Steps(*used, taker);

  EXPECT_EQ(script.seen.str().find("id="), std::string::npos) << script.seen.str();
  EXPECT_NE(got.str().find("error=10 quarantined"), std::string::npos);
}

TYPED_TEST(RoundTripTest, TellsItsObserverOfEachCallOnce) {
  using Iface = typename TestFixture::Interface;
  Script script;
  RecordingObserver observer;
  auto used = ThroughTable<Iface>(std::make_unique<typename TestFixture::Fake>(script), observer);
  std::ostringstream got;
  Taker taker(got);

  Steps(*used, taker);
  used.reset();

  std::vector<std::string> asked_first;
  for (const auto& outcome : observer.outcomes) {
    static const std::vector<std::string_view> kUnasked{
        "accepts", "length_preserving", "body_close", "interests", "traits", "routes", "destroy"};
    if (std::find(kUnasked.begin(), kUnasked.end(), outcome.method) == kUnasked.end())
      asked_first.emplace_back(outcome.method);
  }
  EXPECT_EQ(asked_first, observer.let_through);
  EXPECT_EQ(observer.last().method, "destroy");
}

TEST(OutcomeTest, SaysTheBudgetOfACallAndOfNone) {
  Script script;
  RecordingObserver observer;
  auto resolver = ThroughTable<Resolver>(std::make_unique<FakeResolver>(script), observer);
  sluice_call call = BareCall();
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  call.deadline_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() - 1;

  (void)resolver->Resolve(Call(BareCall()), {});
  (void)resolver->Resolve(Call(call), {});

  EXPECT_EQ(observer.outcomes[0].budget, std::chrono::steady_clock::duration::max());
  EXPECT_LT(observer.outcomes[1].budget.count(), 0);
  EXPECT_FALSE(observer.outcomes[0].overrun());
  EXPECT_TRUE(observer.outcomes[1].overrun());
  EXPECT_FALSE(observer.outcomes[1].overrun(std::chrono::hours(1)));
}

TEST(OutcomeTest, CountsASlowViewerAsTimeInTheHost) {
  struct SlowWriter final : Taker {
    using Taker::Taker;
    Status Write(std::span<const std::byte>) override {
      const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
      while (std::chrono::steady_clock::now() < until) {
      }
      return Ok();
    }
  };
  Script script;
  RecordingObserver observer;
  auto endpoint = ThroughTable<Endpoint>(std::make_unique<FakeEndpoint>(script), observer);
  std::ostringstream got;
  SlowWriter writer(got);

  (void)endpoint->Handle(Call(BareCall()), 0, {}, {}, writer);

  EXPECT_GE(observer.last().in_host, std::chrono::milliseconds(6));
  EXPECT_GE(observer.last().elapsed, observer.last().in_host);
}

}  // namespace
}  // namespace sluice::sdk::abi_test

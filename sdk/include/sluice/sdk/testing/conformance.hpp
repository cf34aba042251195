// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the conformance suites of all kinds share: fixtures, registration, and the rules that hold for every call.
/// Needs GoogleTest, as the conformance_*.hpp do; nothing else of the SDK does.

#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/fake_host.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

/// What a suite has to know of the component under test. Each kind derives its own; an author derives from that, sets
/// the fields in the constructor and scripts the upstream in Prepare.
struct ConformanceFixture {
  virtual ~ConformanceFixture() = default;
  /// Before each test's instance is made.
  virtual void Prepare(FakeHost&) {}

  TestConfig config;
  /// The component asks a server through host.http() in each call. Then a call that is over must end with kCancelled or
  /// kDeadlineExceeded; a component that answers at once may also just answer.
  bool waits_for_upstream = false;
  /// Values that must never show in a log line, a metric or an error.
  std::vector<std::string> secrets;
};

/// One test instance: fixture, fake host, component. Base of each kind's suite: Interface is the SDK's class of that
/// kind, Fixture what its suite has to know.
template <typename Interface, typename Fixture>
class ConformanceSuite : public ::testing::Test {
 public:
  /// Makes the component under test.
  using Create = Result<ThroughAbi<Interface>> (*)(TestConfig, FakeHost&);

  ConformanceSuite(std::unique_ptr<Fixture> fixture, Create create) : fixture_(std::move(fixture)), create_(create) {}

 protected:
  void SetUp() override {
    fixture_->Prepare(host_);
    auto made = create_(fixture_->config, host_);
    ASSERT_TRUE(made) << made.error().message;
    instance_.emplace(*std::move(made));
  }
  void TearDown() override {
    for (const auto& secret : fixture_->secrets) {
      EXPECT_EQ(host_.log.Text().find(secret), std::string::npos) << "a secret shows in the log";
      EXPECT_EQ(host_.metrics.Text().find(secret), std::string::npos) << "a secret shows in a metric";
    }
    if (instance_)
      for (const auto& method : instance_->violations()) ADD_FAILURE() << method << " broke a rule of the boundary";
    for (const auto& asked : host_.http.unexpected()) ADD_FAILURE() << "no answer scripted for " << asked;
  }

  auto& subject() { return **instance_; }
  Fixture& fixture() { return *fixture_; }
  FakeHost& host() { return host_; }

  /// The code of what a method answered; nothing: it succeeded. Fails on errors that no method may answer.
  template <typename Answer>
  std::optional<Errc> CodeOf(const Answer& answer) const {
    if (answer) return std::nullopt;
    const Error& error = answer.error();
    EXPECT_NE(error.code, Errc::kInternal) << error.message;
    EXPECT_FALSE(error.message.empty()) << "an error without a message";
    for (const auto& secret : fixture_->secrets)
      EXPECT_EQ(error.message.find(secret), std::string::npos) << "a secret shows in an error";
    return error.code;
  }
  /// `call_it(const Call&)` calls one method. A call that is over ends soon: with `over`, or with an answer when the
  /// component does not wait for anybody.
  template <typename Function>
  void ExpectStops(const TestCall& call, Errc over, Function call_it) {
    const auto begin = std::chrono::steady_clock::now();
    const auto code = CodeOf(call_it(call));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
    if (fixture_->waits_for_upstream) {
      EXPECT_EQ(code, over);
    } else if (code == Errc::kCancelled || code == Errc::kDeadlineExceeded) {
      EXPECT_EQ(code, over);
    }
  }
  template <typename Function>
  void ExpectEndsEarly(Function call_it) {
    ExpectStops(CancelledCall(), Errc::kCancelled, call_it);
    ExpectStops(ExpiredCall(), Errc::kDeadlineExceeded, call_it);
    if (fixture_->waits_for_upstream) ExpectStopsWhenTheViewerLeaves(call_it);
  }
  /// The same answer to eight threads that ask at once.
  template <typename Function>
  void ExpectSafeFromManyThreads(Function call_it) {
    const auto alone = CodeOf(call_it(AnyCall()));
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 25; ++n) EXPECT_EQ(CodeOf(call_it(AnyCall())), alone);
      });
    for (auto& thread : threads) thread.join();
  }

 private:
  template <typename Function>
  void ExpectStopsWhenTheViewerLeaves(Function call_it) {
    TestCall call;
    const auto before = host_.http.requests().size();
    host_.http.Hang();
    std::optional<Errc> code;
    std::thread caller([&] { code = CodeOf(call_it(call)); });
    EXPECT_TRUE(host_.http.WaitForRequests(before + 1)) << "waits_for_upstream, but nothing was asked";
    const auto left = std::chrono::steady_clock::now();
    call.Cancel();
    caller.join();
    EXPECT_LT(std::chrono::steady_clock::now() - left, std::chrono::seconds(2));
    EXPECT_EQ(code, Errc::kCancelled);
  }

  const std::unique_ptr<Fixture> fixture_;
  const Create create_;
  FakeHost host_;
  std::optional<ThroughAbi<Interface>> instance_;
};

namespace internal {
/// One rule of a suite.
template <typename Suite>
struct ConformanceRule {
  const char* name;
  void (Suite::*check)();
};

/// A suite about one component.
template <typename Suite, typename Component, typename Fixture>
class ConformanceSubject : public Suite {
 public:
  ConformanceSubject()
      : Suite(std::make_unique<Fixture>(),
              [](TestConfig config, FakeHost& host) { return CreateThroughAbi<Component>(std::move(config), host); }) {}
};

template <typename Suite, typename Component, typename Fixture>
class ConformanceTest final : public ConformanceSubject<Suite, Component, Fixture> {
 public:
  explicit ConformanceTest(void (Suite::*check)()) : check_(check) {}
  void TestBody() override { (this->*check_)(); }

 private:
  void (Suite::*check_)();
};

template <typename Suite, typename Component, typename Fixture>
bool RegisterConformance(const char* name, const char* file, int line) {
  for (const auto& rule : Suite::Rules())
    ::testing::RegisterTest(name, rule.name, nullptr, nullptr, file, line, [check = rule.check]() -> Suite* {
      return new ConformanceTest<Suite, Component, Fixture>(check);
    });
  return true;
}
}  // namespace internal

/// Whether `url` has a scheme, something behind "://", and no white space.
inline bool IsAbsoluteUrl(std::string_view url) {
  const auto mark = url.find("://");
  return mark != std::string_view::npos && mark > 0 && mark + 3 < url.size() &&
         url.find_first_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace sluice::sdk::testing

#define SLUICE_CONFORMANCE_NAME_2(line) sluice_conformance_of_line_##line
#define SLUICE_CONFORMANCE_NAME(line) SLUICE_CONFORMANCE_NAME_2(line)
/// Registers every rule of `Suite` for `Component`. Use the macro of the kind: SLUICE_STORE_CONFORMANCE and so on.
#define SLUICE_CONFORMANCE(Suite, Component, Fixture)                                                           \
  [[maybe_unused]] static const bool SLUICE_CONFORMANCE_NAME(__LINE__) =                                        \
      ::sluice::sdk::testing::internal::RegisterConformance<::sluice::sdk::testing::Suite, Component, Fixture>( \
          #Suite "/" #Fixture, __FILE__, __LINE__)

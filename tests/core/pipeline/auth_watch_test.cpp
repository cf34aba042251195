// SPDX-License-Identifier: MIT
#include "core/pipeline/auth_watch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/pipeline/principals.hpp"
#include "core/pipeline/revocations.hpp"
#include "tests/core/http/raw_client.hpp"
#include "tests/core/pipeline/fake_components.hpp"

namespace sluice::pipeline::testing {
namespace {

using http::testing::Eventually;

class AuthWatchTest : public ::testing::Test {
 protected:
  Snapshot With(InstancePtr instance) const {
    Snapshot snapshot;
    auto& component = snapshot.components["component"];
    component.interests = instance->As<sdk::AuthBackend>()->Interests();
    component.instance = std::move(instance);
    return snapshot;
  }
  InstancePtr WatchedBy(decltype(FakeAuth::watch) watch) const {
    FakeAuth fake;
    fake.watch = std::move(watch);
    return InstanceOf<sdk::AuthBackend>(std::move(fake));
  }

  Principals principals_;
  Revocations revocations_;
  AuthWatch watch_{principals_, revocations_};
};

TEST_F(AuthWatchTest, HearsWhoIsRevokedAndRestored) {
  std::atomic<int> step = 0;
  watch_.Follow(With(WatchedBy([&](const sdk::Call& call, sdk::RevocationSink& out) {
    out.Put("ann", true);
    out.Put("bob", true);
    while (step == 0 && !call.cancelled()) std::this_thread::yield();
    out.Put("ann", false);
    while (!call.cancelled()) std::this_thread::yield();
    return sdk::Ok();
  })));

  EXPECT_TRUE(Eventually([&] { return revocations_.Has("component", "bob"); }));
  EXPECT_TRUE(revocations_.Has("component", "ann"));
  step = 1;
  EXPECT_TRUE(Eventually([&] { return !revocations_.Has("component", "ann"); }));
  EXPECT_TRUE(revocations_.Has("component", "bob"));
}

TEST_F(AuthWatchTest, AsksAgainAfterAFailure) {
  std::atomic<int> asked = 0;
  watch_.Follow(With(WatchedBy([&](const sdk::Call&, sdk::RevocationSink& out) -> sdk::Status {
    if (++asked == 1) return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "away"};
    out.Put("ann", true);
    return sdk::Ok();
  })));

  EXPECT_TRUE(Eventually([&] { return revocations_.Has("component", "ann"); }));
}

TEST_F(AuthWatchTest, LeavesABackendThatTheNextConfigurationDoesNotHave) {
  std::atomic<int> watching = 0;
  const auto instance = WatchedBy([&](const sdk::Call& call, sdk::RevocationSink&) {
    ++watching;
    while (!call.cancelled()) std::this_thread::yield();
    --watching;
    return sdk::Ok();
  });
  const auto snapshot = With(instance);
  watch_.Follow(snapshot);
  ASSERT_TRUE(Eventually([&] { return watching == 1; }));
  watch_.Follow(snapshot);
  EXPECT_EQ(watching, 1) << "it is the same";

  watch_.Follow(Snapshot());

  EXPECT_EQ(watching, 0);
}

}  // namespace
}  // namespace sluice::pipeline::testing

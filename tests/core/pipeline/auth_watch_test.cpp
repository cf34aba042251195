// SPDX-License-Identifier: MIT
#include "core/pipeline/auth_watch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sluice/sdk/testing/calls.hpp>
#include <thread>

#include "core/pipeline/principals.hpp"
#include "core/pipeline/revocations.hpp"
#include "core/state/database.hpp"
#include "core/state/revocation_table.hpp"
#include "tests/core/http/raw_client.hpp"
#include "tests/core/pipeline/fake_components.hpp"
#include "tests/fakes/nginx.hpp"

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

TEST_F(AuthWatchTest, WhatWasRevokedHoldsAfterARestart) {
  const fakes::TempFolder folder;
  const auto database = state::MakeDatabase("sqlite:" + (folder.path() / "test.db").string());
  state::RevocationTable table(*database);
  const sdk::testing::TestCall call;
  {
    AuthWatch before(principals_, revocations_, &table);
    before.Follow(With(WatchedBy([](const sdk::Call&, sdk::RevocationSink& out) {
      out.Put("ann", true);
      out.Put("bob", true);
      out.Put("bob", false);
      return sdk::Ok();
    })));
    ASSERT_TRUE(Eventually([&] {
      const auto kept = table.Load(call);
      return kept && kept->size() == 1;
    }));
  }
  Revocations after_restart;
  AuthWatch after(principals_, after_restart, &table);

  ASSERT_TRUE(after.Recall(call));

  EXPECT_TRUE(after_restart.Has("component", "ann"));
  EXPECT_FALSE(after_restart.Has("component", "bob"));
}

TEST_F(AuthWatchTest, CutsAtOnceAndKeepsLaterWhenTheDatabaseIsAway) {
  const fakes::TempFolder folder;
  const auto file = folder.path() / "none/test.db";
  std::ofstream(folder.path() / "none") << "a file where a folder is wanted";
  const auto database = state::MakeDatabase("sqlite:" + file.string());
  state::RevocationTable table(*database);
  AuthWatch watch(principals_, revocations_, &table);
  std::atomic<int> watched = 0;
  watch.Follow(With(WatchedBy([&](const sdk::Call&, sdk::RevocationSink& out) {
    if (++watched == 1) out.Put("ann", true);
    return sdk::Ok();
  })));
  EXPECT_TRUE(Eventually([&] { return revocations_.Has("component", "ann"); }));

  std::filesystem::remove(folder.path() / "none");

  const sdk::testing::TestCall call;
  EXPECT_TRUE(Eventually([&] {
    const auto kept = table.Load(call);
    return kept && kept->size() == 1;
  })) << "before a later watch";
}

TEST_F(AuthWatchTest, WhoWasRestoredWhileTheDatabaseWasAwayStaysSo) {
  const fakes::TempFolder folder;
  const auto place = folder.path() / "state", elsewhere = folder.path() / "elsewhere";
  const auto url = "sqlite:" + (place / "test.db").string();
  const sdk::testing::TestCall call;
  ASSERT_TRUE(state::RevocationTable(*state::MakeDatabase(url))
                  .Keep(call, {"component", "ann", std::chrono::system_clock::now() + std::chrono::hours(1)}));
  std::filesystem::rename(place, elsewhere);
  std::ofstream(place) << "a file where a folder is wanted";
  const auto database = state::MakeDatabase(url);
  state::RevocationTable table(*database);
  AuthWatch watch(principals_, revocations_, &table);
  std::atomic<int> watched = 0;
  watch.Follow(With(WatchedBy([&](const sdk::Call& asked, sdk::RevocationSink& out) {
    if (++watched == 1) {
      out.Put("ann", false);
      std::filesystem::remove(place);
      std::filesystem::rename(elsewhere, place);
      return sdk::Ok();
    }
    while (!asked.cancelled()) std::this_thread::yield();
    return sdk::Ok();
  })));

  ASSERT_TRUE(Eventually([&] { return watched > 1; })) << "and before that everything is recalled and written";

  EXPECT_FALSE(revocations_.Has("component", "ann"));
  const auto kept = table.Load(call);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_TRUE(kept->empty());
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

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A TorBox component before a fake TorBox that holds a show, an NZB and a web link; and what became of a call.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/sinks.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fakes/debrid/over_fake_http.hpp"
#include "tests/fakes/debrid/torbox.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"
#include "torbox.hpp"

namespace sluice::plugins::torbox {

using namespace std::chrono_literals;
using fakes::debrid::FakeTorBox;
using fakes::debrid::Kind;
using sdk::Content;
using sdk::Errc;
using sdk::ItemState;
using sdk::Reason;
using sdk::testing::AnyCall;
using sdk::testing::CollectedItems;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

inline const std::string kBase = "https://api.torbox.app";
inline const std::string kKey = "planted0-0000-4000-8000-0000000000k1";
inline const std::string kOtherKey = "planted0-0000-4000-8000-0000000000k2";
inline const std::string kShow(40, 'a');
inline const std::string kRare(40, 'b');
inline const std::string kUnheardOf(40, 'c');
inline const std::string kNzb = "https://indexer.example/api?t=get&id=7&apikey=planted-indexer-key";
inline const std::string kPage = "https://hoster.example/f/1";

inline std::string Magnet(const std::string& hash) { return "magnet:?xt=urn:btih:" + hash; }
inline std::string NumberedHash(int i) {
  const auto digits = std::to_string(i);
  return std::string(40 - digits.size(), '0') + digits;
}

/// What every test's TorBox holds.
inline void Stock(FakeTorBox& torbox) {
  auto& world = torbox.world();
  world.AddAccount({.key = kKey, .id = 71, .plan = 2});
  world.AddAccount({.key = kOtherKey, .id = 72, .plan = 0});
  world.AddContent({.hash = kShow,
                    .name = "Show.S01",
                    .files = {{"Show S01/e1.mkv", 700}, {"Show S01/sub/e2.mkv", 800}, {"Show S01/info.nfo", 1}}});
  world.AddContent({.hash = kRare, .name = "Rare", .files = {{"rare.mkv", 900}}, .cached = false, .is_private = true});
  world.AddContent({.kind = Kind::kUsenet,
                    .hash = fakes::debrid::HashOf(Kind::kUsenet, kNzb, {}),
                    .name = "Film",
                    .files = {{"Film/film.mkv", 500}}});
  world.AddContent({.kind = Kind::kWeb,
                    .hash = fakes::debrid::HashOf(Kind::kWeb, kPage, {}),
                    .name = "page.mp4",
                    .files = {{"page.mp4", 50}}});
}

class TorBoxTest : public ::testing::Test {
 protected:
  TorBoxTest() {
    Stock(torbox_);
    fakes::debrid::Serve(torbox_, host_.http, kBase);
    Make({});
  }
  void TearDown() override {
    EXPECT_THAT(host_.log.Text() + host_.metrics.Text(), Not(HasSubstr("planted")));
    EXPECT_THAT(world().violations(), IsEmpty());
    EXPECT_EQ(world().crossed(), 0U) << "a limit of the store was crossed";
    EXPECT_THAT(store_->violations(), IsEmpty());
    for (const auto& [key, value] : host_.kv.entries()) EXPECT_THAT(key + value, Not(HasSubstr("planted")));
    EXPECT_THAT(host_.http.unexpected(), IsEmpty());
  }
  void Make(const TestConfig& config) {
    auto made = sdk::testing::CreateThroughAbi<TorBox>(config, host_);
    ASSERT_TRUE(made) << made.error().message;
    store_.emplace(*std::move(made));
  }

  fakes::debrid::World& world() { return torbox_.world(); }
  sdk::Store& store() { return **store_; }
  std::size_t Asked(std::string_view endpoint) { return world().Requests(endpoint); }
  sdk::Result<sdk::Item> Add(const std::string& hash) { return Order({.uri = Magnet(hash)}); }
  sdk::Result<sdk::Item> Order(const sdk::StoreOrder& order) { return Checked(store().Add(AnyCall(), user_, order)); }
  sdk::Result<sdk::Item> Get(std::string_view id) { return Checked(store().Get(AnyCall(), user_, id)); }
  sdk::Result<sdk::Source> Link(std::string_view id, std::string_view file) {
    return Checked(store().Link(AnyCall(), user_, id, file));
  }
  template <typename Answer>
  Answer Checked(Answer answer) {
    if (!answer) {
      EXPECT_THAT(answer.error().message, Not(HasSubstr("planted")));
    }
    return answer;
  }
  template <typename Answer>
  static std::optional<Errc> CodeOf(const Answer& answer) {
    return answer ? std::nullopt : std::optional(answer.error().code);
  }

  FakeHost host_;
  FakeTorBox torbox_{kBase, [this] { return host_.clock.Now(); }};
  sdk::StoreUser user_{.token = kKey, .client_ip = "203.0.113.5"};
  std::optional<sdk::testing::ThroughAbi<sdk::Store>> store_;
};

}  // namespace sluice::plugins::torbox

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A TorBox component before a fake TorBox that holds a show, an NZB and a web link; and what became of a call.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fakes/debrid/torbox.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"
#include "tests/plugins/store/common_fixture.hpp"
#include "torbox.hpp"

namespace sluice::plugins::torbox {

using namespace store::names;
using fakes::debrid::FakeTorBox;
using sdk::testing::TestConfig;
using store::Magnet;

inline const std::string kBase = "https://api.torbox.app";
inline const std::string kKey = "planted0-0000-4000-8000-0000000000k1";
inline const std::string kOtherKey = "planted0-0000-4000-8000-0000000000k2";
inline const std::string kShow(40, 'a');
inline const std::string kRare(40, 'b');
inline const std::string kUnheardOf(40, 'c');
inline const std::string kNzb = "https://indexer.example/api?t=get&id=7&apikey=planted-indexer-key";
inline const std::string kPage = "https://hoster.example/f/1";

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

class TorBoxTest : public store::StoreTest<TorBox, FakeTorBox> {
 protected:
  TorBoxTest() : StoreTest(kBase, kKey, &Stock) {}

  FakeTorBox& torbox_ = fake_;
};

}  // namespace sluice::plugins::torbox

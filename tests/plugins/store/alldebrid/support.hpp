// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// An AllDebrid component before a fake AllDebrid that knows a show, a rare film and a web link.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "alldebrid.hpp"
#include "tests/fakes/debrid/alldebrid.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"
#include "tests/plugins/store/common_fixture.hpp"

namespace sluice::plugins::alldebrid {

using namespace store::names;
using fakes::debrid::FakeAllDebrid;

inline const std::string kBase = "https://api.alldebrid.com";
inline const std::string kKey = "plantedKey0000000001";
inline const std::string kOtherKey = "plantedKey0000000002";
inline const std::string kShow(40, 'a');
inline const std::string kRare(40, 'b');
inline const std::string kUnheardOf(40, 'c');
inline const std::string kPage = "https://hoster.example/f/1";
inline const std::string kPageHash = fakes::debrid::HashOf(Kind::kWeb, kPage, {});

/// What every test's AllDebrid knows.
inline void Stock(FakeAllDebrid& store) {
  auto& world = store.world();
  world.AddAccount({.key = kKey, .id = 71, .plan = 2});
  world.AddAccount({.key = kOtherKey, .id = 72, .plan = 2});
  world.AddContent({.hash = kShow,
                    .name = "Show.S01",
                    .files = {{"Show S01/e1.mkv", 700},
                              {"Show S01/sub/e2.mkv", 800},
                              {"Show S01/sub/deep/e3.mkv", 900},
                              {"Show S01/info.nfo", 1}}});
  world.AddContent({.hash = kRare, .name = "rare.mkv", .files = {{"rare.mkv", 900}}, .cached = false});
  world.AddContent({.kind = Kind::kWeb, .hash = kPageHash, .name = "page.mp4", .files = {{"page.mp4", 50}}});
}

class AllDebridTest : public store::StoreTest<AllDebrid, FakeAllDebrid> {
 protected:
  AllDebridTest() : StoreTest(kBase, kKey, &Stock) {}

  sdk::Result<sdk::Item> AddPage() { return Order({.content = Content::kWeb, .uri = kPage}); }
};

}  // namespace sluice::plugins::alldebrid

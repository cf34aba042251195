// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A Real-Debrid component before a fake Real-Debrid that knows a show, a rare film, a book and a web link.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "realdebrid.hpp"
#include "tests/fakes/debrid/realdebrid.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"
#include "tests/plugins/store/common_fixture.hpp"

namespace sluice::plugins::realdebrid {

using namespace store::names;
using fakes::debrid::FakeRealDebrid;
using store::Magnet;

inline const std::string kBase = "https://api.real-debrid.com";
inline const std::string kKey = "PLANTED0planted0planted0planted0planted0planted0pla1";
inline const std::string kOtherKey = "PLANTED0planted0planted0planted0planted0planted0pla2";
inline const std::string kShow(40, 'a');
inline const std::string kRare(40, 'b');
inline const std::string kBook(40, 'd');
inline const std::string kUnheardOf(40, 'c');
inline const std::string kPage = "https://hoster.example/f/1";

/// What every test's Real-Debrid knows.
inline void Stock(FakeRealDebrid& store) {
  auto& world = store.world();
  world.AddAccount({.key = kKey, .id = 71, .plan = 1});
  world.AddAccount({.key = kOtherKey, .id = 72, .plan = 1});
  world.AddContent({.hash = kShow,
                    .name = "Show S01",
                    .files = {{"Show S01/e1.mkv", 700}, {"Show S01/info.nfo", 1}, {"Show S01/sub/e2.MKV", 800}}});
  world.AddContent({.hash = kRare, .name = "Rare", .files = {{"rare.mkv", 900}}, .cached = false});
  world.AddContent({.hash = kBook, .name = "Book", .files = {{"Book/a.txt", 5}, {"Book/b.txt", 6}}});
  world.AddContent({.kind = Kind::kWeb,
                    .hash = fakes::debrid::HashOf(Kind::kWeb, kPage, {}),
                    .name = "page.mp4",
                    .files = {{"page.mp4", 50}}});
}

class RealDebridTest : public store::StoreTest<RealDebrid, FakeRealDebrid> {
 protected:
  RealDebridTest() : StoreTest(kBase, kKey, &Stock) {}

  /// The body of the last request of that method to a URL that ends so.
  std::string LastBody(const std::string& method, const std::string& end) {
    std::string body = "none";
    for (const auto& request : host_.http.requests())
      if (request.method == method && request.url.ends_with(end)) body = request.body;
    return body;
  }
};

}  // namespace sluice::plugins::realdebrid

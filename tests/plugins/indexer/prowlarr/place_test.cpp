// SPDX-License-Identifier: MIT
#include "place.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice::plugins::prowlarr {
namespace {

std::string TextOf(std::string_view url) {
  const auto address = indexer::ReadAddress(url);
  if (!address) return "error: " + address.error().message;
  const auto place = PlaceOf(*address);
  return place ? place->base + " " + std::to_string(place->indexer) : "error: " + place.error().message;
}

TEST(PlaceTest, FindsAProwlarrInEveryForm) {
  EXPECT_EQ(TextOf("https://p.example"), "https://p.example 0");
  EXPECT_EQ(TextOf("https://p.example/sub/"), "https://p.example/sub 0");
  EXPECT_EQ(TextOf("https://p.example/sub/api"), "https://p.example/sub 0");
  EXPECT_EQ(TextOf("https://p.example/api/v1"), "https://p.example 0");
  EXPECT_EQ(TextOf("https:p.example::all"), "https://p.example 0");
  EXPECT_EQ(TextOf("all:::https://p.example"), "https://p.example 0");
  EXPECT_EQ(TextOf("https://p.example/api/v2.0/indexers/all/results/torznab"), "https://p.example 0");
}

TEST(PlaceTest, FindsOneIndexOfIt) {
  EXPECT_EQ(TextOf("https:p.example:9696::12"), "https://p.example:9696 12");
  EXPECT_EQ(TextOf("https://p.example/12/api"), "https://p.example 12");
  EXPECT_EQ(TextOf("https://p.example/sub/12"), "https://p.example/sub 12");
  EXPECT_EQ(TextOf("https://p.example/api/v1/indexer/12/newznab"), "https://p.example 12");
  EXPECT_EQ(TextOf("http://10"), "http://10 0") << "a host is no index";
}

TEST(PlaceTest, RefusesIndexesThatAreNoNumbers) {
  EXPECT_EQ(TextOf("https:p.example::yts"), "error: url: want the number of an index, or all");
  EXPECT_EQ(TextOf("https:p.example::0"), "error: url: want the number of an index, or all");
}

}  // namespace
}  // namespace sluice::plugins::prowlarr

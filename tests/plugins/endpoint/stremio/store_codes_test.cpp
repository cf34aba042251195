// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/store_codes.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace sluice::plugins::stremio {
namespace {

TEST(StremioStoreCodesTest, NameEachStore) {
  for (const std::string_view code : {"ad", "dl", "dr", "ed", "oc", "pm", "pp", "rd", "st", "tb", "ti"}) {
    EXPECT_FALSE(StoreNameOf(code).empty()) << code;
    EXPECT_EQ(StoreCodeOf(StoreNameOf(code)), code);
  }
  EXPECT_EQ(StoreNameOf("tb"), "torbox");
  EXPECT_EQ(StoreNameOf("rd"), "realdebrid");
}

TEST(StremioStoreCodesTest, NameNothingElse) {
  for (const std::string_view code : {"", "p2p", "TB", "torbox", "xx"}) EXPECT_EQ(StoreNameOf(code), "") << code;
  EXPECT_EQ(StoreCodeOf("tb"), "");
  EXPECT_EQ(StoreCodeOf(""), "");
}

}  // namespace
}  // namespace sluice::plugins::stremio

// SPDX-License-Identifier: MIT
#include "header_stamp.hpp"

#include <gtest/gtest.h>
#include <sluice/sdk/testing/conformance_filter.hpp>

namespace example {
namespace {

using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::RecordedHead;

struct Fixture : sdk::testing::FilterFixture {
  Fixture() { config = {{"/set/X-Stamp", "one"}, {"/remove/0", "Server"}}; }
};
SLUICE_FILTER_CONFORMANCE(HeaderStamp, Fixture);

TEST(HeaderStampTest, SetsAndRemovesFieldsOfResponses) {
  auto filter = CreateThroughAbi<HeaderStamp>(R"({"set": {"X-Stamp": "one", "cache-control": "no-store"},
                                                  "remove": ["server"]})");
  ASSERT_TRUE(filter) << filter.error().message;
  RecordedHead head({{"Server", "origin"}, {"Cache-Control", "max-age=60"}, {"Content-Type", "video/mp4"}});

  const auto status = (*filter)->OnResponse(AnyCall(), {.status = 200}, head);

  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(head.headers, (std::vector<sdk::Header>{
                              {"Content-Type", "video/mp4"}, {"X-Stamp", "one"}, {"cache-control", "no-store"}}));
}

TEST(HeaderStampTest, RefusesFieldsThatWouldBreakTheHead) {
  const auto name = CreateThroughAbi<HeaderStamp>(R"({"set": {"a b": "1"}})");
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().message, "/set: \"a b\" is no header field name");

  const auto value = CreateThroughAbi<HeaderStamp>(R"({"set": {"X-A": "1\r\nX-B: 2"}})");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "/set/X-A: want one line");

  const auto removed = CreateThroughAbi<HeaderStamp>(R"({"remove": [""]})");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().message, "/remove: \"\" is no header field name");
}

}  // namespace
}  // namespace example

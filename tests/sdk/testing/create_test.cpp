// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/sinks.hpp>

#include "tests/sdk/testing/toys.hpp"

namespace sluice::sdk::testing {
namespace {

TEST(CreateThroughAbiTest, CallsTheClassBehindItsTable) {
  auto backend = CreateThroughAbi<ToyAuth>();
  ASSERT_TRUE(backend) << backend.error().message;

  const auto principal = (*backend)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = "right"});

  ASSERT_TRUE(principal && principal->has_value());
  EXPECT_EQ((*principal)->subject, "user:1");
  EXPECT_EQ(dynamic_cast<ToyAuth*>(backend->get()), nullptr) << "the class itself, not an adapter over its table";
  EXPECT_TRUE(backend->violations().empty());
}

TEST(CreateThroughAbiTest, HandsOnWhatCreateRefuses) {
  const auto refused = CreateThroughAbi<ToyAuth>({{"/fault", "create"}});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kInvalidArgument);
  EXPECT_EQ(refused.error().message, "/fault: as asked");
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds(2));
}

TEST(CreateThroughAbiTest, ChecksTheConfigurationFirst) {
  const auto refused = CreateThroughAbi<ToyAuth>({{"/fautl", "throw"}});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "/fautl: unknown key");
}

TEST(CreateThroughAbiTest, GivesTheInstanceTheTestsHost) {
  FakeHost host;
  host.http.Answer("GET", kToyUpstream, {.status = 200});
  auto store = CreateThroughAbi<ToyStore>(R"({"upstream": true})", host);
  ASSERT_TRUE(store) << store.error().message;

  CollectedItems items;
  const std::string_view asked[] = {ToyStore::kHash};
  const auto status = (*store)->Check(AnyCall(), {.token = "t"}, Content::kTorrent, asked, items);

  ASSERT_TRUE(status) << status.error().message;
  ASSERT_EQ(items.values.size(), 1U);
  EXPECT_EQ(items.values[0].state, ItemState::kCached);
  EXPECT_EQ(host.http.requests().size(), 1U);
}

TEST(CreateThroughAbiTest, TurnsExceptionsIntoInternalErrors) {
  auto resolver = CreateThroughAbi<ToyResolver>({{"/fault", "throw"}});
  ASSERT_TRUE(resolver) << resolver.error().message;

  TestRequest request("GET", "/");
  const auto source = (*resolver)->Resolve(AnyCall(), request.head());

  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Errc::kInternal);
  EXPECT_NE(source.error().message.find("out of order"), std::string::npos) << source.error().message;
}

TEST(CreateThroughAbiTest, KnowsRoutesAndBodiesOfTheOtherKinds) {
  auto endpoint = CreateThroughAbi<ToyEndpoint>();
  auto filter = CreateThroughAbi<ToyFilter>();
  ASSERT_TRUE(endpoint && filter);

  EXPECT_EQ((*endpoint)->Routes().at(0).path_template, "/hello");
  auto body = (*filter)->OpenBody(AnyCall(), {.status = 200});
  ASSERT_TRUE(body && *body != nullptr);
  CollectedBytes out;
  ASSERT_TRUE((*body)->Write(AsBytes("abc"), out));
  EXPECT_EQ(out.text, "ABC");
}

}  // namespace
}  // namespace sluice::sdk::testing

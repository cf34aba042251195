// SPDX-License-Identifier: MIT
#include "shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/testing/conformance_store.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>

namespace sluice::plugins::shelf {
namespace {

using sdk::testing::AnyCall;
using sdk::testing::CollectedItems;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kFirst = "0123456789abcdef0123456789abcdef01234567";
constexpr std::string_view kFirstBase32 = "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH";
constexpr std::string_view kSecond = "ffffffffffffffffffffffffffffffffffffffff";
constexpr std::string_view kUnknown = "1111111111111111111111111111111111111111";
constexpr sdk::StoreUser kUser{.token = "planted-shelf-key", .client_ip = "192.0.2.10"};

TestConfig TwoItems() {
  return TestConfig(R"({"token": "planted-shelf-key", "items": [
    {"hash": "0123456789ABCDEF0123456789abcdef01234567", "name": "A clip", "files": [
      {"path": "clip/a.mp4", "url": "https://media.example/a.mp4", "size_bytes": 700},
      {"path": "clip/a.srt", "url": "file:///srv/a%20b.srt", "size_bytes": 7}]},
    {"hash": "77777777777777777777777777777777", "name": "Another", "files": [
      {"path": "b.mkv", "url": "http://media.example:8081/b.mkv?sig=x"}]}]})");
}

std::string RefusalOf(const TestConfig& config) {
  FakeHost host;
  const auto made = CreateThroughAbi<Shelf>(config, host);
  EXPECT_THAT(host.log.Text(), Not(HasSubstr("planted")));
  if (made) return "created";
  EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_THAT(made.error().message, Not(HasSubstr("planted")));
  return made.error().message;
}

TEST(ShelfTest, ChecksOnlyWhatItHolds) {
  FakeHost host;
  auto store = CreateThroughAbi<Shelf>(TwoItems(), host);
  ASSERT_TRUE(store) << store.error().message;
  const std::string_view asked[] = {kUnknown, kSecond, kFirst};
  CollectedItems items;

  const auto status = (*store)->Check(AnyCall(), kUser, sdk::Content::kTorrent, asked, items);

  ASSERT_TRUE(status) << status.error().message;
  ASSERT_EQ(items.values.size(), 2U);
  EXPECT_EQ(items.values[0].hash, kSecond);
  EXPECT_EQ(items.values[1].hash, kFirst);
  EXPECT_EQ(items.values[1].state, sdk::ItemState::kCached);
  EXPECT_EQ(items.values[1].size_bytes, 707U);
}

TEST(ShelfTest, AddsWhatIsOnTheShelfAndNothingElse) {
  FakeHost host;
  auto store = CreateThroughAbi<Shelf>(TwoItems(), host);
  ASSERT_TRUE(store) << store.error().message;

  const auto item =
      (*store)->Add(AnyCall(), kUser, {.uri = "magnet:?xt=urn:btih:" + std::string(kFirstBase32) + "&dn=x"});
  const auto unknown = (*store)->Add(AnyCall(), kUser, {.uri = "magnet:?xt=urn:btih:" + std::string(kUnknown)});
  const auto no_magnet = (*store)->Add(AnyCall(), kUser, {.uri = "https://example.com/x.torrent"});

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->id, kFirst);
  EXPECT_EQ(item->name, "A clip");
  EXPECT_EQ(item->state, sdk::ItemState::kReady);
  ASSERT_EQ(item->files.size(), 2U);
  EXPECT_EQ(item->files[1].index, 1U);
  EXPECT_EQ(item->files[1].path, "clip/a.srt");
  EXPECT_EQ(item->files[1].size_bytes, 7U);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, sdk::Errc::kNotFound);
  EXPECT_EQ(unknown.error().message, "the item is not on the shelf");
  ASSERT_FALSE(no_magnet);
  EXPECT_EQ(no_magnet.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(no_magnet.error().message, "magnet: want a magnet URI with xt=urn:btih: and an info hash");
}

TEST(ShelfTest, ListsInTheOrderOfItsConfiguration) {
  FakeHost host;
  auto store = CreateThroughAbi<Shelf>(TwoItems(), host);
  ASSERT_TRUE(store) << store.error().message;
  CollectedItems all, second, past;

  ASSERT_TRUE((*store)->List(AnyCall(), kUser, {.offset = 0, .limit = 500}, all));
  ASSERT_TRUE((*store)->List(AnyCall(), kUser, {.offset = 1, .limit = 1}, second));
  ASSERT_TRUE((*store)->List(AnyCall(), kUser, {.offset = 0xffffffff, .limit = 0xffffffff}, past));

  ASSERT_EQ(all.values.size(), 2U);
  EXPECT_EQ(all.values[0].id, kFirst);
  ASSERT_EQ(second.values.size(), 1U);
  EXPECT_EQ(second.values[0].id, kSecond);
  EXPECT_THAT(past.values, IsEmpty());
}

TEST(ShelfTest, LinksEachFileToItsUrl) {
  FakeHost host;
  auto store = CreateThroughAbi<Shelf>(TwoItems(), host);
  ASSERT_TRUE(store) << store.error().message;

  const auto clip = (*store)->Link(AnyCall(), kUser, kFirst, "0");
  const auto subtitles = (*store)->Link(AnyCall(), kUser, kFirst, "1");
  const auto no_file = (*store)->Link(AnyCall(), kUser, kFirst, "2");
  const auto no_item = (*store)->Link(AnyCall(), kUser, kUnknown, "0");

  ASSERT_TRUE(clip && subtitles);
  EXPECT_EQ(clip->url, "https://media.example/a.mp4");
  EXPECT_EQ(subtitles->url, "file:///srv/a%20b.srt");
  ASSERT_TRUE(!no_file && !no_item);
  EXPECT_EQ(no_file.error().code, sdk::Errc::kNotFound);
  EXPECT_EQ(no_file.error().message, "the item has no such file");
  EXPECT_EQ(no_item.error().message, "the item is not on the shelf");
}

TEST(ShelfTest, RemovesNothing) {
  FakeHost host;
  auto store = CreateThroughAbi<Shelf>(TwoItems(), host);
  ASSERT_TRUE(store) << store.error().message;

  const auto held = (*store)->Remove(AnyCall(), kUser, kFirst);

  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, sdk::Errc::kUnsupported);
  EXPECT_EQ(held.error().message, "the shelf is fixed: nothing can be removed");
  EXPECT_TRUE((*store)->Get(AnyCall(), kUser, kFirst));
}

TEST(ShelfTest, AsksEveryMethodForItsKey) {
  FakeHost host;
  auto store = CreateThroughAbi<Shelf>(TwoItems(), host);
  ASSERT_TRUE(store) << store.error().message;
  const std::string magnet = "magnet:?xt=urn:btih:" + std::string(kFirst);
  const std::string_view asked[] = {kFirst};

  for (const std::string_view token : {"", "planted-wrong-key", "planted-shelf-key "}) {
    const sdk::StoreUser user{.token = token, .client_ip = {}};
    CollectedItems items;
    std::vector<sdk::Error> errors;
    const auto expect_refused = [&](const auto& answer) {
      ASSERT_FALSE(answer) << token;
      EXPECT_EQ(answer.error().code, sdk::Errc::kUnauthenticated);
      EXPECT_EQ(answer.error().message, "the key is not the shelf's");
    };
    expect_refused((*store)->GetAccount(AnyCall(), user));
    expect_refused((*store)->Check(AnyCall(), user, sdk::Content::kTorrent, asked, items));
    expect_refused((*store)->Add(AnyCall(), user, {.uri = magnet}));
    expect_refused((*store)->Get(AnyCall(), user, kFirst));
    expect_refused((*store)->List(AnyCall(), user, {}, items));
    expect_refused((*store)->Remove(AnyCall(), user, kFirst));
    expect_refused((*store)->Link(AnyCall(), user, kFirst, "0"));
    EXPECT_THAT(items.values, IsEmpty());
  }
  EXPECT_THAT(host.log.Text() + host.metrics.Text(), Not(HasSubstr("planted")));
}

TEST(ShelfTest, TakesAnyKeyWhenNoneIsConfigured) {
  FakeHost host;
  auto store = CreateThroughAbi<Shelf>(TestConfig(R"({"items": []})"), host);
  ASSERT_TRUE(store) << store.error().message;

  const auto account = (*store)->GetAccount(AnyCall(), {.token = "any", .client_ip = {}});

  ASSERT_TRUE(account) << account.error().message;
  EXPECT_EQ(account->id, "shelf");
  EXPECT_EQ(account->plan, sdk::Plan::kPremium);
}

TEST(ShelfTest, StopsWhenTheCallIsOver) {
  FakeHost host;
  auto store = CreateThroughAbi<Shelf>(TwoItems(), host);
  ASSERT_TRUE(store) << store.error().message;

  const auto cancelled = (*store)->Get(sdk::testing::CancelledCall(), kUser, kFirst);
  const auto expired = (*store)->Get(sdk::testing::ExpiredCall(), kUser, kFirst);

  ASSERT_TRUE(!cancelled && !expired);
  EXPECT_EQ(cancelled.error().code, sdk::Errc::kCancelled);
  EXPECT_EQ(expired.error().code, sdk::Errc::kDeadlineExceeded);
}

TEST(ShelfTest, RefusesAConfigurationItCannotServe) {
  EXPECT_EQ(RefusalOf(TwoItems().With("/token", " \n")), "/token: is empty; want a key, or leave it out");
  EXPECT_EQ(RefusalOf(TwoItems().With("/items/0/hash", "abc")),
            "/items/0/hash: want 40 hex digits or 32 base32 characters");
  EXPECT_EQ(RefusalOf(TwoItems().With("/items/1/hash", std::string(kFirstBase32))),
            "/items/1/hash: is on the shelf already");
  for (const auto* path : {"/a", "../a", "a/../b", "a//b", "./a", "a\\b", "a/"}) {
    EXPECT_EQ(RefusalOf(TwoItems().With("/items/0/files/1/path", path)),
              "/items/0/files/1/path: want a relative path without dot segments");
  }
  for (const auto* url : {"ftp://media.example/a", "file://server/share/a", "data:text/plain,x", "file:relative"}) {
    EXPECT_EQ(RefusalOf(TwoItems().With("/items/1/files/0/url", url)),
              "/items/1/files/0/url: want an http, https or file URL");
  }
  EXPECT_THAT(RefusalOf(TwoItems().With("/items/1/files/0/url", "b.mkv")), HasSubstr("/items/1/files/0/url: "));
}

struct KeyedShelf : sdk::testing::StoreFixture {
  KeyedShelf() {
    config = TwoItems();
    token = "planted-shelf-key";
    magnet = "magnet:?xt=urn:btih:" + std::string(kFirst);
    unknown_id = kUnknown;
  }
};
SLUICE_STORE_CONFORMANCE(Shelf, KeyedShelf);

}  // namespace
}  // namespace sluice::plugins::shelf

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rules that every store keeps: SLUICE_STORE_CONFORMANCE(Component, Fixture).

#include <sluice/sdk/store.hpp>
#include <sluice/sdk/testing/conformance.hpp>
#include <sluice/sdk/testing/sinks.hpp>

#include <algorithm>
#include <cstdint>
#include <set>

namespace sluice::sdk::testing {

struct StoreFixture : ConformanceFixture {
  std::string token = "conformance-token";
  std::string magnet;                     ///< Can be added.
  std::string unknown_id = "no-such-id";  ///< In the store's own form, and not there.
  bool ready = true;                      ///< What `magnet` names can be played at once: Link of its first file works.
};

class StoreConformance : public ConformanceSuite<Store, StoreFixture> {
 public:
  using Self = StoreConformance;
  using ConformanceSuite::ConformanceSuite;

  static std::vector<internal::ConformanceRule<Self>> Rules() {
    return {{"KnowsItsAccount", &Self::KnowsItsAccount},
            {"AnswersNothingToNoHashes", &Self::AnswersNothingToNoHashes},
            {"Takes500Hashes", &Self::Takes500Hashes},
            {"ChecksNoFurtherThanTheSinkWants", &Self::ChecksNoFurtherThanTheSinkWants},
            {"AddsTheSameItemTwice", &Self::AddsTheSameItemTwice},
            {"RefusesWhatIsNoMagnet", &Self::RefusesWhatIsNoMagnet},
            {"GetsWhatItAdded", &Self::GetsWhatItAdded},
            {"FindsNoUnknownId", &Self::FindsNoUnknownId},
            {"ListsAtMostTheLimit", &Self::ListsAtMostTheLimit},
            {"ListsNothingPastTheEnd", &Self::ListsNothingPastTheEnd},
            {"LinksToFilesThatAreThere", &Self::LinksToFilesThatAreThere},
            {"RefusesContentItDoesNotTake", &Self::RefusesContentItDoesNotTake},
            {"ForgetsWhatItRemoved", &Self::ForgetsWhatItRemoved},
            {"EndsEarlyWhenTheCallIsOver", &Self::EndsEarlyWhenTheCallIsOver},
            {"ServesManyThreads", &Self::ServesManyThreads}};
  }

 protected:
  void SetUp() override {
    fixture().secrets.push_back(fixture().token);
    ConformanceSuite::SetUp();
  }

 private:
  StoreUser User() { return {.token = fixture().token, .client_ip = "192.0.2.10"}; }
  Result<Item> Added() { return subject().Add(AnyCall(), User(), {.uri = fixture().magnet}); }
  static bool IsHash(std::string_view hash) {
    return hash.size() == 40 && hash.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  }
  void ExpectWellFormed(const Item& item) {
    EXPECT_FALSE(item.id.empty());
    EXPECT_TRUE(IsHash(item.hash)) << item.hash;
    EXPECT_EQ(item.content, Content::kTorrent);
    for (const auto& file : item.files) EXPECT_FALSE(file.path.empty() || file.path.front() == '/') << file.path;
  }

  void KnowsItsAccount() {
    const auto account = subject().GetAccount(AnyCall(), User());
    ASSERT_TRUE(account) << account.error().message;
    EXPECT_NE(account->id, fixture().token);
  }
  void AnswersNothingToNoHashes() {
    CollectedItems items;
    const auto status = subject().Check(AnyCall(), User(), Content::kTorrent, {}, items);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_TRUE(items.values.empty());
  }
  void Takes500Hashes() {
    std::vector<std::string> hashes;
    for (int i = 0; i < 500; ++i) hashes.push_back(std::string(37, 'a') + std::to_string(100 + i));
    if (const auto item = Added(); item && !item->hash.empty()) hashes.back() = item->hash;
    const std::vector<std::string_view> asked(hashes.begin(), hashes.end());
    CollectedItems items;

    const auto status = subject().Check(AnyCall(), User(), Content::kTorrent, asked, items);

    ASSERT_TRUE(status) << status.error().message;
    std::set<std::string> seen;
    for (const auto& item : items.values) {
      EXPECT_TRUE(seen.insert(item.hash).second) << item.hash << " came twice";
      EXPECT_NE(std::find(asked.begin(), asked.end(), item.hash), asked.end()) << "not asked: " << item.hash;
    }
  }
  void ChecksNoFurtherThanTheSinkWants() {
    const auto item = Added();
    ASSERT_TRUE(item) << item.error().message;
    const std::string_view asked[] = {item->hash, "0000000000000000000000000000000000000000"};
    CollectedItems items(1);
    const auto status = subject().Check(AnyCall(), User(), Content::kTorrent, asked, items);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_LE(items.values.size(), 1U);
  }
  void AddsTheSameItemTwice() {
    const auto first = Added();
    ASSERT_TRUE(first) << first.error().message;
    ExpectWellFormed(*first);
    const auto second = Added();
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(first->id, second->id);
    EXPECT_EQ(first->hash, second->hash);
  }
  void RefusesWhatIsNoMagnet() {
    for (const std::string_view text : {"", "magnet:", "https://example.com/x.torrent", "magnet:?xt=urn:btih:xyz"}) {
      const auto item = subject().Add(AnyCall(), User(), {.uri = text});
      ASSERT_EQ(CodeOf(item), Errc::kInvalidArgument) << text;
      EXPECT_EQ(item.error().reason, Reason::kInvalidMagnet) << text;
    }
  }
  void GetsWhatItAdded() {
    const auto added = Added();
    ASSERT_TRUE(added) << added.error().message;
    const auto item = subject().Get(AnyCall(), User(), added->id);
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->id, added->id);
    EXPECT_EQ(item->hash, added->hash);
  }
  void FindsNoUnknownId() {
    const std::string id = fixture().unknown_id;
    EXPECT_EQ(CodeOf(subject().Get(AnyCall(), User(), id)), Errc::kNotFound);
    EXPECT_EQ(CodeOf(subject().Link(AnyCall(), User(), id, "0")), Errc::kNotFound);
    const auto removed = CodeOf(subject().Remove(AnyCall(), User(), id));
    EXPECT_EQ(removed, subject().Traits().removes ? Errc::kNotFound : Errc::kUnsupported);
  }
  void ListsAtMostTheLimit() {
    ASSERT_TRUE(Added());
    CollectedItems items;
    const auto total = subject().List(AnyCall(), User(), {.offset = 0, .limit = 1}, items);
    ASSERT_TRUE(total) << total.error().message;
    ASSERT_LE(items.values.size(), 1U);
    EXPECT_EQ(items.values.empty(), !subject().Traits().lists) << "an item was added";
    EXPECT_GE(*total, items.values.size());
    for (const auto& item : items.values) ExpectWellFormed(item);
  }
  void ListsNothingPastTheEnd() {
    CollectedItems items;
    const auto total = subject().List(AnyCall(), User(), {.offset = 1'000'000, .limit = 500}, items);
    ASSERT_TRUE(total) << total.error().message;
    EXPECT_TRUE(items.values.empty());
  }
  void LinksToFilesThatAreThere() {
    const auto item = Added();
    ASSERT_TRUE(item) << item.error().message;
    for (const std::string_view file : {"", "no-such-file", "4294967295", "../../x"}) {
      EXPECT_EQ(CodeOf(subject().Link(AnyCall(), User(), item->id, file)), Errc::kNotFound) << file;
    }
    if (!fixture().ready) return;
    ASSERT_FALSE(item->files.empty()) << "what is ready has files";
    const auto source = subject().Link(AnyCall(), User(), item->id, item->files.front().id);
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_TRUE(IsAbsoluteUrl(source->url)) << source->url;
    EXPECT_EQ(source->url.find(fixture().token), std::string::npos) << "the token shows in a URL";
  }
  void ForgetsWhatItRemoved() {
    const auto item = Added();
    ASSERT_TRUE(item) << item.error().message;
    const auto removed = subject().Remove(AnyCall(), User(), item->id);
    if (const auto code = CodeOf(removed)) {
      EXPECT_EQ(code, Errc::kUnsupported) << removed.error().message;
      EXPECT_FALSE(subject().Traits().removes);
      return;
    }
    EXPECT_EQ(CodeOf(subject().Get(AnyCall(), User(), item->id)), Errc::kNotFound);
  }
  void RefusesContentItDoesNotTake() {
    const auto traits = subject().Traits();
    for (const auto content : {Content::kTorrent, Content::kUsenet, Content::kWeb}) {
      if (traits.Takes(content)) continue;
      CollectedItems items;
      EXPECT_EQ(CodeOf(subject().Check(AnyCall(), User(), content, {}, items)), Errc::kUnsupported);
      EXPECT_EQ(CodeOf(subject().List(AnyCall(), User(), {.content = content}, items)), Errc::kUnsupported);
      const StoreOrder order{.content = content, .uri = "https://example.com/x"};
      EXPECT_EQ(CodeOf(subject().Add(AnyCall(), User(), order)), Errc::kUnsupported);
    }
    if (traits.torrent_files) return;
    const std::byte file[] = {std::byte{'d'}, std::byte{'e'}};
    EXPECT_EQ(CodeOf(subject().Add(AnyCall(), User(), {.file = file})), Errc::kUnsupported);
  }
  void EndsEarlyWhenTheCallIsOver() {
    static constexpr std::string_view kAsked[] = {"0000000000000000000000000000000000000000"};
    ExpectEndsEarly([&](const Call& call) {
      CollectedItems items;
      return subject().Check(call, User(), Content::kTorrent, kAsked, items);
    });
    if (fixture().waits_for_upstream) return;
    ExpectEndsEarly([&](const Call& call) { return subject().Add(call, User(), {.uri = fixture().magnet}); });
  }
  void ServesManyThreads() {
    ExpectSafeFromManyThreads([&](const Call& call) {
      CollectedItems items;
      return subject().List(call, User(), {.limit = 10}, items);
    });
    ExpectSafeFromManyThreads([&](const Call& call) { return subject().Add(call, User(), {.uri = fixture().magnet}); });
  }
};

}  // namespace sluice::sdk::testing

#define SLUICE_STORE_CONFORMANCE(Component, Fixture) SLUICE_CONFORMANCE(StoreConformance, Component, Fixture)

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rules that every store keeps: SLUICE_STORE_CONFORMANCE(Component, Fixture).

#include <sluice/sdk/store.hpp>
#include <sluice/sdk/testing/conformance.hpp>
#include <sluice/sdk/testing/sinks.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
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
  Result<Item> Added() { return subject().Add(AnyCall(), User(), fixture().magnet); }
  static bool IsHash(std::string_view hash) {
    return hash.size() == 40 && hash.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  }
  void ExpectWellFormed(const Item& item) {
    EXPECT_FALSE(item.id.empty());
    EXPECT_TRUE(IsHash(item.info_hash)) << item.info_hash;
    for (const auto& file : item.files) EXPECT_FALSE(file.path.empty() || file.path.front() == '/') << file.path;
  }

  void KnowsItsAccount() {
    const auto account = subject().GetAccount(AnyCall(), User());
    ASSERT_TRUE(account) << account.error().message;
    EXPECT_NE(account->id, fixture().token);
  }
  void AnswersNothingToNoHashes() {
    CollectedItems items;
    const auto status = subject().Check(AnyCall(), User(), {}, items);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_TRUE(items.values.empty());
  }
  void Takes500Hashes() {
    std::vector<std::string> hashes;
    for (int i = 0; i < 500; ++i) hashes.push_back(std::string(37, 'a') + std::to_string(100 + i));
    if (const auto item = Added(); item && !item->info_hash.empty()) hashes.back() = item->info_hash;
    const std::vector<std::string_view> asked(hashes.begin(), hashes.end());
    CollectedItems items;

    const auto status = subject().Check(AnyCall(), User(), asked, items);

    ASSERT_TRUE(status) << status.error().message;
    std::set<std::string> seen;
    for (const auto& item : items.values) {
      EXPECT_TRUE(seen.insert(item.info_hash).second) << item.info_hash << " came twice";
      EXPECT_NE(std::find(asked.begin(), asked.end(), item.info_hash), asked.end()) << "not asked: " << item.info_hash;
    }
  }
  void ChecksNoFurtherThanTheSinkWants() {
    const auto item = Added();
    ASSERT_TRUE(item) << item.error().message;
    const std::string_view asked[] = {item->info_hash, "0000000000000000000000000000000000000000"};
    CollectedItems items(1);
    const auto status = subject().Check(AnyCall(), User(), asked, items);
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
    EXPECT_EQ(first->info_hash, second->info_hash);
  }
  void RefusesWhatIsNoMagnet() {
    for (const std::string_view text : {"", "magnet:", "https://example.com/x.torrent", "magnet:?xt=urn:btih:xyz"}) {
      const auto item = subject().Add(AnyCall(), User(), text);
      EXPECT_EQ(CodeOf(item), Errc::kInvalidArgument) << text;
    }
  }
  void GetsWhatItAdded() {
    const auto added = Added();
    ASSERT_TRUE(added) << added.error().message;
    const auto item = subject().Get(AnyCall(), User(), added->id);
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->id, added->id);
    EXPECT_EQ(item->info_hash, added->info_hash);
  }
  void FindsNoUnknownId() {
    const std::string id = fixture().unknown_id;
    EXPECT_EQ(CodeOf(subject().Get(AnyCall(), User(), id)), Errc::kNotFound);
    EXPECT_EQ(CodeOf(subject().Link(AnyCall(), User(), id, 0)), Errc::kNotFound);
    const auto removed = CodeOf(subject().Remove(AnyCall(), User(), id));
    EXPECT_TRUE(removed == Errc::kNotFound || removed == Errc::kPermissionDenied) << "Remove of an unknown id";
  }
  void ListsAtMostTheLimit() {
    ASSERT_TRUE(Added());
    CollectedItems items;
    const auto status = subject().List(AnyCall(), User(), 0, 1, items);
    ASSERT_TRUE(status) << status.error().message;
    ASSERT_LE(items.values.size(), 1U);
    for (const auto& item : items.values) ExpectWellFormed(item);
  }
  void ListsNothingPastTheEnd() {
    CollectedItems items;
    const auto status = subject().List(AnyCall(), User(), 1'000'000, 500, items);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_TRUE(items.values.empty());
  }
  void LinksToFilesThatAreThere() {
    const auto item = Added();
    ASSERT_TRUE(item) << item.error().message;
    const auto none = subject().Link(AnyCall(), User(), item->id, std::numeric_limits<std::uint32_t>::max());
    EXPECT_EQ(CodeOf(none), Errc::kNotFound);
    if (!fixture().ready) return;
    const auto file = item->files.empty() ? 0 : item->files.front().index;
    const auto source = subject().Link(AnyCall(), User(), item->id, file);
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_TRUE(IsAbsoluteUrl(source->url)) << source->url;
    EXPECT_EQ(source->url.find(fixture().token), std::string::npos) << "the token shows in a URL";
  }
  void ForgetsWhatItRemoved() {
    const auto item = Added();
    ASSERT_TRUE(item) << item.error().message;
    const auto removed = subject().Remove(AnyCall(), User(), item->id);
    if (const auto code = CodeOf(removed)) {
      EXPECT_EQ(code, Errc::kPermissionDenied) << removed.error().message;
      GTEST_SKIP() << "nothing can be removed from this store";
    }
    EXPECT_EQ(CodeOf(subject().Get(AnyCall(), User(), item->id)), Errc::kNotFound);
  }
  void EndsEarlyWhenTheCallIsOver() {
    static constexpr std::string_view kAsked[] = {"0000000000000000000000000000000000000000"};
    ExpectEndsEarly([&](const Call& call) {
      CollectedItems items;
      return subject().Check(call, User(), kAsked, items);
    });
    if (fixture().waits_for_upstream) return;
    ExpectEndsEarly([&](const Call& call) { return subject().Add(call, User(), fixture().magnet); });
  }
  void ServesManyThreads() {
    ExpectSafeFromManyThreads([&](const Call& call) {
      CollectedItems items;
      return subject().List(call, User(), 0, 10, items);
    });
    ExpectSafeFromManyThreads([&](const Call& call) { return subject().Add(call, User(), fixture().magnet); });
  }
};

}  // namespace sluice::sdk::testing

#define SLUICE_STORE_CONFORMANCE(Component, Fixture) SLUICE_CONFORMANCE(StoreConformance, Component, Fixture)

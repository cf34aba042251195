// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// An indexer in front of fake indexes, and what it finds in one line each.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/sinks.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fakes/indexers/fake_indexers.hpp"

namespace sluice::plugins::indexer {

using fakes::FakeIndex;
using fakes::FakeIndexers;
using fakes::FakeRelease;
using fakes::Fault;
using fakes::Offer;
using sdk::testing::AnyCall;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;

inline const std::string kBase = "http://indexers.example";

/// "<code> <message>"; "ok".
inline std::string VerdictOf(const sdk::Status& status) {
  return status ? "ok" : std::to_string(static_cast<unsigned>(status.error().code)) + " " + status.error().message;
}

/// Titles, sorted: answers come in any order.
inline std::vector<std::string> TitlesOf(const std::vector<sdk::Release>& releases) {
  std::vector<std::string> titles;
  for (const auto& release : releases) titles.push_back(release.title);
  std::sort(titles.begin(), titles.end());
  return titles;
}

/// The film, with releases of every offer. Its title is in each.
inline FakeIndex FilmIndex(std::string id = "yts", std::uint32_t number = 1) {
  const auto title = [&](const char* end) { return "The Film 1999 " + std::string(end) + " " + id; };
  return {.id = id,
          .number = number,
          .releases = {{.title = title("hash"), .imdb_id = "tt0133093"},
                       {.title = title("magnet"), .offer = Offer::kMagnet, .imdb_id = "tt0133093"},
                       {.title = title("enclosure"), .offer = Offer::kMagnetEnclosure, .imdb_id = "tt0133093"},
                       {.title = title("redirect"), .offer = Offer::kRedirect, .imdb_id = "tt0133093"},
                       {.title = title("torrent"), .offer = Offer::kTorrent, .imdb_id = "tt0133093"}}};
}

/// Episodes one and two of a series, and its first season.
inline FakeIndex SeriesIndex(std::string id = "eztv", std::uint32_t number = 2) {
  return {.id = std::move(id),
          .number = number,
          .releases = {{.title = "The Show S01E01 720p", .season = 1, .episode = 1, .category = 5000},
                       {.title = "The Show S01E02 720p", .season = 1, .episode = 2, .category = 5000},
                       {.title = "The Show S01 Complete", .season = 1, .category = 5000}}};
}

inline constexpr std::string_view kFilmTitles[] = {"The Film"};
inline constexpr std::string_view kShowTitles[] = {"The Show"};

inline sdk::Query Film() {
  return {.imdb_id = "tt0133093", .kind = sdk::TitleKind::kMovie, .year = 1999, .titles = kFilmTitles};
}
inline sdk::Query Episode(std::uint32_t episode = 2) {
  return {
      .imdb_id = "tt0903747", .season = 1, .episode = episode, .kind = sdk::TitleKind::kSeries, .titles = kShowTitles};
}

/// Takes what comes, and tells when something did. Threads: [any].
struct Arrivals final : sdk::ReleaseSink {
  bool Put(const sdk::Release& release) override {
    if (busy.exchange(true)) ADD_FAILURE() << "two calls on one sink at once";
    {
      const std::lock_guard lock(mutex);
      values.push_back(release);
    }
    came.notify_all();
    busy = false;
    return true;
  }
  /// Waits for so many. \returns  false: they did not come within a minute.
  bool WaitFor(std::size_t count) {
    std::unique_lock lock(mutex);
    return came.wait_for(lock, std::chrono::minutes(1), [&] { return values.size() >= count; });
  }

  std::mutex mutex;
  std::condition_variable came;
  std::vector<sdk::Release> values;
  std::atomic<bool> busy = false;
};

/// \tparam Component  a plugin's class.
template <typename Component>
class IndexerTest : public ::testing::Test {
 protected:
  IndexerTest() {
    host_.http.AnswerWith("GET", kBase + "*",
                          [this](const sdk::HttpRequest& request) { return fake_.Answer(request); });
  }
  ~IndexerTest() override { fake_.ReleaseHeld(); }

  void TearDown() override {
    fake_.ReleaseHeld();
    host_.tasks.Wait();
    EXPECT_THAT(host_.log.Text() + host_.metrics.Text(), ::testing::Not(::testing::HasSubstr("planted")));
    EXPECT_THAT(fake_.violations(), ::testing::IsEmpty());
    EXPECT_THAT(host_.http.unexpected(), ::testing::IsEmpty());
    if (indexer_) {
      EXPECT_TRUE(indexer_->violations().empty());
    }
  }

  /// \returns  what it is refused with; empty: it was made.
  std::string Make(const TestConfig& config) {
    auto made = sdk::testing::CreateThroughAbi<Component>(config, host_);
    if (!made) return made.error().message;
    indexer_.emplace(*std::move(made));
    return {};
  }
  sdk::Status Search(const sdk::Call& call, const sdk::Query& query, sdk::ReleaseSink& sink,
                     const sdk::IndexerUser& user = {}) {
    auto status = (*indexer_)->Search(call, user, query, sink);
    if (!status) {
      EXPECT_THAT(status.error().message, ::testing::Not(::testing::HasSubstr("planted")));
    }
    return status;
  }
  /// What a search puts; fails when it fails.
  std::vector<sdk::Release> Find(const sdk::Query& query, const sdk::IndexerUser& user = {}) {
    sdk::testing::CollectedReleases found;
    EXPECT_EQ(VerdictOf(Search(AnyCall(), query, found, user)), "ok");
    for (const auto& release : found.values) {
      EXPECT_THAT(release.title + release.indexer + release.magnet, ::testing::Not(::testing::HasSubstr("planted")));
    }
    return std::move(found.values);
  }
  std::string Verdict(const sdk::Query& query, const sdk::IndexerUser& user = {}) {
    sdk::testing::CollectedReleases found;
    return VerdictOf(Search(AnyCall(), query, found, user));
  }
  static const sdk::Release* Named(const std::vector<sdk::Release>& releases, std::string_view part) {
    for (const auto& release : releases)
      if (release.title.find(part) != std::string::npos) return &release;
    return nullptr;
  }
  double Searched(const std::string& outcome) const { return host_.metrics.Value("searches_total", {outcome}); }

  FakeIndexers fake_{kBase};
  FakeHost host_;
  std::optional<sdk::testing::ThroughAbi<sdk::Indexer>> indexer_;
};

}  // namespace sluice::plugins::indexer

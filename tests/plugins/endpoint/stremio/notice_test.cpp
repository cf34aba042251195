// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/notice.hpp"

#include <gmock/gmock.h>

namespace sluice::plugins::stremio {
namespace {

using sdk::Errc;
using ::testing::HasSubstr;

std::string OfAccounts(std::initializer_list<Errc> codes) {
  std::vector<AccountOutcome> outcomes;
  for (const auto code : codes) {
    AccountOutcome outcome{.code = "tb"};
    outcome.error = sdk::Error{.code = code, .message = "the reason"};
    outcomes.push_back(std::move(outcome));
  }
  return NoticeOfAccounts(outcomes);
}

std::string OfNothingLeft(const UserData& data, std::optional<Errc> fault = std::nullopt) {
  const sdk::Error error{.code = fault.value_or(Errc::kInternal), .message = "the reason"};
  return NoticeOfNothingLeft(7, data, fault ? &error : nullptr);
}

TEST(NoticeTest, SaysWhatAViewerCanDoAboutAccounts) {
  EXPECT_EQ(OfAccounts({Errc::kPermissionDenied}), "Access is refused: the reason.");
  EXPECT_THAT(OfAccounts({Errc::kUnauthenticated}), HasSubstr("Configure the addon anew"));
  EXPECT_THAT(OfAccounts({Errc::kRateLimited}), HasSubstr("too many requests"));
  EXPECT_THAT(OfAccounts({Errc::kUnsupported}), HasSubstr("does not offer the store"));
  EXPECT_EQ(OfAccounts({}), "The configuration names no store.");
}

TEST(NoticeTest, FaultsOfTheServerAreNotQuoted) {
  for (const auto code : {Errc::kUpstreamFailed, Errc::kInternal, Errc::kDeadlineExceeded})
    EXPECT_EQ(OfAccounts({code}), "Who you are cannot be checked at present. Try again in a minute.");
}

TEST(NoticeTest, OfSeveralAccountsTheOneThatCanBeMendedCounts) {
  EXPECT_THAT(OfAccounts({Errc::kUpstreamFailed, Errc::kRateLimited, Errc::kUnauthenticated, Errc::kPermissionDenied}),
              HasSubstr("Access is refused"));
  EXPECT_THAT(OfAccounts({Errc::kRateLimited, Errc::kUnauthenticated}), HasSubstr("not known"));
  EXPECT_THAT(OfAccounts({Errc::kUpstreamFailed, Errc::kRateLimited}), HasSubstr("too many"));
}

TEST(NoticeTest, NamesIndexersThatDidNotAnswerAndNotWhy) {
  SearchOutcome outcome;
  EXPECT_EQ(NoticeOfSearch(outcome), "Nothing was found.");

  outcome.faults = {{.indexer = "torznab", .error = {.code = Errc::kUpstreamFailed, .message = "the reason"}},
                    {.indexer = "prowlarr", .error = {.code = Errc::kUpstreamFailed, .message = "the reason"}}};
  EXPECT_EQ(NoticeOfSearch(outcome),
            "Nothing was found. These indexers did not answer: torznab, prowlarr. Try again in a minute.");
}

TEST(NoticeTest, SaysWhichWishLeftNothing) {
  UserData data;
  EXPECT_EQ(OfNothingLeft(data), "Of 7 found, none can be played by your stores.");
  data.cached = true;
  EXPECT_EQ(OfNothingLeft(data), "Of 7 found, none is in your stores.");
  data.filter = "Year > 2000";
  EXPECT_EQ(OfNothingLeft(data), "Of 7 found, none passes your filter and is in your stores.");
  data.cached = false;
  EXPECT_EQ(OfNothingLeft(data), "Of 7 found, none passes your filter.");
  EXPECT_THAT(OfNothingLeft(data, Errc::kUpstreamFailed), HasSubstr("does not say what it has"));
  EXPECT_EQ(OfNothingLeft(data, Errc::kUnauthenticated), "Your store does not take the key. Configure the addon anew.");
}

}  // namespace
}  // namespace sluice::plugins::stremio

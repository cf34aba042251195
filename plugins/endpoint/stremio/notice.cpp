// SPDX-License-Identifier: MIT
#include "notice.hpp"

#include <algorithm>

namespace sluice::plugins::stremio {
namespace {

/// For the viewer, who can do something about some of it.
std::string WordsFor(const sdk::Error& error) {
  switch (error.code) {
    case sdk::Errc::kUnauthenticated:
      return "The credential is not known. Configure the addon anew.";
    case sdk::Errc::kPermissionDenied:
      return "Access is refused: " + error.message + ".";
    case sdk::Errc::kRateLimited:
      return "There are too many requests. Try again in a minute.";
    case sdk::Errc::kUnsupported:
      return "This server does not offer the store any more. Configure the addon anew.";
    default:
      return "Who you are cannot be checked at present. Try again in a minute.";
  }
}

}  // namespace

std::string NoticeOfAccounts(std::span<const AccountOutcome> outcomes) {
  // What a viewer can mend counts for more than what passes by itself.
  for (const auto code : {sdk::Errc::kPermissionDenied, sdk::Errc::kUnauthenticated, sdk::Errc::kRateLimited}) {
    for (const auto& outcome : outcomes)
      if (outcome.error && outcome.error->code == code) return WordsFor(*outcome.error);
  }
  for (const auto& outcome : outcomes)
    if (outcome.error) return WordsFor(*outcome.error);
  return "The configuration names no store.";
}

std::string NoticeOfSearch(const SearchOutcome& outcome) {
  if (outcome.faults.empty()) return "Nothing was found.";
  std::string names;
  for (const auto& fault : outcome.faults) names.append(names.empty() ? "" : ", ").append(fault.indexer);
  return "Nothing was found. These indexers did not answer: " + names + ". Try again in a minute.";
}

std::string NoticeOfNothingLeft(std::size_t found, const UserData& userdata, const sdk::Error* fault) {
  const auto all = "Of " + std::to_string(found) + " found, none ";
  if (fault != nullptr && fault->code == sdk::Errc::kUnauthenticated)
    return "Your store does not take the key. Configure the addon anew.";
  if (fault != nullptr) return all + "can be listed: your store does not say what it has. Try again in a minute.";
  if (!userdata.filter.empty()) return all + "passes your filter" + (userdata.cached ? " and is in your stores." : ".");
  return all + (userdata.cached ? "is in your stores." : "can be played by your stores.");
}

}  // namespace sluice::plugins::stremio

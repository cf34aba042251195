// SPDX-License-Identifier: MIT
// What a Torznab index answers. Whatever it says, what is read of it is bounded and clean, hashes are hashes, and no
// message quotes the key; the same text is read as the same twice.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/indexer/common/torznab_plan.hpp"
#include "plugins/indexer/common/torznab_xml.hpp"

namespace {

using namespace sluice::plugins::indexer;
namespace sdk = sluice::sdk;

constexpr std::string_view kSecret = "planted";

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckError(const sdk::Error& error) {
  Check(!error.message.empty() && error.message.size() < 240 && error.message.find(kSecret) == std::string::npos);
  for (const char c : error.message) Check(c >= ' ' && c <= '~');
}

void CheckText(const std::string& text, std::size_t max) { Check(text.size() <= max && CleanText(text, max) == text); }

void CheckItem(const Item& item) {
  Check(!item.title.empty() && item.size_bytes <= kMaxSizeBytes && item.published_at >= sdk::Seconds());
  CheckText(item.title, kMaxTitleBytes);
  CheckText(item.indexer, 100);
  Check(item.info_hash.empty() || item.info_hash.size() == 40);
  Check(item.info_hash.find_first_not_of("0123456789abcdef") == std::string::npos);
  for (const auto& link : item.links) Check(!link.empty() && link.size() <= kMaxLinkBytes);
}

void CheckPlans(const Caps& caps) {
  Check(caps.max >= 1 && caps.max <= kMaxItems);
  for (const auto kind :
       {sdk::TitleKind::kAny, sdk::TitleKind::kMovie, sdk::TitleKind::kSeries, sdk::TitleKind::kAnime}) {
    const Question question{
        .imdb_id = "tt1", .season = 1, .episode = 2, .kind = kind, .year = 1999, .titles = {"A&B", "C"}};
    const auto plan = PlanOf(caps, question, {});
    Check(plan.size() <= 6);
    for (const auto& request : plan) {
      Check(request.parameters.starts_with("t=") && request.parameters.find(' ') == std::string::npos);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto feed = ReadFeed(input, kSecret);
  const auto caps = ReadCaps(input, kSecret);
  const auto error = ReadErrorOf(input, kSecret);
  if (feed) {
    Check(!caps && !error && feed->size() <= kMaxItems);
    for (const auto& item : *feed) CheckItem(item);
    const auto again = ReadFeed(input, kSecret);
    Check(again && again->size() == feed->size());
  } else {
    CheckError(feed.error());
  }
  if (caps) CheckPlans(*caps);
  if (error) CheckError(*error);
  if (const auto date = ReadPubDate(input.substr(0, 64))) Check(*date >= sdk::Seconds());
  return 0;
}

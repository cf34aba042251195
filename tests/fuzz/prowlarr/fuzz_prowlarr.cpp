// SPDX-License-Identifier: MIT
// What a Prowlarr answers, and how a viewer writes where one is. What is read is bounded and clean, hashes are hashes;
// an address that is taken is an http one, and comes out of its own base again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/indexer/prowlarr/place.hpp"
#include "plugins/indexer/prowlarr/prowlarr_json.hpp"

namespace {

using namespace sluice::plugins;
namespace sdk = sluice::sdk;

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckItem(const indexer::Item& item) {
  Check(!item.title.empty() && item.title.size() <= indexer::kMaxTitleBytes);
  Check(indexer::CleanText(item.title, indexer::kMaxTitleBytes) == item.title);
  Check(item.size_bytes <= indexer::kMaxSizeBytes && item.published_at >= sdk::Seconds());
  Check(item.info_hash.empty() || item.info_hash.size() == 40);
  Check(item.info_hash.find_first_not_of("0123456789abcdef") == std::string::npos);
  Check(item.imdb_id.empty() || (item.imdb_id.starts_with("tt") && item.imdb_id.size() >= 9));
  for (const auto& link : item.links) Check(!link.empty() && link.size() <= indexer::kMaxLinkBytes);
}

void CheckAddress(std::string_view text) {
  const auto address = indexer::ReadAddress(text);
  if (!address) return Check(!address.error().message.empty());
  Check(address->base.find_first_of("?# ") == std::string::npos && !address->base.ends_with('/'));
  const auto place = prowlarr::PlaceOf(*address);
  Check(!place || address->base.starts_with(place->base));
  if (text.size() > 1024) return;  // what is made of it may be too long to be read
  const auto again = indexer::ReadAddress(indexer::TorznabUrl(*address));
  Check(again && indexer::TorznabUrl(*again) == indexer::TorznabUrl(*address));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto items = prowlarr::ReadResults(input)) {
    Check(items->size() <= indexer::kMaxItems);
    for (const auto& item : *items) CheckItem(item);
  }
  if (const auto list = prowlarr::ReadIndexers(input)) {
    for (const auto& index : *list) Check(index.id != 0 && !index.name.empty() && index.name.size() <= 100);
  }
  CheckAddress(input);
  return 0;
}

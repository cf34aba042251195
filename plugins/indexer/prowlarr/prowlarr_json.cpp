// SPDX-License-Identifier: MIT
#include "prowlarr_json.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "store/common/info_hash.hpp"
#include "store/common/json.hpp"

namespace sluice::plugins::prowlarr {
namespace {

using store::Json;

constexpr std::size_t kMaxIndexers = 1000;
constexpr std::size_t kMaxNameBytes = 100;
constexpr std::size_t kMaxCategories = 100;
constexpr std::uint64_t kMaxImdbNumber = 9'999'999'999;
constexpr std::uint64_t kMaxCount = 100'000'000;

sdk::Result<Json> ReadArray(std::string_view body) {
  auto document = body.size() <= kMaxJsonBytes ? store::ParseJson(body) : std::nullopt;
  if (document && document->is_array()) return *std::move(document);
  return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the index's answer: want a JSON array"};
}

std::uint32_t NumberOf(const Json& object, const char* name) {
  return static_cast<std::uint32_t>(std::min(store::UintOf(object, name), kMaxCount));
}

bool IsForUsenet(const Json& object) {
  const auto protocol = store::TextOf(object, "protocol");
  return !protocol.empty() && !sdk::EqualsIgnoreCase(protocol, "torrent");
}

/// "tt" and seven digits or more, of a number or of "tt123"; empty: none.
std::string ImdbIdOf(const Json& object) {
  const auto text = store::TextOf(object, "imdbId");
  const auto digits =
      std::to_string(indexer::CountOf(std::string_view(text).substr(text.starts_with("tt") ? 2 : 0), kMaxImdbNumber));
  if (digits == "0") return {};
  return "tt" + std::string(digits.size() < 7 ? 7 - digits.size() : 0, '0') + digits;
}

/// Prowlarr puts addresses of its own where other programs have magnet URIs.
std::vector<std::string> LinksOf(const Json& object) {
  std::vector<std::string> links;
  std::vector<std::string> urls;
  for (const auto* name : {"magnetUrl", "guid", "downloadUrl"}) {
    const auto text = store::TextOf(object, name);
    const auto link = std::string(sdk::TrimSpace(text));
    if (link.empty() || link.size() > indexer::kMaxLinkBytes) continue;
    const bool is_magnet = store::IsMagnet(link);
    if (is_magnet) links.push_back(link);
    if (!is_magnet && std::string_view(name) != "guid") urls.push_back(link);
  }
  links.insert(links.end(), urls.begin(), urls.end());
  return links;
}

void AddCategories(const Json& object, std::vector<std::uint32_t>& out) {
  const auto* const categories = store::Member(object, "categories");
  if (categories == nullptr || !categories->is_array()) return;
  for (const auto& category : *categories) {
    if (out.size() == kMaxCategories) return;
    if (const auto id = NumberOf(category, "id"); id != 0) out.push_back(id);
  }
}

indexer::Item ReadItem(const Json& object) {
  indexer::Item item{
      .title = indexer::CleanText(store::TextOf(object, "title"), indexer::kMaxTitleBytes),
      .info_hash = store::NormalizeHash(store::TextOf(object, "infoHash")).value_or(std::string()),
      .links = LinksOf(object),
      .seeders = NumberOf(object, "seeders"),
      .published_at = indexer::ReadPubDate(store::TextOf(object, "publishDate")).value_or(sdk::Seconds()),
      .indexer = indexer::CleanText(store::TextOf(object, "indexer"), kMaxNameBytes),
      .imdb_id = ImdbIdOf(object)};
  if (const auto size = store::UintOf(object, "size"); size <= indexer::kMaxSizeBytes) item.size_bytes = size;
  AddCategories(object, item.categories);
  return item;
}

}  // namespace

sdk::Result<std::vector<Listed>> ReadIndexers(std::string_view body) {
  const auto array = ReadArray(body);
  if (!array) return array.error();
  std::vector<Listed> out;
  for (const auto& object : *array) {
    const auto id = NumberOf(object, "id");
    if (id == 0 || !store::BoolOf(object, "enable") || IsForUsenet(object) || out.size() == kMaxIndexers) continue;
    auto name = indexer::CleanText(store::TextOf(object, "name"), kMaxNameBytes);
    if (name.empty()) name = "index " + std::to_string(id);
    out.push_back({.id = id,
                   .name = std::move(name),
                   .is_private = !sdk::EqualsIgnoreCase(store::TextOf(object, "privacy"), "public")});
  }
  return out;
}

sdk::Result<std::vector<indexer::Item>> ReadResults(std::string_view body) {
  const auto array = ReadArray(body);
  if (!array) return array.error();
  std::vector<indexer::Item> items;
  for (const auto& object : *array) {
    if (items.size() == indexer::kMaxItems) break;
    if (IsForUsenet(object)) continue;
    auto item = ReadItem(object);
    if (!item.title.empty()) items.push_back(std::move(item));
  }
  return items;
}

}  // namespace sluice::plugins::prowlarr

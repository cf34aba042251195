// SPDX-License-Identifier: MIT
#include "file_map.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "box.hpp"
#include "init_source.hpp"
#include "media_body.hpp"

namespace sluice::plugins::cenc {
namespace {

constexpr std::uint64_t kStepBytes = 32 * 1024;  // holds most moof boxes and the header of their mdat
constexpr int kMaxSteps = 128;
constexpr std::uint64_t kMostBytes = std::numeric_limits<std::int64_t>::max();

sdk::Status ReadMoov(sdk::ReferenceFetcher& references, std::string_view url, std::uint64_t size, MutableOctets start,
                     FileMap& map) {
  if (size > MediaBody::kMaxMoovBytes) return BadMedia("box moov of " + std::to_string(size) + " octets");
  std::vector<std::byte> whole;
  if (size > start.size()) {
    auto fetched = FetchPart(references, {.url = std::string(url), .offset = map.next_box, .length = size});
    if (!fetched) return std::move(fetched).error();
    whole = std::move(*fetched);
    start = whole;
  }
  if (size > start.size()) return BadMedia("the file ends within its moov");
  auto init = OpenInit(start.first(static_cast<std::size_t>(size)));
  if (!init) return std::move(init).error();
  map.init = std::make_shared<const Init>(std::move(*init));
  return sdk::Ok();
}

/// Takes the boxes that begin within `octets`, which begin at `map.next_box`.
sdk::Status TakeBoxes(sdk::ReferenceFetcher& references, std::string_view url, MutableOctets octets, FileMap& map) {
  while (!octets.empty()) {
    const auto header = ReadHeader(octets);
    if (!header) {
      map.is_foreign = map.next_box == 0;
      return map.is_foreign ? sdk::Ok() : sdk::Status(header.error());
    }
    if (!*header) return sdk::Ok();
    const auto& [type, size, header_bytes] = **header;
    map.is_foreign = map.next_box == 0 && !BeginsFiles(type);
    if (map.is_foreign) return sdk::Ok();
    if (type == FourCc("moov") && size != 0) {
      if (auto read = ReadMoov(references, url, size, octets, map); !read) return read;
    }
    if (type == FourCc("moof")) map.fragments.push_back(map.next_box);
    if (size > kMostBytes - map.next_box) return BadMedia("box " + NameOf(type) + ": no file is as long");
    if (type == FourCc("moof") || type == FourCc("moov")) map.held.emplace_back(map.next_box, map.next_box + size);
    map.last_box = map.next_box;
    map.next_box = size == 0 ? kMostBytes : map.next_box + size;
    octets =
        octets.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(size == 0 ? kMostBytes : size, octets.size())));
  }
  return sdk::Ok();
}

}  // namespace

std::optional<std::uint64_t> FileMap::StartFor(std::uint64_t at) const {
  if (at >= next_box) return std::nullopt;
  const auto behind = std::upper_bound(fragments.begin(), fragments.end(), at);
  if (behind != fragments.begin()) return *std::prev(behind);
  return fragments.empty() && at >= last_box ? last_box : 0;
}

std::optional<std::uint64_t> FileMap::EndOfHeld(std::uint64_t at) const {
  for (const auto& [begin, end] : held) {
    if (begin <= at && at < end) return end;
  }
  return std::nullopt;
}

sdk::Result<std::shared_ptr<const FileMap>> Explore(sdk::ReferenceFetcher& references, std::string_view url,
                                                    std::shared_ptr<const FileMap> known, std::uint64_t at) {
  if (known != nullptr && (known->is_foreign || known->StartFor(at))) return known;
  auto map = known == nullptr ? std::make_shared<FileMap>() : std::make_shared<FileMap>(*known);
  for (int step = 0; step < kMaxSteps; ++step) {
    const auto before = map->next_box;
    auto octets = FetchPart(references, {.url = std::string(url), .offset = before, .length = kStepBytes});
    if (!octets) return std::move(octets).error();
    if (auto taken = TakeBoxes(references, url, *octets, *map); !taken) return std::move(taken).error();
    if (map->is_foreign || map->StartFor(at)) return std::shared_ptr<const FileMap>(std::move(map));
    if (map->next_box == before) return BadMedia("the file ends in front of the part that was asked for");
  }
  return sdk::Error{
      .code = sdk::Errc::kUnsupported,
      .message = "media: a part too far behind what is known of the file; ask for parts nearer to its start"};
}

}  // namespace sluice::plugins::cenc

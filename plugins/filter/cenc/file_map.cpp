// SPDX-License-Identifier: MIT
#include "file_map.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "box.hpp"
#include "common/isobmff/sidx.hpp"
#include "init_source.hpp"
#include "media_body.hpp"

namespace sluice::plugins::cenc {
namespace {

constexpr std::uint64_t kStepBytes = 32 * 1024;  // holds most moof boxes and the header of their mdat
constexpr int kMaxSteps = 128;
constexpr std::uint64_t kMostBytes = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kMaxIndexBytes = 1024 * 1024;  // more than 65,535 references take

/// Goes on with one stretch of a file.
class Explorer {
 public:
  Explorer(sdk::ReferenceFetcher& references, std::string_view url, FileMap& map, Stretch& stretch)
      : references_(references), url_(url), map_(map), stretch_(stretch) {}

  sdk::Status Step() {
    auto octets = FetchPart(references_, {.url = url_, .offset = stretch_.next_box, .length = kStepBytes});
    if (!octets) return std::move(octets).error();
    const auto before = stretch_.next_box;
    if (auto taken = TakeBoxes(*octets); !taken) return taken;
    if (stretch_.next_box != before || map_.is_foreign) return sdk::Ok();
    return BadMedia("the file ends in front of the part that was asked for");
  }

 private:
  /// Those that begin within `octets`, which begin at the next box.
  sdk::Status TakeBoxes(MutableOctets octets) {
    while (!octets.empty()) {
      const bool at_start = stretch_.next_box == 0;
      const auto header = ReadHeader(octets);
      if (!header) {
        map_.is_foreign = at_start;
        return map_.is_foreign ? sdk::Ok() : sdk::Status(header.error());
      }
      if (!*header) return sdk::Ok();
      map_.is_foreign = at_start && !BeginsFiles((*header)->type);
      if (map_.is_foreign) return sdk::Ok();
      if (auto taken = TakeBox(**header, octets); !taken) return taken;
      const auto left = (*header)->size == 0 ? kMostBytes : (*header)->size;
      octets = octets.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(left, octets.size())));
    }
    return sdk::Ok();
  }

  /// \param start  of the box, as far as it is there.
  sdk::Status TakeBox(const isobmff::BoxHeader& header, MutableOctets start) {
    const auto [type, size, header_bytes] = header;
    const auto begin = stretch_.next_box;
    if (size > kMostBytes - begin) return BadMedia("box " + NameOf(type) + ": no file is as long");
    if (type == FourCc("moov") && size != 0) {
      if (auto read = ReadMoov(size, start); !read) return read;
    }
    if (type == FourCc("sidx") && size != 0 && size <= kMaxIndexBytes) ReadIndex(size, start);
    if (type == FourCc("mdat") && stretch_.begin != 0 && stretch_.fragments.empty()) {
      return BadMedia("the index of segments leads to samples without a fragment");
    }
    if (type == FourCc("moof")) stretch_.fragments.push_back(begin);
    if (type == FourCc("moof") || type == FourCc("moov")) stretch_.held.emplace_back(begin, begin + size);
    stretch_.last_box = begin;
    stretch_.next_box = size == 0 ? kMostBytes : begin + size;
    return sdk::Ok();
  }

  sdk::Status ReadMoov(std::uint64_t size, MutableOctets start) {
    if (size > MediaBody::kMaxMoovBytes) return BadMedia("box moov of " + std::to_string(size) + " octets");
    if (auto read = Complete(size, start); !read) return read;
    if (size > start.size()) return BadMedia("the file ends within its moov");
    auto init = OpenInit(start.first(static_cast<std::size_t>(size)));
    if (!init) return std::move(init).error();
    map_.init = std::make_shared<const Init>(std::move(*init));
    return sdk::Ok();
  }

  /// One that cannot be had, or says nothing of use, saves nothing: the file is read box by box then.
  void ReadIndex(std::uint64_t size, MutableOctets start) {
    if (!Complete(size, start) || size > start.size()) return;
    const auto index = isobmff::ReadIndex(start.first(static_cast<std::size_t>(size)), stretch_.next_box);
    if (!index) return;
    for (const auto& entry : index->entries) map_.indexed.push_back(entry.place.offset);
    std::sort(map_.indexed.begin(), map_.indexed.end());
    map_.indexed.erase(std::unique(map_.indexed.begin(), map_.indexed.end()), map_.indexed.end());
  }

  /// Fetches the next box whole, unless `start` has it all.
  sdk::Status Complete(std::uint64_t size, MutableOctets& start) {
    if (size <= start.size()) return sdk::Ok();
    auto fetched = FetchPart(references_, {.url = url_, .offset = stretch_.next_box, .length = size});
    if (!fetched) return std::move(fetched).error();
    whole_ = std::move(*fetched);
    start = whole_;
    return sdk::Ok();
  }

  sdk::ReferenceFetcher& references_;
  const std::string url_;
  FileMap& map_;
  Stretch& stretch_;
  std::vector<std::byte> whole_;
};

/// The one to go on with for octet `at`; a new one where an index knows a nearer segment.
Stretch& NearestTo(FileMap& map, std::uint64_t at) {
  auto& stretches = map.stretches;
  auto nearest = stretches.begin();
  for (auto one = stretches.begin(); one != stretches.end(); ++one)
    if (one->next_box <= at && one->next_box > nearest->next_box) nearest = one;
  // What stands in front of the segments is to be known first: keys cannot be chosen without it.
  const bool has_start = !stretches.front().held.empty();
  const auto behind = std::upper_bound(map.indexed.begin(), map.indexed.end(), at);
  if (!has_start || behind == map.indexed.begin() || *std::prev(behind) <= nearest->next_box) return *nearest;
  const Stretch fresh{.begin = *std::prev(behind)};
  const auto place = std::upper_bound(stretches.begin(), stretches.end(), fresh.begin,
                                      [](std::uint64_t begin, const Stretch& one) { return begin < one.begin; });
  return *stretches.insert(place, fresh);
}

}  // namespace

std::optional<std::uint64_t> FileMap::StartFor(std::uint64_t at) const {
  for (const auto& one : stretches) {
    if (at < one.begin || at >= one.next_box) continue;
    const auto behind = std::upper_bound(one.fragments.begin(), one.fragments.end(), at);
    if (behind != one.fragments.begin()) return *std::prev(behind);
    return one.fragments.empty() && at >= one.last_box ? one.last_box : one.begin;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> FileMap::EndOfHeld(std::uint64_t at) const {
  for (const auto& one : stretches) {
    for (const auto& [begin, end] : one.held)
      if (begin <= at && at < end) return end;
  }
  return std::nullopt;
}

sdk::Result<std::shared_ptr<const FileMap>> Explore(sdk::ReferenceFetcher& references, std::string_view url,
                                                    std::shared_ptr<const FileMap> known, std::uint64_t at) {
  if (known != nullptr && (known->is_foreign || known->StartFor(at))) return known;
  auto map = known == nullptr ? std::make_shared<FileMap>() : std::make_shared<FileMap>(*known);
  for (int step = 0; step < kMaxSteps; ++step) {
    if (auto taken = Explorer(references, url, *map, NearestTo(*map, at)).Step(); !taken)
      return std::move(taken).error();
    if (map->is_foreign || map->StartFor(at)) return std::shared_ptr<const FileMap>(std::move(map));
  }
  return sdk::Error{
      .code = sdk::Errc::kUnsupported,
      .message = "media: a part too far behind what is known of the file; ask for parts nearer to its start"};
}

}  // namespace sluice::plugins::cenc

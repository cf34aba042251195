// SPDX-License-Identifier: MIT
#include "sort.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <sluice/sdk/text.hpp>
#include <string>
#include <utility>

#include "common/titles/ranks.hpp"

namespace sluice::plugins::stremio {
namespace {

struct Row {
  std::string_view name;
  SortField field;
};

constexpr Row kFields[] = {{"resolution", SortField::kResolution},
                           {"quality", SortField::kQuality},
                           {"size", SortField::kSize},
                           {"hdr", SortField::kHdr}};

/// The lower, the earlier.
std::uint64_t RankOf(const Stream& stream, const SortKey& key) {
  const auto rank = [&]() -> std::uint64_t {
    switch (key.field) {
      case SortField::kResolution:
        return static_cast<std::uint64_t>(titles::ResolutionRank(stream.release.resolution));
      case SortField::kQuality:
        return static_cast<std::uint64_t>(titles::QualityRank(stream.release.quality));
      case SortField::kSize:
        return stream.PlayedBytes();
      case SortField::kHdr:
        return static_cast<std::uint64_t>(titles::HdrRank(stream.release.hdr));
    }
    return 0;
  }();
  return key.descending ? ~rank : rank;
}

}  // namespace

sdk::Result<std::vector<SortKey>> ParseSort(std::string_view text) {
  const auto fault = [](std::size_t place, const char* wanted) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                      .message = "sort: key " + std::to_string(place) + ": want " + wanted};
  };
  if (sdk::TrimSpace(text).empty()) text = kDefaultSort;
  std::vector<SortKey> out;
  for (bool more = true; more;) {
    more = text.find(',') != std::string_view::npos;
    auto name = sdk::TrimSpace(sdk::TakeUpTo(text, ','));
    SortKey key{.descending = name.starts_with('-')};
    if (key.descending) name.remove_prefix(1);
    const auto* const found = std::ranges::find(kFields, name, &Row::name);
    if (found == std::end(kFields))
      return fault(out.size() + 1, "resolution, quality, size or hdr, with - for high to low");
    key.field = found->field;
    if (std::ranges::find(out, key.field, &SortKey::field) != out.end()) return fault(out.size() + 1, "each once");
    out.push_back(key);
  }
  return out;
}

void Sort(std::vector<Stream>& streams, const std::vector<SortKey>& keys) {
  struct Ranked {
    std::vector<std::uint64_t> ranks;
    std::size_t from;
  };
  std::vector<Ranked> order;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    auto& ranked = order.emplace_back(Ranked{.ranks = {}, .from = i});
    for (const auto& key : keys) ranked.ranks.push_back(RankOf(streams[i], key));
  }
  std::ranges::stable_sort(order, {}, &Ranked::ranks);
  std::vector<Stream> sorted;
  sorted.reserve(streams.size());
  for (const auto& ranked : order) sorted.push_back(std::move(streams[ranked.from]));
  streams = std::move(sorted);
}

}  // namespace sluice::plugins::stremio

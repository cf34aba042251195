// SPDX-License-Identifier: MIT
#include "stream_record.hpp"

#include "store_codes.hpp"

namespace sluice::plugins::stremio {
namespace {

Value Known(std::uint64_t number) { return number == 0 ? Value() : Value(static_cast<double>(number)); }
Value List(const std::vector<std::string>& texts) { return std::span<const std::string>(texts); }
Value List(const std::vector<int>& numbers) { return std::span<const int>(numbers); }
Value Text(const std::string& text) { return std::string_view{text}; }

}  // namespace

Value StreamRecord::OfRelease(Field field) const {
  const auto& release = stream_.release;
  switch (field) {
    case Field::kTitle:
      return Text(release.title);
    case Field::kYear:
      return static_cast<double>(release.year);
    case Field::kResolution:
      return Text(release.resolution);
    case Field::kQuality:
      return Text(release.quality);
    case Field::kCodec:
      return Text(release.codec);
    case Field::kBitDepth:
      return Text(release.bit_depth);
    case Field::kHdr:
      return List(release.hdr);
    case Field::kAudio:
      return List(release.audio);
    case Field::kChannels:
      return List(release.channels);
    case Field::kLanguages:
      return List(release.languages);
    case Field::kSubtitles:
      return List(release.subtitles);
    case Field::kGroup:
      return Text(release.group);
    case Field::kSite:
      return Text(release.site);
    case Field::kSeasons:
      return List(release.seasons);
    case Field::kEpisodes:
      return List(release.episodes);
    default:
      return {};
  }
}

Value StreamRecord::Get(Field field) const {
  switch (field) {
    case Field::kSize:
      return Known(stream_.size_bytes);
    case Field::kSeeders:
      return stream_.seeders ? Value(static_cast<double>(*stream_.seeders)) : Value();
    case Field::kIsPrivate:
      return stream_.is_private;
    case Field::kHash:
      return Text(stream_.hash);
    case Field::kTorrentTitle:
      return Text(stream_.name);
    case Field::kCategory:
      return Text(stream_.category);
    case Field::kKind:
      return kind_;
    case Field::kFileName:
      return Text(stream_.file_name);
    case Field::kFileIndex:
      return static_cast<double>(stream_.file_index.value_or(-1));
    case Field::kFileSize:
      return Known(stream_.file_size_bytes);
    case Field::kIndexerName:
      return Text(stream_.indexer);
    case Field::kIndexerHost:
      return Text(stream_.indexer_host);
    case Field::kStoreCode:
      return Text(stream_.store_code);
    case Field::kStoreName:
      return StoreNameOf(stream_.store_code);
    case Field::kStoreIsCached:
      return stream_.cache == CacheState::kUnknown ? Value() : Value(stream_.cache == CacheState::kCached);
    case Field::kStoreIsProxied:
      return stream_.proxied;
    case Field::kAddonName:
      return addon_;
    default:
      return OfRelease(field);
  }
}

void KeepWanted(std::vector<Stream>& streams, const Filter& filter, std::string_view kind, std::string_view addon) {
  std::erase_if(streams, [&](const Stream& stream) { return !filter.Keeps(StreamRecord(stream, kind, addon)); });
}

}  // namespace sluice::plugins::stremio

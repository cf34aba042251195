// SPDX-License-Identifier: MIT
#include "stream_list.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

#include "store_codes.hpp"

namespace sluice::plugins::stremio {
namespace {

void FillIn(std::string& to, std::string& from) {
  if (to.empty()) to = std::move(from);
}

void FillIn(std::uint64_t& to, std::uint64_t from) {
  if (to == 0) to = from;
}

void Merge(Stream& to, Stream& from) {
  to.is_private = to.is_private || from.is_private;
  to.proxied = to.proxied || from.proxied;
  to.cache = std::min(to.cache, from.cache);
  if (from.seeders) to.seeders = std::max(to.seeders.value_or(0), *from.seeders);
  if (!to.age) to.age = from.age;
  if (to.name.empty()) {
    to.name = std::move(from.name);
    to.release = std::move(from.release);
  }
  // The parts of what is known of a file belong together.
  if (to.file_name.empty() && !to.file_index) {
    to.file_name = std::move(from.file_name);
    to.file_index = from.file_index;
    to.file_size_bytes = from.file_size_bytes;
    to.video_hash = std::move(from.video_hash);
  }
  FillIn(to.size_bytes, from.size_bytes);
  FillIn(to.bits_per_second, from.bits_per_second);
  if (to.indexer.empty()) {
    to.indexer = std::move(from.indexer);
    to.indexer_host = std::move(from.indexer_host);
  }
  FillIn(to.category, from.category);
}

/// Whether it has not to do with any store.
bool IsOfPeers(const Stream& stream) { return stream.store_code == kPeerToPeer; }

}  // namespace

std::vector<Stream> WithoutDuplicates(std::vector<Stream> streams) {
  std::vector<Stream> out;
  std::unordered_map<std::string, std::size_t> places;
  for (auto& stream : streams) {
    const auto [place, is_new] = places.try_emplace(stream.hash + "/" + stream.store_code, out.size());
    if (is_new)
      out.push_back(std::move(stream));
    else
      Merge(out[place->second], stream);
  }
  return out;
}

std::vector<Stream> Arranged(std::vector<Stream> streams, const std::vector<SortKey>& keys, bool cached_only) {
  streams = WithoutDuplicates(std::move(streams));
  std::unordered_map<std::string, std::string> cached;  // hash: the first store that has it
  for (const auto& stream : streams)
    if (stream.cache == CacheState::kCached && !IsOfPeers(stream)) cached.try_emplace(stream.hash, stream.store_code);
  std::erase_if(streams, [&](const Stream& stream) {
    if (IsOfPeers(stream)) return false;
    const auto found = cached.find(stream.hash);
    return found != cached.end() ? found->second != stream.store_code : cached_only;
  });
  Sort(streams, keys);
  std::ranges::stable_sort(streams, {}, &Stream::cache);
  return streams;
}

}  // namespace sluice::plugins::stremio

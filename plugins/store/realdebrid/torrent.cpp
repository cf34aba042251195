// SPDX-License-Identifier: MIT
#include "torrent.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "client.hpp"
#include "common/titles/extensions.hpp"
#include "store/common/info_hash.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::realdebrid {
namespace {

using store::Json;
using store::Member;
using store::TextOf;
using store::UintOf;

std::vector<TorrentFile> ReadFiles(const Json& entry) {
  std::vector<TorrentFile> files;
  const auto* const list = Member(entry, "files");
  if (list == nullptr || !list->is_array()) return files;
  for (const auto& one : *list) {
    const auto number = UintOf(one, "id");
    if (number == 0 || number > std::numeric_limits<std::uint32_t>::max()) continue;
    auto path = store::SafePath(TextOf(one, "path"));
    const bool is_video = titles::IsVideoExtension(titles::ExtensionOf(path));
    files.push_back({.number = static_cast<std::uint32_t>(number),
                     .path = std::move(path),
                     .size_bytes = UintOf(one, "bytes"),
                     .is_selected = UintOf(one, "selected") == 1 || store::BoolOf(one, "selected"),
                     .is_video = is_video});
  }
  return files;
}

/// The k-th selected file has the k-th link.
void Pair(const Json& entry, Torrent& torrent) {
  const auto* const links = Member(entry, "links");
  const auto count = links != nullptr && links->is_array() ? links->size() : 0;
  std::size_t k = 0;
  for (auto& file : torrent.files) {
    if (!file.is_selected) continue;
    if (const auto* const link = k < count ? (*links)[k].get_ptr<const std::string*>() : nullptr) file.link = *link;
    ++k;
  }
  torrent.is_packed = count < k;
}

}  // namespace

std::string Torrent::Selection() const {
  const bool has_video = std::any_of(files.begin(), files.end(), [](const TorrentFile& file) { return file.is_video; });
  if (!has_video) return "all";
  std::string numbers;
  for (const auto& file : files) {
    if (!file.is_video) continue;
    if (!numbers.empty()) numbers += ',';
    numbers += std::to_string(file.number);
  }
  return numbers;
}

bool Torrent::IsSelectedWell() const {
  const bool all = Selection() == "all";
  bool has_more = false;
  for (const auto& file : files) {
    const bool is_wanted = all || file.is_video;
    if (is_wanted && !file.is_selected) return false;
    has_more = has_more || (file.is_selected && !is_wanted);
  }
  // What was packed together with other files may come apart when those are left out.
  return !(has_more && ready() && is_packed);
}

sdk::Item Torrent::ToItem() const {
  sdk::Item item{
      .id = id, .hash = hash, .name = name, .state = status->state, .size_bytes = size_bytes, .added_at = added_at};
  if (!ready()) return item;
  for (const auto& file : files) {
    if (!file.is_selected) continue;
    item.files.push_back({.index = file.number - 1,
                          .path = file.path,
                          .size_bytes = file.size_bytes,
                          .id = file.link.empty() ? "" : std::to_string(file.number)});
  }
  return item;
}

std::optional<Torrent> ReadTorrent(const Json& entry) {
  auto hash = store::NormalizeHash(TextOf(entry, "hash"));
  auto id = TextOf(entry, "id");
  if (!hash || !IsId(id)) return std::nullopt;
  const auto original = UintOf(entry, "original_bytes");
  Torrent torrent{.id = std::move(id),
                  .hash = *std::move(hash),
                  .name = store::SafeName(TextOf(entry, "filename")),
                  .status = &StatusOf(TextOf(entry, "status")),
                  .size_bytes = original != 0 ? original : UintOf(entry, "bytes"),
                  .added_at = store::ReadTime(TextOf(entry, "added")).value_or(sdk::Seconds{}),
                  .files = ReadFiles(entry)};
  if (torrent.ready()) Pair(entry, torrent);
  return torrent;
}

}  // namespace sluice::plugins::realdebrid

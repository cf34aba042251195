// SPDX-License-Identifier: MIT
#include "items.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sluice/sdk/text.hpp>
#include <vector>

#include "store/common/info_hash.hpp"
#include "store/common/paths.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::torbox {
namespace {

using store::Json;

constexpr std::size_t kMaxFiles = 20'000;
constexpr std::size_t kMaxDigits = 18;

bool IsHex(std::string_view text, std::size_t size) {
  return text.size() == size && std::all_of(text.begin(), text.end(), [](char c) { return sdk::HexDigit(c) >= 0; });
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= kMaxDigits && (text == "0" || text.front() != '0') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// In the form of its content; empty: it is none.
std::string HashOf(const Service& service, const Json& item) {
  const auto hash = store::TextOf(item, "hash");
  if (service.content == sdk::Content::kTorrent) return store::NormalizeHash(hash).value_or("");
  return IsHex(hash, 32) ? sdk::LowerCase(hash) : "";
}

std::string NameOf(const Service& service, const Json& item, std::string_view first_file) {
  const auto own = store::TextOf(item, "name");
  return service.content == sdk::Content::kTorrent ? store::TorrentName(first_file, own) : store::SafeName(own);
}

/// \param held  of mylist: with an id, that Link takes.
std::vector<sdk::File> ReadFiles(const Json& item, bool held, std::string& first) {
  std::vector<sdk::File> files;
  const auto* const list = store::Member(item, "files");
  if (list == nullptr || !list->is_array()) return files;
  for (const auto& entry : *list) {
    if (files.size() == kMaxFiles) break;
    auto name = store::TextOf(entry, "name");
    if (name.empty()) name = store::TextOf(entry, "short_name");
    sdk::File file{.index = static_cast<std::uint32_t>(files.size()),
                   .path = store::SafePath(store::StripRoot(name).path),
                   .size_bytes = store::UintOf(entry, "size")};
    if (held && IsNumber(store::TextOf(entry, "id"))) file.id = store::TextOf(entry, "id");
    if (const auto hash = store::TextOf(entry, "opensubtitles_hash"); IsHex(hash, 16)) {
      file.video_hash = sdk::LowerCase(hash);
    }
    if (files.empty()) first = std::move(name);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

std::string_view NumberOf(const Service& service, std::string_view id) {
  if (!id.starts_with(service.id_prefix)) return {};
  id.remove_prefix(service.id_prefix.size());
  return IsNumber(id) && id != "0" ? id : std::string_view();
}

const Service& ServiceOfId(std::string_view id) {
  const auto all = Services();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Service& one) {
    return !one.id_prefix.empty() && id.starts_with(one.id_prefix);
  });
  return found == all.end() ? all.front() : *found;
}

sdk::ItemState StateOf(const Service& service, const Json& item) {
  if (store::BoolOf(item, "download_finished") && store::BoolOf(item, "download_present"))
    return sdk::ItemState::kReady;
  const auto said = sdk::LowerCase(store::TextOf(item, "download_state"));
  const auto states = States();
  const auto found =
      std::find_if(states.begin(), states.end(), [&](const StateRow& row) { return said.starts_with(row.prefix); });
  if (found != states.end()) return found->state;
  if (store::DoubleOf(item, "progress") > 0) return sdk::ItemState::kDownloading;
  return service.content == sdk::Content::kTorrent ? sdk::ItemState::kQueued : sdk::ItemState::kUnknown;
}

std::optional<sdk::Item> ReadHeld(const Service& service, const Json& item) {
  const auto number = store::TextOf(item, "id");
  sdk::Item read{.id = std::string(service.id_prefix) + number,
                 .hash = HashOf(service, item),
                 .state = StateOf(service, item),
                 .size_bytes = store::UintOf(item, "size"),
                 .content = service.content,
                 .is_private = store::BoolOf(item, "private"),
                 .added_at = store::ReadTime(store::TextOf(item, "created_at")).value_or(sdk::Seconds())};
  if (NumberOf(service, read.id).empty()) return std::nullopt;
  if (service.content == sdk::Content::kTorrent && read.hash.empty()) return std::nullopt;
  std::string first;
  read.files = ReadFiles(item, true, first);
  read.name = NameOf(service, item, first);
  return read;
}

std::optional<sdk::Item> ReadCached(const Service& service, const Json& item) {
  sdk::Item read{.hash = HashOf(service, item),
                 .state = sdk::ItemState::kCached,
                 .size_bytes = store::UintOf(item, "size"),
                 .content = service.content};
  if (read.hash.empty()) return std::nullopt;
  std::string first;
  read.files = ReadFiles(item, false, first);
  read.name = NameOf(service, item, first);
  return read;
}

}  // namespace sluice::plugins::torbox

// SPDX-License-Identifier: MIT
#include "knowledge.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

namespace sluice::plugins::stremio {
namespace {

using Json = nlohmann::json;

constexpr auto kCachedLife = std::chrono::hours(24), kUncachedLife = std::chrono::hours(8);
constexpr std::size_t kAtOnce = 100;      // hashes in one statement
constexpr std::size_t kMostFiles = 2000;  // of an item; more of them are asked of the store again

sdk::Seconds Now(const sdk::Host& host) { return std::chrono::floor<std::chrono::seconds>(host.clock().Now()); }

std::string TextOf(const std::vector<sdk::File>& files) {
  auto list = Json::array();
  if (files.size() > kMostFiles) return list.dump();
  for (const auto& file : files) list.push_back(Json::array({file.index, file.path, file.size_bytes, file.video_hash}));
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Of what TextOf wrote.
std::vector<sdk::File> FilesOf(std::string_view text) {
  std::vector<sdk::File> files;
  const auto list = Json::parse(text, nullptr, false);
  if (!list.is_array()) return files;
  for (const auto& file : list) {
    if (!file.is_array() || file.size() != 4) continue;
    files.push_back({.index = file[0], .path = file[1], .size_bytes = file[2], .video_hash = file[3]});
  }
  return files;
}

std::string Marks(std::size_t first, std::size_t count) {
  std::string marks;
  for (std::size_t i = 0; i < count; ++i) marks += (i == 0 ? "$" : ", $") + std::to_string(first + i);
  return marks;
}

}  // namespace

sdk::Result<std::map<std::string, Known>> Knowledge::Find(const sdk::Call& call, std::string_view store,
                                                          std::span<const std::string> hashes) const {
  std::map<std::string, Known> known;
  const auto now = Now(host_);
  while (!hashes.empty()) {
    const auto part = hashes.first(std::min(hashes.size(), kAtOnce));
    hashes = hashes.subspan(part.size());
    std::vector<sdk::SqlParam> params{store, now - kCachedLife, now - kUncachedLife};
    params.insert(params.end(), part.begin(), part.end());
    const auto sql =
        "SELECT hash, cached, files FROM {magnets} WHERE store = $1 AND (seen_at > $3 OR (cached = 1 AND seen_at > $2))"
        " AND hash IN (" +
        Marks(4, part.size()) + ")";
    auto found = host_.database().Read(call, sql, std::span<const sdk::SqlParam>(params));
    if (!found) return std::move(found).error();
    for (const auto& row : found->rows) {
      known[row[0].text] = {.cached = row[1].integer != 0, .files = FilesOf(row[2].text)};
    }
  }
  return known;
}

sdk::Status Knowledge::Note(const sdk::Call& call, std::string_view store, std::span<const std::string> hashes,
                            const std::map<std::string, Known>& cached) const {
  const auto now = Now(host_);
  return host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    for (const auto& hash : hashes) {
      const auto found = cached.find(hash);
      const auto files = found == cached.end() ? std::string("[]") : TextOf(found->second.files);
      auto done = transaction.Run(
          "INSERT INTO {magnets} (store, hash, cached, seen_at, files) VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (store, hash) DO UPDATE SET cached = excluded.cached, seen_at = excluded.seen_at, "
          "files = excluded.files",
          {store, hash, found == cached.end() ? 0 : 1, now, files});
      if (!done) return std::move(done).error();
    }
    auto purged = transaction.Run("DELETE FROM {magnets} WHERE seen_at <= $1", {now - kCachedLife});
    return purged ? sdk::Ok() : sdk::Status(std::move(purged).error());
  });
}

}  // namespace sluice::plugins::stremio

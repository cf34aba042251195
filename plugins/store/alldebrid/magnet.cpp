// SPDX-License-Identifier: MIT
#include "magnet.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "client.hpp"
#include "dialect.hpp"
#include "store/common/info_hash.hpp"
#include "store/common/paths.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::alldebrid {
namespace {

using store::Json;
using store::Member;
using store::TextOf;
using store::UintOf;

constexpr std::size_t kMaxFiles = 20'000;

const Json* ChildrenOf(const Json& node) {
  const auto* const children = Member(node, "e");
  return children != nullptr && children->is_array() ? children : nullptr;
}

/// The parser has limited how deep that can be.
void ReadNodes(const Json& nodes, const std::string& folder, Magnet& magnet) {
  for (const auto& node : nodes) {
    if (!node.is_object()) continue;
    const auto path = folder + TextOf(node, "n");
    if (const auto* const children = ChildrenOf(node)) {
      ReadNodes(*children, path + "/", magnet);
      continue;
    }
    if (magnet.links.size() >= kMaxFiles) return;
    auto link = TextOf(node, "l");
    const auto index = static_cast<std::uint32_t>(magnet.links.size());
    magnet.item.files.push_back({.index = index,
                                 .path = store::SafePath(path),
                                 .size_bytes = UintOf(node, "s"),
                                 .id = link.empty() ? "" : std::to_string(index)});
    magnet.links.push_back(std::move(link));
  }
}

}  // namespace

void ReadFiles(const Json& tree, Magnet& magnet) {
  magnet.item.files.clear();
  magnet.links.clear();
  magnet.has_files = tree.is_array();
  if (!magnet.has_files) return;
  // A folder that holds all is the torrent's own.
  const auto* const root = tree.size() == 1 ? ChildrenOf(tree.front()) : nullptr;
  if (root != nullptr) {
    if (auto name = store::SafeName(TextOf(tree.front(), "n")); !name.empty()) magnet.item.name = std::move(name);
  }
  ReadNodes(root == nullptr ? tree : *root, {}, magnet);
}

std::optional<Magnet> ReadMagnet(const Json& entry) {
  auto id = TextOf(entry, "id");
  auto hash = store::NormalizeHash(TextOf(entry, "hash"));
  if (!IsId(id) || !hash) return std::nullopt;
  const auto code =
      Member(entry, "statusCode") == nullptr ? std::numeric_limits<std::uint64_t>::max() : UintOf(entry, "statusCode");
  const auto completed = store::ReadUnixTime(entry, "completionDate");
  Magnet magnet{
      .item = {.id = std::move(id),
               .hash = *std::move(hash),
               .name = store::SafeName(TextOf(entry, "filename")),
               .state = StateOf(code),
               .size_bytes = UintOf(entry, "size"),
               .added_at = completed == sdk::Seconds{} ? store::ReadUnixTime(entry, "uploadDate") : completed},
      .links = {}};
  const auto* const files = Member(entry, "files");
  if (magnet.ready() && files != nullptr) ReadFiles(*files, magnet);
  return magnet;
}

std::vector<const Json*> MagnetsIn(const Json& data) {
  std::vector<const Json*> magnets;
  const auto* const said = Member(data, "magnets");
  if (said == nullptr) return magnets;
  if (Member(*said, "id") != nullptr || Member(*said, "error") != nullptr) return {said};
  for (const auto& one : *said) {
    if (one.is_object()) magnets.push_back(&one);
  }
  return magnets;
}

}  // namespace sluice::plugins::alldebrid

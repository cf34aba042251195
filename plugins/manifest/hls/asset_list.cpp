// SPDX-License-Identifier: MIT
#include "asset_list.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "json_document.hpp"

namespace sluice::plugins::hls {

sdk::Result<std::string> RewriteAssetList(std::string_view text, Linker& linker) {
  auto list = ParseDocument(text, "asset list");
  if (!list) return std::move(list).error();
  const auto assets = list->find("ASSETS");
  if (assets == list->end() || !assets->is_array())
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "not a JSON asset list: /ASSETS: want a list"};
  for (std::size_t i = 0; i < assets->size(); ++i) {
    auto& asset = (*assets)[i];
    if (!asset.is_object() || !asset.contains("URI")) continue;
    const auto pointer = "/ASSETS/" + std::to_string(i) + "/URI";
    if (auto linked = LinkUri(asset["URI"], pointer, sdk::LinkKind::kManifest, {}, linker); !linked)
      return std::move(linked).error();
  }
  return list->dump();
}

}  // namespace sluice::plugins::hls

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The small values of stores, both ways.

#include <sluice/abi/store.h>
#include <sluice/sdk/detail/convert.hpp>
#include <sluice/sdk/store.hpp>

namespace sluice::sdk::detail {

inline sluice_content ToContent(Content content) noexcept { return static_cast<sluice_content>(content); }
inline Content FromContent(sluice_content content) noexcept {
  return content > SLUICE_CONTENT_WEB ? Content::kTorrent : static_cast<Content>(content);
}

/// Fills `view`, as far as it was long for whoever made it.
inline void ToTraits(const StoreTraits& traits, sluice_store_traits& view) noexcept {
  const auto bit = [](bool takes, Content content) { return takes ? 1U << ToContent(content) : 0U; };
  sluice_store_traits whole{.struct_size = view.struct_size,
                            .contents = bit(traits.torrents, Content::kTorrent) | bit(traits.usenet, Content::kUsenet) |
                                        bit(traits.web, Content::kWeb),
                            .checks = traits.checks ? 1U : 0U,
                            .downloads = traits.downloads ? 1U : 0U,
                            .torrent_files = traits.torrent_files ? 1U : 0U,
                            .private_torrents = traits.private_torrents ? 1U : 0U,
                            .torrent_order = traits.torrent_order ? 1U : 0U,
                            .lists = traits.lists ? 1U : 0U,
                            .removes = traits.removes ? 1U : 0U,
                            .trusted = traits.trusted ? 1U : 0U};
  std::memcpy(&view, &whole, std::min<std::size_t>(view.struct_size, sizeof(whole)));
}

inline StoreTraits FromTraits(const sluice_store_traits& view) noexcept {
  const auto takes = [&](Content content) { return (view.contents >> ToContent(content) & 1U) != 0; };
  return {.torrents = takes(Content::kTorrent),
          .usenet = takes(Content::kUsenet),
          .web = takes(Content::kWeb),
          .checks = view.checks != 0,
          .downloads = view.downloads != 0,
          .torrent_files = view.torrent_files != 0,
          .private_torrents = view.private_torrents != 0,
          .torrent_order = view.torrent_order != 0,
          .lists = view.lists != 0,
          .removes = view.removes != 0,
          .trusted = view.trusted != 0};
}

}  // namespace sluice::sdk::detail

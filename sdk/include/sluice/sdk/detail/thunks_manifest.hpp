// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ManifestRewriter as a C table.

#include <sluice/abi/manifest.h>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/manifest.hpp>

#include <stdexcept>

namespace sluice::sdk::detail {

class LinkMinterClient final : public LinkMinter {
 public:
  explicit LinkMinterClient(sluice_link_minter minter) : minter_(minter) {}
  /// Throws when the host could not make a link: the manifest must not show the original instead.
  std::string Proxied(std::string_view absolute_url, LinkKind kind) override {
    TextTaker link;
    minter_.proxied(minter_.ctx, Str(absolute_url), ToLinkKind(kind), link.sink());
    if (!link.taken()) throw std::runtime_error("the host made no link");
    return std::move(link.text());
  }

 private:
  sluice_link_minter minter_;
};

template <>
struct Kind<ManifestRewriter> {
  static constexpr const char* id = SLUICE_MANIFEST_KIND;

  static uint32_t Accepts(void* self, const sluice_manifest_probe* probe) noexcept {
    return Self<ManifestRewriter>(self).Accepts({.content_type = View(probe->content_type),
                                                 .url = View(probe->url),
                                                 .first_bytes = View(probe->first_bytes)})
               ? 1
               : 0;
  }
  static sluice_status Rewrite(void* self, const sluice_call* call, const sluice_manifest* manifest,
                               sluice_link_minter links, sluice_rewritten_manifest_sink out,
                               sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      LinkMinterClient minter(links);
      auto rewritten = Self<ManifestRewriter>(self).Rewrite(Call(*call),
                                                            {.text = View(manifest->text),
                                                             .base_url = View(manifest->base_url),
                                                             .content_type = View(manifest->content_type)},
                                                            minter);
      if (!rewritten) return std::move(rewritten).error();
      const sluice_rewritten_manifest view{.struct_size = SizeOf<sluice_rewritten_manifest>(),
                                           .reserved = 0,
                                           .text = Str(rewritten->text),
                                           .content_type = Str(rewritten->content_type)};
      out.put(out.ctx, &view);
      return Ok();
    });
  }

  static constexpr sluice_manifest_table kTable{
      .struct_size = SizeOf<sluice_manifest_table>(), .reserved = 0, .accepts = &Accepts, .rewrite = &Rewrite};
};

}  // namespace sluice::sdk::detail

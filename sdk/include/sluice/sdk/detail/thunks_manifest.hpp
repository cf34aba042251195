// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ManifestRewriter as a C table.

#include <sluice/abi/manifest.h>
#include <sluice/sdk/detail/http_client.hpp>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/manifest.hpp>

#include <optional>
#include <stdexcept>
#include <utility>

namespace sluice::sdk::detail {

class LinkMinterClient final : public LinkMinter {
 public:
  /// \param host  null: the host has no links that say more.
  LinkMinterClient(sluice_link_minter minter, const sluice_manifest_host* host) : minter_(minter), host_(host) {}
  /// Throws when the host could not make a link: the manifest must not show the original instead.
  std::string Proxied(std::string_view absolute_url, LinkKind kind) override {
    TextTaker link;
    minter_.proxied(minter_.ctx, Str(absolute_url), ToLinkKind(kind), link.sink());
    if (!link.taken()) throw std::runtime_error("the host made no link");
    return std::move(link.text());
  }
  Result<std::string> Link(const LinkOrder& order) override {
    if (host_ == nullptr) return LinkMinter::Link(order);
    Array<sluice_template_variant, 16> variants;
    variants.Fill(order.variants, [](const TemplateVariant& variant) {
      return sluice_template_variant{Str(variant.representation_id), variant.bandwidth};
    });
    const sluice_link_order view{.struct_size = SizeOf<sluice_link_order>(),
                                 .kind = ToLinkKind(order.kind),
                                 .url = Str(order.url),
                                 .note = Str(order.note),
                                 .extension = Str(order.extension),
                                 .is_template = order.is_template ? 1U : 0U,
                                 .reserved = 0,
                                 .variants = variants.data(),
                                 .variant_count = variants.size()};
    TextTaker link;
    sluice_error error{};
    const auto status = host_->link(host_->ctx, &view, link.sink(), &error);
    if (status != SLUICE_OK) return ToError(status, error);
    if (!link.taken()) return Error{.code = Errc::kInternal, .message = "the host made no link"};
    return std::move(link.text());
  }

 private:
  sluice_link_minter minter_;
  const sluice_manifest_host* host_;
};

class ReferenceFetcherClient final : public ReferenceFetcher {
 public:
  explicit ReferenceFetcherClient(const sluice_manifest_host& host) : host_(host) {}
  Result<HttpResponse> Fetch(const Reference& reference) override {
    const sluice_reference view{.struct_size = SizeOf<sluice_reference>(),
                                .kind = ToLinkKind(reference.kind),
                                .url = Str(reference.url),
                                .offset = reference.offset,
                                .length = reference.length,
                                .max_bytes = reference.max_bytes};
    std::optional<HttpResponse> response;
    sluice_error error{};
    const auto status = host_.fetch(host_.ctx, &view, {&response, &Put}, &error);
    if (status != SLUICE_OK) return ToError(status, error);
    if (!response) return Error{.code = Errc::kInternal, .message = "no room for the response"};
    return std::move(*response);
  }

 private:
  static void Put(void* ctx, const sluice_http_response* response) noexcept {
    BarrierOr(false, [&] {
      static_cast<std::optional<HttpResponse>*>(ctx)->emplace(FromHttpResponse(*response));
      return true;
    });
  }
  const sluice_manifest_host& host_;
};

class FindingSinkClient final : public FindingSink {
 public:
  explicit FindingSinkClient(sluice_manifest_finding_sink sink) : sink_(sink) {}
  bool Put(const ManifestFinding& finding) override {
    const sluice_manifest_finding view{.struct_size = SizeOf<sluice_manifest_finding>(),
                                       .reserved = 0,
                                       .line = finding.line,
                                       .rule = Str(finding.rule),
                                       .text = Str(finding.text)};
    return sink_.put(sink_.ctx, &view) == 0;
  }

 private:
  sluice_manifest_finding_sink sink_;
};

template <>
struct Kind<ManifestRewriter> {
  static constexpr const char* id = SLUICE_MANIFEST_KIND;

  static uint32_t Accepts(void* self, const sluice_manifest_probe* probe) noexcept {
    return Self<ManifestRewriter>(self).Accepts({.content_type = View(probe->content_type),
                                                 .url = View(probe->url),
                                                 .first_bytes = View(probe->first_bytes),
                                                 .note = SLUICE_HAS(probe, note) ? View(probe->note) : ""})
               ? 1
               : 0;
  }
  static Manifest FromView(const sluice_manifest& manifest, ReferenceFetcher* references) {
    return {.text = View(manifest.text),
            .base_url = View(manifest.base_url),
            .content_type = View(manifest.content_type),
            .note = SLUICE_HAS(&manifest, note) ? View(manifest.note) : std::string_view(),
            .references = references};
  }
  static sluice_status Rewrite(void* self, const sluice_call* call, const sluice_manifest* manifest,
                               sluice_link_minter links, sluice_rewritten_manifest_sink out,
                               sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      const auto* const host = SLUICE_HAS(manifest, host) ? manifest->host : nullptr;
      LinkMinterClient minter(links, host);
      std::optional<ReferenceFetcherClient> references;
      if (host != nullptr && host->fetch != nullptr) references.emplace(*host);
      auto rewritten = Self<ManifestRewriter>(self).Rewrite(
          Call(*call), FromView(*manifest, references ? &*references : nullptr), minter);
      if (!rewritten) return std::move(rewritten).error();
      const sluice_rewritten_manifest view{.struct_size = SizeOf<sluice_rewritten_manifest>(),
                                           .stable = rewritten->stable ? 1U : 0U,
                                           .text = Str(rewritten->text),
                                           .content_type = Str(rewritten->content_type)};
      out.put(out.ctx, &view);
      return Ok();
    });
  }
  static sluice_status Follow(void* self, const sluice_call* call, const sluice_followed* followed,
                              sluice_destination_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      const auto destination = Self<ManifestRewriter>(self).Follow(Call(*call), {.url = View(followed->url),
                                                                                 .query = View(followed->query),
                                                                                 .kind = FromLinkKind(followed->kind),
                                                                                 .note = View(followed->note),
                                                                                 .minted = followed->minted != 0});
      if (!destination) return destination.error();
      const auto wait_ms =
          std::clamp<std::int64_t>(destination->wait.count(), 0, std::numeric_limits<std::uint32_t>::max());
      const sluice_destination view{.struct_size = SizeOf<sluice_destination>(),
                                    .wait_ms = static_cast<std::uint32_t>(wait_ms),
                                    .url = Str(destination->url)};
      out.put(out.ctx, &view);
      return Ok();
    });
  }
  static sluice_status Check(void* self, const sluice_call* call, const sluice_manifest* manifest,
                             sluice_manifest_finding_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      FindingSinkClient findings(out);
      return Self<ManifestRewriter>(self).Check(Call(*call), FromView(*manifest, nullptr), findings);
    });
  }

  static constexpr sluice_manifest_table kTable{.struct_size = SizeOf<sluice_manifest_table>(),
                                                .reserved = 0,
                                                .accepts = &Accepts,
                                                .rewrite = &Rewrite,
                                                .follow = &Follow,
                                                .check = &Check};
};

}  // namespace sluice::sdk::detail

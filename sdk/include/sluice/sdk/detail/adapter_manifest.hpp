// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ManifestRewriter over a plugin's C table.

#include <sluice/abi/manifest.h>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/adapter_references.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/manifest.hpp>

namespace sluice::sdk::detail {

struct RewriteFrame : OneFrame<RewrittenManifest> {
  RewriteFrame(LinkMinter& minter, ReferenceFetcher* fetcher) : OneFrame(true), links(minter), references(fetcher) {}
  LinkMinter& links;
  ReferenceFetcher* references;  ///< Null: the host has none.
};

class ManifestFromTable final : public ManifestRewriter {
 public:
  ManifestFromTable(const sluice_component& component, void* self, CallObserver& observer)
      : target_(component, self, observer, "manifest") {}

  /// Not refused in quarantine: a manifest that nobody accepts would reach the viewer with its upstream links in it.
  /// For the same reason a rewriter that throws counts as one that accepts: it then fails, or does its work.
  bool Accepts(const ManifestProbe& probe) const noexcept override {
    const sluice_manifest_probe view{.struct_size = SizeOf<sluice_manifest_probe>(),
                                     .reserved = 0,
                                     .content_type = Str(probe.content_type),
                                     .url = Str(probe.url),
                                     .first_bytes = Str(probe.first_bytes),
                                     .note = Str(probe.note)};
    bool accepts = true;
    target_.Observed("accepts", nullptr,
                     [&] { accepts = target_.table<sluice_manifest_table>().accepts(target_.self(), &view) != 0; });
    return accepts;
  }

  Result<RewrittenManifest> Rewrite(const Call& call, const Manifest& manifest, LinkMinter& links) const override {
    sluice_manifest_host host{.struct_size = SizeOf<sluice_manifest_host>(),
                              .reserved = 0,
                              .ctx = nullptr,
                              .link = &LinkTo,
                              .fetch = manifest.references == nullptr ? nullptr : &FetchIn<RewriteFrame>};
    const auto view = ToView(manifest, &host);
    RewriteFrame frame(links, manifest.references);
    return InvokeOne<RewrittenManifest>(target_, "rewrite", call, frame, [&](void* ctx, sluice_error* error) {
      host.ctx = ctx;
      return target_.table<sluice_manifest_table>().rewrite(
          target_.self(), &call.abi(), &view, {ctx, &Proxied},
          {ctx, &PutOne<RewrittenManifest, sluice_rewritten_manifest>}, error);
    });
  }

  Result<Destination> Follow(const Call& call, const Followed& followed) const override {
    const auto& table = target_.table<sluice_manifest_table>();
    if (!SLUICE_HAS(&table, follow) || table.follow == nullptr) return ManifestRewriter::Follow(call, followed);
    const sluice_followed view{.struct_size = SizeOf<sluice_followed>(),
                               .kind = ToLinkKind(followed.kind),
                               .url = Str(followed.url),
                               .query = Str(followed.query),
                               .note = Str(followed.note),
                               .minted = followed.minted ? 1U : 0U,
                               .reserved = 0};
    OneFrame<Destination> frame(true);
    return InvokeOne<Destination>(target_, "follow", call, frame, [&](void* ctx, sluice_error* error) {
      return table.follow(target_.self(), &call.abi(), &view, {ctx, &PutOne<Destination, sluice_destination>}, error);
    });
  }

  Status Check(const Call& call, const Manifest& manifest, FindingSink& findings) const override {
    const auto& table = target_.table<sluice_manifest_table>();
    if (!SLUICE_HAS(&table, check) || table.check == nullptr) return ManifestRewriter::Check(call, manifest, findings);
    const auto view = ToView(manifest, nullptr);
    ManyFrame<FindingSink> frame(findings);
    return target_.Invoke("check", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return table.check(target_.self(), &call.abi(), &view,
                         {ctx, &PutMany<FindingSink, ManifestFinding, sluice_manifest_finding>}, error);
    });
  }

 private:
  static sluice_manifest ToView(const Manifest& manifest, const sluice_manifest_host* host) {
    return {.struct_size = SizeOf<sluice_manifest>(),
            .reserved = 0,
            .text = Str(manifest.text),
            .base_url = Str(manifest.base_url),
            .content_type = Str(manifest.content_type),
            .note = Str(manifest.note),
            .host = host};
  }

  static void Proxied(void* ctx, sluice_str absolute_url, sluice_link_kind kind, sluice_text_sink out) noexcept {
    std::optional<std::string> link;
    InFrame<RewriteFrame>(ctx, [&](RewriteFrame& frame) {
      Reader reader;
      const auto url = reader.Text(absolute_url, "link");
      if (!reader.ok()) {
        if (frame.fault.empty()) frame.fault = "put garbage: " + reader.fault();
        return;
      }
      const HostTime time(frame);
      link = frame.links.Proxied(url, FromLinkKind(kind));
    });
    // Outside of the frame: `put` is the plugin's code, and may come back here.
    if (link && out.put != nullptr) out.put(out.ctx, Str(*link));
  }

  static sluice_status LinkTo(void* ctx, const sluice_link_order* order, sluice_text_sink out,
                              sluice_error* error) noexcept {
    return InCall<std::string, RewriteFrame>(
        ctx, error,
        [&](RewriteFrame& frame) -> Result<std::string> {
          Reader reader;
          LinkOrder read{.url = {}};
          std::vector<TemplateVariant> variants;
          if (order == nullptr)
            reader.Fault("link", "a null pointer");
          else
            Read(reader, *order, read, variants);
          if (!reader.ok()) return PutGarbage<std::string>(frame, reader);
          read.variants = variants;
          const HostTime time(frame);
          return frame.links.Link(read);
        },
        [&](const std::string& link) {
          if (out.put != nullptr) out.put(out.ctx, Str(link));
        });
  }

  Target target_;
};

}  // namespace sluice::sdk::detail

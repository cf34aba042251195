// SPDX-License-Identifier: MIT
#include "dash_rewriter.hpp"

#include <string>
#include <utility>

#include "manifest/common/body.hpp"
#include "manifest/common/checks.hpp"
#include "manifest/common/linker.hpp"
#include "manifest/common/remotes.hpp"
#include "patch_pass.hpp"

namespace sluice::plugins::dash {
namespace {

sdk::Result<sdk::RewrittenManifest> RewritePatch(const mpd::XmlText& document, std::string_view note,
                                                 mpd::Linker& linker, const PassOptions& options) {
  const auto from = PatchNote::Unpack(note);
  if (!from)
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                      .message = "not an MPD: a patch that was not asked for by a link out of an MPD"};
  PatchPass pass(document, *from, linker, options);
  if (auto done = pass.Run(); !done) return std::move(done).error();
  return sdk::RewrittenManifest{.text = pass.Take(), .content_type = "application/dash-patch+xml"};
}

}  // namespace

sdk::Result<std::unique_ptr<DashRewriter>> DashRewriter::Create(sdk::Host, const sdk::Config& config) {
  PassOptions options;
  options.allow_insecure = config.Bool("/allow_insecure_segments", false);
  options.proxy_licences = config.String("/licences", "proxy") == "proxy";
  options.decrypted = config.Bool("/decrypted", false);
  return std::make_unique<DashRewriter>(options);
}

bool DashRewriter::Accepts(const sdk::ManifestProbe& probe) const noexcept {
  return PatchNote::IsOne(probe.note) || mpd::IsMpd(probe);
}

sdk::Result<sdk::RewrittenManifest> DashRewriter::Rewrite(const sdk::Call& call, const sdk::Manifest& manifest,
                                                          sdk::LinkMinter& links) const {
  if (call.cancelled()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
  auto parsed = mpd::ReadXml(manifest.text, {"MPD", "Patch"});
  if (!parsed) return std::move(parsed).error();
  mpd::Linker linker(manifest.base_url, links, options_.allow_insecure);
  if (mpd::LocalName((*parsed)->root()) == "Patch") return RewritePatch(**parsed, manifest.note, linker, options_);
  auto whole = mpd::WithRemotes(std::move(*parsed), manifest.base_url, manifest.references);
  if (!whole) return std::move(whole).error();
  MpdPass pass(call, **whole, std::string(manifest.base_url), linker, options_);
  if (auto done = pass.Run(); !done) return std::move(done).error();
  return sdk::RewrittenManifest{.text = pass.Take(), .content_type = "application/dash+xml", .stable = true};
}

sdk::Status DashRewriter::Check(const sdk::Call&, const sdk::Manifest& manifest, sdk::FindingSink& findings) const {
  return mpd::Check(manifest.text, findings);
}

}  // namespace sluice::plugins::dash

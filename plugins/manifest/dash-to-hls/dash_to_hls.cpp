// SPDX-License-Identifier: MIT
#include "dash_to_hls.hpp"

#include <string>

#include "manifest/common/body.hpp"
#include "manifest/common/checks.hpp"
#include "manifest/common/linker.hpp"
#include "manifest/common/mpd.hpp"
#include "manifest/common/remotes.hpp"
#include "media_playlist.hpp"
#include "multivariant.hpp"
#include "rendition.hpp"
#include "text_clock.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

/// With its remote elements in it.
sdk::Result<std::unique_ptr<mpd::XmlText>> ReadDocument(const sdk::Manifest& manifest) {
  auto parsed = mpd::ReadXml(manifest.text, {"MPD"});
  if (!parsed) return parsed;
  return mpd::WithRemotes(std::move(*parsed), manifest.base_url, manifest.references);
}

}  // namespace

sdk::Result<std::unique_ptr<DashToHls>> DashToHls::Create(sdk::Host host, const sdk::Config& config) {
  return std::make_unique<DashToHls>(std::move(host),
                                     ConvertOptions{.decrypted = config.Bool("/decrypted", false),
                                                    .allow_insecure = config.Bool("/allow_insecure_segments", false)});
}

bool DashToHls::Accepts(const sdk::ManifestProbe& probe) const noexcept {
  return Wanted::IsOne(probe.note) || TextClock::IsOne(probe.note) || mpd::IsMpd(probe);
}

sdk::Result<sdk::RewrittenManifest> DashToHls::Rewrite(const sdk::Call& call, const sdk::Manifest& manifest,
                                                       sdk::LinkMinter& links) const {
  if (call.cancelled()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
  if (call.expired()) return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "no time left for the MPD"};
  if (const auto clock = TextClock::Unpack(manifest.note))
    return sdk::RewrittenManifest{.text = clock->Apply(manifest.text), .content_type = "text/vtt", .stable = true};
  const auto document = ReadDocument(manifest);
  if (!document) return document.error();
  const auto mpd = mpd::ReadMpd(**document, std::string(manifest.base_url));
  mpd::Linker linker(manifest.base_url, links, options_.allow_insecure);
  const auto wanted = Wanted::Unpack(manifest.note);
  Codecs codecs(call, host_, flights_, manifest.references, mpd.url);
  auto text = wanted
                  ? MediaPlaylist({.call = call,
                                   .host = host_,
                                   .mpd = mpd,
                                   .linker = linker,
                                   .references = manifest.references,
                                   .decrypted = options_.decrypted},
                                  *wanted)
                        .Write()
                  : Multivariant(mpd, host_.secrets().Fingerprint(mpd.url), linker, codecs, options_.decrypted).Write();
  if (!text) return std::move(text).error();
  return sdk::RewrittenManifest{.text = std::move(*text), .content_type = "application/vnd.apple.mpegurl"};
}

sdk::Status DashToHls::Check(const sdk::Call&, const sdk::Manifest& manifest, sdk::FindingSink& findings) const {
  // The MPD was checked when it was come by without a note.
  if (Wanted::IsOne(manifest.note) || TextClock::IsOne(manifest.note)) return sdk::Ok();
  return mpd::Check(manifest.text, findings);
}

}  // namespace sluice::plugins::dash_to_hls

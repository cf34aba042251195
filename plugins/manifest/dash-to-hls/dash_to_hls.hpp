// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// DashToHls: answers requests for MPDs with HLS playlists.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/plugin.hpp>

#include <memory>
#include <utility>

#include "codecs.hpp"

namespace sluice::plugins::dash_to_hls {

struct ConvertOptions {
  bool decrypted = false;
  bool allow_insecure = false;
};

/// An MPD becomes a multivariant playlist; each of its media playlists is a link to the same MPD with a note of which
/// rendition is wanted. WebVTT whose times are not the media's passes through it too. What of DASH is said in HLS, and
/// how: README.md beside this file. Threads: [worker] on every method.
class DashToHls final : public sdk::ManifestRewriter {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "dash-to-hls",
      .summary = "DASH manifests (MPD) as HLS playlists",
      .config_schema = R"({"type": "object", "additionalProperties": false, "properties": {
        "allow_insecure_segments": {"type": "boolean", "default": false,
                     "description": "whether an MPD that came by https may refer to http; otherwise it is refused"},
        "decrypted": {"type": "boolean", "default": false,
                     "description": "whether a filter of the pipeline decrypts the segments: then playlists name no keys"}}})"};

  static sdk::Result<std::unique_ptr<DashToHls>> Create(sdk::Host host, const sdk::Config& config);

  DashToHls(sdk::Host host, const ConvertOptions& options) : host_(std::move(host)), options_(options) {}

  bool Accepts(const sdk::ManifestProbe& probe) const noexcept override;
  sdk::Result<sdk::RewrittenManifest> Rewrite(const sdk::Call& call, const sdk::Manifest& manifest,
                                              sdk::LinkMinter& links) const override;

  sdk::Status Check(const sdk::Call& call, const sdk::Manifest& manifest, sdk::FindingSink& findings) const override;

 private:
  const sdk::Host host_;
  const ConvertOptions options_;
  mutable CodecFlights flights_;
};

}  // namespace sluice::plugins::dash_to_hls

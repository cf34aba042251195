// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HlsRewriter: sends the links of HLS playlists through the gateway and leaves every other octet as it is.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/plugin.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "holds.hpp"
#include "playlist_pass.hpp"

namespace sluice::plugins::hls {

/// RFC 8216 and its successor draft. What is rewritten, and what is not: README.md beside this file.
/// Threads: [worker] on every method.
class HlsRewriter final : public sdk::ManifestRewriter {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "hls",
      .summary = "HLS playlists (M3U8): every link through the gateway, every other octet unchanged",
      .config_schema = R"({"type": "object", "additionalProperties": false, "properties": {
        "mode": {"type": "string", "enum": ["proxy", "playlists", "keys", "cdn"], "default": "proxy",
                 "description": "what goes through the gateway: all; playlists; playlists and keys; all but segments"},
        "base_url": {"type": "string",
                     "description": "of mode cdn, and of no other: in place of the origin in URLs of segments"},
        "allow_insecure_segments": {"type": "boolean", "default": false,
                     "description": "whether a playlist that came by https may refer to http; otherwise it is refused"},
        "decrypted": {"type": "boolean", "default": false,
                     "description": "whether a filter of the pipeline decrypts the segments, as `cenc` does"},
        "max_line": {"type": "integer", "minimum": 1024, "maximum": 16777216, "default": 1048576,
                     "description": "longest line in octets; a playlist with a longer one is refused"}}})"};

  static sdk::Result<std::unique_ptr<HlsRewriter>> Create(sdk::Host host, const sdk::Config& config);

  HlsRewriter(sdk::Host host, const PassOptions& options) : host_(std::move(host)), options_(options) {}

  bool Accepts(const sdk::ManifestProbe& probe) const noexcept override;
  sdk::Result<sdk::RewrittenManifest> Rewrite(const sdk::Call& call, const sdk::Manifest& manifest,
                                              sdk::LinkMinter& links) const override;
  sdk::Result<sdk::Destination> Follow(const sdk::Call& call, const sdk::Followed& followed) const override;

  sdk::Status Check(const sdk::Call& call, const sdk::Manifest& manifest, sdk::FindingSink& findings) const override;

 private:
  const sdk::Host host_;
  const PassOptions options_;
  std::unique_ptr<Holds> holds_ = std::make_unique<Holds>();
};

}  // namespace sluice::plugins::hls

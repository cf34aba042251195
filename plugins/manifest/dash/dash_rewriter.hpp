// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// DashRewriter: sends the links of MPDs through the gateway and leaves every other octet as it is.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/plugin.hpp>

#include <memory>

#include "mpd_pass.hpp"

namespace sluice::plugins::dash {

/// ISO/IEC 23009-1. What is rewritten, and what is not: README.md beside this file.
/// Threads: [worker] on every method.
class DashRewriter final : public sdk::ManifestRewriter {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "dash",
      .summary = "DASH manifests (MPD) and their patches: every link through the gateway, templates as templates",
      .config_schema = R"({"type": "object", "additionalProperties": false, "properties": {
        "allow_insecure_segments": {"type": "boolean", "default": false,
                     "description": "whether an MPD that came by https may refer to http; otherwise it is refused"},
        "decrypted": {"type": "boolean", "default": false,
                     "description": "whether a filter of the pipeline decrypts the segments: then players are told of no protection"},
        "licences": {"type": "string", "enum": ["proxy", "direct"], "default": "proxy",
                     "description": "whether players ask licence servers by way of the gateway, which takes a pipeline that lets POST in, or by themselves"}}})"};

  static sdk::Result<std::unique_ptr<DashRewriter>> Create(sdk::Host host, const sdk::Config& config);

  explicit DashRewriter(const PassOptions& options) : options_(options) {}

  bool Accepts(const sdk::ManifestProbe& probe) const noexcept override;
  sdk::Result<sdk::RewrittenManifest> Rewrite(const sdk::Call& call, const sdk::Manifest& manifest,
                                              sdk::LinkMinter& links) const override;
  sdk::Status Check(const sdk::Call& call, const sdk::Manifest& manifest, sdk::FindingSink& findings) const override;

 private:
  const PassOptions options_;
};

}  // namespace sluice::plugins::dash

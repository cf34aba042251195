// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ManifestRewriter: manifest text in, manifest text out, every link minted by the host. Pure: no state, no I/O.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <string>
#include <string_view>

namespace sluice::sdk {

struct LinkMinter {
  /// The URL under which the gateway serves `absolute_url` to this viewer. Deterministic within a viewer's session.
  /// \param absolute_url  resolved against the manifest's base, otherwise as the manifest wrote it (no re-encoding).
  /// \returns  a URL that starts with "/" or the public base; `absolute_url` itself where the host does not proxy it
  ///           (other schemes).
  virtual std::string Proxied(std::string_view absolute_url, LinkKind kind) = 0;

 protected:
  ~LinkMinter() = default;
};

/// What is known of a response before its body is read whole.
struct ManifestProbe {
  std::string_view content_type{};  ///< As the upstream sent it, parameters included; may be empty.
  std::string_view url{};           ///< Where it was finally retrieved from.
  std::string_view first_bytes{};   ///< Up to 512 bytes of the body.
};

struct Manifest {
  std::string_view text;            ///< The whole body.
  std::string_view base_url{};      ///< Where it was finally retrieved from, after redirects (RFC 3986 §5.1.3).
  std::string_view content_type{};  ///< As the upstream sent it.
};

struct RewrittenManifest {
  std::string text;
  std::string content_type{};  ///< What the viewer is told.
};

/// Implemented by plugins. Id: "sluice.manifest/1".
/// Threads: [worker] on every method.
struct ManifestRewriter {
  virtual ~ManifestRewriter() = default;

  /// Whether this is a manifest of the rewriter's format. Must be cheap: asked for every response of a pipeline.
  virtual bool Accepts(const ManifestProbe& probe) const noexcept = 0;

  /// \returns  kUpstreamFailed when the text is no manifest of this format.
  virtual Result<RewrittenManifest> Rewrite(const Call& call, const Manifest& manifest, LinkMinter& links) const = 0;
};

}  // namespace sluice::sdk

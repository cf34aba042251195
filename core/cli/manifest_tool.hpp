// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// `sluice manifest`: what a rewriter makes of a manifest, and what is wrong with it, without a server.

#include <iosfwd>
#include <string>

#include "core/cli/commands.hpp"

namespace sluice::cli {

enum class ManifestMode { kRewrite, kConvert, kCheck };

struct ManifestFlags {
  ConfigFlags from;       ///< Where `component` is configured. No config: the shipped rewriters with their defaults.
  std::string component;  ///< Empty: the first that accepts the manifest; for kConvert one of type dash-to-hls.
  std::string source;     ///< A file, or an http or https URL.
  std::string url;        ///< For a file: where it is from, so that its references lead there. Empty: the file itself.
};

/// Reads the manifest and gives it to the rewriter. In place of encrypted links stand readable ones: "/~/segment/1/"
/// and the URL; the number tells links to one URL apart. kRewrite prints the text; kConvert that and every playlist
/// that it leads to; kCheck what the rules of the format find wrong, a line each, and one line for each manifest that
/// is led to, followed up to 50 of them. \returns  kExitOk; kExitFailed when something is wrong with the manifest,
/// which `err` says, and of kCheck `out`; kExitUsage, of kCheck also when something could not be read as a manifest.
int RunManifestTool(ManifestMode mode, const ManifestFlags& flags, std::ostream& out, std::ostream& err);

}  // namespace sluice::cli

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pls: rewrites PLS playlists, the ones that internet radio stations hand out.

#include <memory>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/plugin.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <string_view>

namespace example {

namespace sdk = sluice::sdk;

/// A PLS playlist is an INI file with one section, `[playlist]`; the links are the values of `File1`, `File2` and so
/// on. Every other octet stays as it is.
class Pls final : public sdk::ManifestRewriter {
 public:
  static constexpr sdk::ComponentInfo kInfo{.type = "pls", .summary = "PLS playlists of internet radio"};

  static sdk::Result<std::unique_ptr<Pls>> Create(sdk::Host, const sdk::Config&) { return std::make_unique<Pls>(); }

  bool Accepts(const sdk::ManifestProbe& probe) const noexcept override {
    return probe.content_type.starts_with("audio/x-scpls") || IsPlaylist(probe.first_bytes);
  }

  sdk::Result<sdk::RewrittenManifest> Rewrite(const sdk::Call&, const sdk::Manifest& manifest,
                                              sdk::LinkMinter& links) const override {
    if (!IsPlaylist(manifest.text))
      return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "not a PLS playlist: want [playlist] first"};
    std::string out;
    for (auto rest = manifest.text; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n') == std::string_view::npos ? rest.size() : rest.find('\n') + 1);
      const auto url = LinkOf(line);
      if (url.empty()) {
        out += line;
      } else {
        const auto start = static_cast<std::size_t>(url.data() - line.data());
        out += line.substr(0, start);
        out += links.Proxied(sdk::ResolveReference(manifest.base_url, url), sdk::LinkKind::kSegment);
        out += line.substr(start + url.size());
      }
      rest.remove_prefix(line.size());
    }
    return sdk::RewrittenManifest{.text = std::move(out), .content_type = "audio/x-scpls"};
  }

 private:
  static bool IsPlaylist(std::string_view text) noexcept { return text.starts_with("[playlist]"); }

  /// The URL of a `File<n>=` line, without the line's end; otherwise empty.
  static std::string_view LinkOf(std::string_view line) {
    const auto equals = line.find('=');
    if (!line.starts_with("File") || equals == std::string_view::npos || equals == 4) return {};
    if (line.substr(4, equals - 4).find_first_not_of("0123456789") != std::string_view::npos) return {};
    const auto value = line.substr(equals + 1);
    const auto first = value.find_first_not_of(" \t\r\n"), last = value.find_last_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view() : value.substr(first, last - first + 1);
  }
};

}  // namespace example

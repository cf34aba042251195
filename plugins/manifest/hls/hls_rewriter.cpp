// SPDX-License-Identifier: MIT
#include "hls_rewriter.hpp"

#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::plugins::hls {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr std::string_view kFirstTag = "#EXTM3U";

constexpr std::string_view kPlaylistTypes[] = {
    "application/vnd.apple.mpegurl",
    "audio/mpegurl",
    "application/x-mpegurl",
    "application/mpegurl",
    "audio/x-mpegurl",
    "video/mpegurl",
    "video/x-mpegurl",
    "vnd.apple.mpegurl",
};
/// Types that say nothing: the body decides.
constexpr std::string_view kGenericTypes[] = {"", "text/plain", "application/octet-stream", "text/html",
                                              "binary/octet-stream"};

template <std::size_t N>
bool Contains(const std::string_view (&types)[N], std::string_view type) {
  return std::any_of(std::begin(types), std::end(types),
                     [&](std::string_view known) { return sdk::EqualsIgnoreCase(known, type); });
}

std::size_t BomSize(std::string_view text) { return text.starts_with(kBom) ? kBom.size() : 0; }

/// Blank octets before the first tag are forbidden, but players skip them.
bool IsPlaylist(std::string_view text) { return sdk::TrimControls(text.substr(BomSize(text))).starts_with(kFirstTag); }

/// What an operator needs to know of a body that is none. Never the body itself: it may hold anything.
std::string Describe(std::string_view text) {
  using namespace std::literals;
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") || text.starts_with("#\0E\0"sv) ||
      text.starts_with("\0#\0E"sv))
    return "the body is UTF-16, want UTF-8";
  if (text.starts_with("\x1f\x8b")) return "the body is compressed (gzip)";
  const auto start = sdk::TrimControls(text.substr(BomSize(text)));
  if (start.empty()) return "the body is empty";
  if (start.front() == '<') return "the body is HTML or XML";
  if (start.front() == '{' || start.front() == '[') return "the body is JSON";
  return "the body does not start with #EXTM3U";
}

}  // namespace

sdk::Result<std::unique_ptr<HlsRewriter>> HlsRewriter::Create(sdk::Host, const sdk::Config& config) {
  PassOptions options;
  const auto mode = config.String("/mode", "proxy");
  if (mode == "playlists") options.mode = Mode::kPlaylists;
  if (mode == "keys") options.mode = Mode::kKeys;
  options.max_line = static_cast<std::size_t>(config.Uint("/max_line", options.max_line));
  return std::make_unique<HlsRewriter>(options);
}

bool HlsRewriter::Accepts(const sdk::ManifestProbe& probe) const noexcept {
  const auto type = sdk::TrimControls(probe.content_type.substr(0, probe.content_type.find(';')));
  if (Contains(kPlaylistTypes, type)) return true;
  if (sdk::HasPathExtension(probe.url, "m3u8") || sdk::HasPathExtension(probe.url, "m3u")) return true;
  return Contains(kGenericTypes, type) && IsPlaylist(probe.first_bytes);
}

sdk::Result<sdk::RewrittenManifest> HlsRewriter::Rewrite(const sdk::Call& call, const sdk::Manifest& manifest,
                                                         sdk::LinkMinter& links) const {
  if (!IsPlaylist(manifest.text))
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "not a playlist: " + Describe(manifest.text)};
  auto text = PlaylistPass(call, manifest, links, options_).Run(BomSize(manifest.text));
  if (!text) return std::move(text).error();
  return sdk::RewrittenManifest{.text = std::move(*text), .content_type = "application/vnd.apple.mpegurl"};
}

}  // namespace sluice::plugins::hls

// SPDX-License-Identifier: MIT
#include "hls_rewriter.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "asset_list.hpp"
#include "body.hpp"
#include "checks.hpp"
#include "directives.hpp"
#include "note.hpp"
#include "steering.hpp"

namespace sluice::plugins::hls {
namespace {

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

sdk::Error NoPlaylist(std::string_view text) {
  auto why = DescribeBody(text);
  const auto start = sdk::TrimControls(text.substr(BomSize(text)));
  if (why.empty())
    why =
        start.starts_with('{') || start.starts_with('[') ? "the body is JSON" : "the body does not start with #EXTM3U";
  return {.code = sdk::Errc::kUpstreamFailed, .message = "not a playlist: " + std::string(why)};
}

bool IsBaseUrl(std::string_view text) {
  const auto url = sdk::ParseUrl(text);
  return url && url->http() && url->user_info.empty() && !url->has_query && !url->has_fragment;
}

sdk::Result<PassOptions> ReadOptions(const sdk::Config& config) {
  PassOptions options;
  const auto mode = config.String("/mode", "proxy");
  if (mode == "playlists") options.links.mode = Mode::kPlaylists;
  if (mode == "keys") options.links.mode = Mode::kKeys;
  if (mode == "cdn") options.links.mode = Mode::kCdn;
  options.links.allow_insecure = config.Bool("/allow_insecure_segments", false);
  options.max_line = static_cast<std::size_t>(config.Uint("/max_line", options.max_line));
  options.decrypted = config.Bool("/decrypted", false);
  auto base = config.String("/base_url");
  const auto fault = [](const char* message) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = message};
  };
  if (options.decrypted && options.links.mode != Mode::kProxy)
    return fault("/decrypted: want mode proxy: what passes elsewhere is not decrypted");
  if (base.empty() == (options.links.mode == Mode::kCdn))
    return fault("/base_url: want it with mode cdn, and with no other");
  if (!base.empty() && !IsBaseUrl(base))
    return fault("/base_url: want http:// or https://, a host and, if any, a path");
  if (base.ends_with('/')) base.pop_back();
  options.links.cdn_base = std::move(base);
  return options;
}

}  // namespace

sdk::Result<std::unique_ptr<HlsRewriter>> HlsRewriter::Create(sdk::Host host, const sdk::Config& config) {
  const auto options = ReadOptions(config);
  if (!options) return options.error();
  return std::make_unique<HlsRewriter>(std::move(host), *options);
}

bool HlsRewriter::Accepts(const sdk::ManifestProbe& probe) const noexcept {
  const auto leads = Note::Leads(probe.note);
  if (leads == Note::To::kSteering || leads == Note::To::kAssets) return true;
  const auto type = sdk::TrimControls(probe.content_type.substr(0, probe.content_type.find(';')));
  if (Contains(kPlaylistTypes, type)) return true;
  if (sdk::HasPathExtension(probe.url, "m3u8") || sdk::HasPathExtension(probe.url, "m3u")) return true;
  return Contains(kGenericTypes, type) && IsPlaylist(probe.first_bytes);
}

sdk::Result<sdk::RewrittenManifest> HlsRewriter::Rewrite(const sdk::Call& call, const sdk::Manifest& manifest,
                                                         sdk::LinkMinter& links) const {
  const auto from = Note::Unpack(manifest.note).value_or(Note{});
  if (from.to == Note::To::kPlaylist || from.to == Note::To::kPart) {
    if (!IsPlaylist(manifest.text)) return NoPlaylist(manifest.text);
    PlaylistPass pass(call, manifest, from, links, host_.secrets(), options_);
    auto text = pass.Run(BomSize(manifest.text));
    if (!text) return std::move(text).error();
    holds_->Learn(manifest.base_url, pass.target_duration());
    return sdk::RewrittenManifest{
        .text = std::move(*text), .content_type = "application/vnd.apple.mpegurl", .stable = true};
  }
  Linker linker(manifest, links, options_.links);
  auto text = from.to == Note::To::kAssets ? RewriteAssetList(manifest.text, linker)
                                           : RewriteSteering(manifest.text, manifest.note, linker, host_.secrets());
  if (!text) return std::move(text).error();
  return sdk::RewrittenManifest{.text = std::move(*text), .content_type = "application/json"};
}

sdk::Result<sdk::Destination> HlsRewriter::Follow(const sdk::Call&, const sdk::Followed& followed) const {
  return hls::Follow(followed, host_.secrets(), *holds_);
}

sdk::Status HlsRewriter::Check(const sdk::Call&, const sdk::Manifest& manifest, sdk::FindingSink& findings) const {
  const auto from = Note::Unpack(manifest.note).value_or(Note{});
  if (from.to != Note::To::kPlaylist) return sdk::Ok();
  const auto& text = manifest.text;
  const bool tagged = text.starts_with("#EXT") || text.find("\n#EXT") != std::string_view::npos;
  if (!IsPlaylist(text) && (!DescribeBody(text).empty() || !tagged)) return NoPlaylist(text);
  for (const auto& finding : CheckPlaylist(text, manifest.base_url, from))
    if (!findings.Put(finding)) break;
  return sdk::Ok();
}

}  // namespace sluice::plugins::hls

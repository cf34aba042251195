// SPDX-License-Identifier: MIT
#include "manifest/common/linker.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <sluice/sdk/url_template.hpp>
#include <utility>

namespace sluice::plugins::mpd {
namespace {

using namespace std::literals;

/// What FFmpeg's dash and hls demuxers take for media, and players for the rest. Empty: the host knows better.
std::string ExtensionOf(std::string_view url, const LinkUse& use) {
  static constexpr std::array kPlain{"m4s"sv, "mp4"sv, "m4v"sv, "m4a"sv,    "mov"sv,
                                     "aac"sv, "ts"sv,  "vtt"sv, "webvtt"sv, "webm"sv};
  if (use.kind == sdk::LinkKind::kManifest) return "mpd";
  const bool media =
      use.kind == sdk::LinkKind::kSegment || use.kind == sdk::LinkKind::kInit || use.kind == sdk::LinkKind::kSubtitle;
  if (!media) return {};
  auto own = sdk::PathExtension(url);
  if (std::find(kPlain.begin(), kPlain.end(), own) != kPlain.end()) return own;
  if (use.mime_type.find("webm") != std::string_view::npos) return "webm";
  if (use.mime_type == "text/vtt") return "vtt";
  if (use.mime_type.starts_with("image/")) return {};
  return use.kind == sdk::LinkKind::kInit ? "mp4" : "m4s";
}

}  // namespace

bool IsAbsolute(std::string_view text) {
  text = sdk::TrimControls(text);
  const auto stop = text.find_first_of(":/?#");
  return stop != std::string_view::npos && stop > 0 && text[stop] == ':';
}

Linker::Linker(std::string_view document_url, sdk::LinkMinter& links, bool allow_insecure)
    : links_(links),
      secure_(document_url.starts_with("https:") && !allow_insecure),
      local_(document_url.starts_with("file:")) {}

Linker::Linked Linker::Resolve(std::string_view base, std::string_view reference) const {
  if (base.empty() && !IsAbsolute(reference))
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                      .message = "a relative reference where the document does not say to what"};
  auto url = sdk::ResolveReference(base.empty() ? reference : base, reference);
  const bool file = local_ && url.starts_with("file:///") && !IsAbsolute(reference);
  if (!sdk::HasHttpHost(url) && !file) return std::optional<std::string>();
  if (secure_ && url.starts_with("http://"))
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                      .message = "an http reference in what came by https; want https, or `allow_insecure_segments`"};
  return std::optional(std::move(url));
}

Linker::Linked Linker::Mint(sdk::LinkOrder order, const LinkUse& use) {
  const auto extension = use.extension.empty() ? ExtensionOf(order.url, use) : std::string(use.extension);
  order.kind = use.kind;
  order.note = use.note;
  order.extension = extension;
  auto minted = links_.Link(order);
  if (!minted) return std::move(minted).error();
  if (minted->empty()) return sdk::Error{.code = sdk::Errc::kInternal, .message = "the host minted no link"};
  return std::optional(std::move(*minted));
}

Linker::Linked Linker::Link(std::string_view base, std::string_view reference, const LinkUse& use) {
  auto url = Resolve(base, reference);
  if (!url || !*url) return url;
  return Mint({.url = **url}, use);
}

Linker::Linked Linker::Template(std::string_view base, std::string_view reference,
                                std::span<const sdk::TemplateVariant> variants, const LinkUse& use) {
  auto url = Resolve(sdk::EscapeDollars(base), reference);
  if (!url || !*url) return url;
  return Mint({.url = **url, .is_template = true, .variants = variants}, use);
}

}  // namespace sluice::plugins::mpd

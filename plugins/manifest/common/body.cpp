// SPDX-License-Identifier: MIT
#include "manifest/common/body.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>

namespace sluice::plugins::mpd {
namespace {

using namespace std::literals;

constexpr std::array kMpdTypes{"application/dash+xml"sv, "video/vnd.mpeg.dash.mpd"sv, "application/dash-patch+xml"sv};
/// Types that say nothing: the body decides.
constexpr std::array kGenericTypes{
    ""sv, "text/plain"sv, "application/octet-stream"sv, "binary/octet-stream"sv, "application/xml"sv, "text/xml"sv};

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& types, std::string_view type) {
  return std::any_of(types.begin(), types.end(), [&](auto known) { return sdk::EqualsIgnoreCase(known, type); });
}

/// What ends a piece of what may stand before the first element; empty: none begins here.
std::string_view EndOfPiece(std::string_view text) noexcept {
  if (text.starts_with("<!--")) return "-->";
  if (text.starts_with("<?")) return "?>";
  if (!text.starts_with("<!")) return {};
  return text.find('[') < text.find('>') ? "]>" : ">";  // a document type may have a subset of its own
}

/// Behind a byte order mark, comments, processing instructions and a document type.
std::string_view SkipProlog(std::string_view text) noexcept {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (true) {
    text = sdk::TrimSpace(text);
    const auto end = EndOfPiece(text);
    if (end.empty()) return text;
    const auto at = text.find(end);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + end.size());
  }
}

}  // namespace

std::string_view FirstElement(std::string_view text) noexcept {
  text = SkipProlog(text);
  if (!text.starts_with('<')) return {};
  return LocalName(text.substr(1, std::min(text.find_first_of(" \t\r\n/>", 1), text.size()) - 1));
}

bool IsMpd(const sdk::ManifestProbe& probe) noexcept {
  const auto type = sdk::TrimControls(probe.content_type.substr(0, probe.content_type.find(';')));
  if (Contains(kMpdTypes, type) || sdk::HasPathExtension(probe.url, "mpd")) return true;
  if (!Contains(kGenericTypes, type)) return false;
  const bool wide = probe.first_bytes.find("<\0M\0P\0D\0"sv) != std::string_view::npos ||
                    probe.first_bytes.find("\0<\0M\0P\0D"sv) != std::string_view::npos;
  return wide || FirstElement(probe.first_bytes) == "MPD";
}

sdk::Result<std::unique_ptr<XmlText>> ReadXml(std::string_view text, std::initializer_list<std::string_view> roots) {
  const auto is_root = [&](std::string_view name) {
    return std::find(roots.begin(), roots.end(), name) != roots.end();
  };
  auto parsed = XmlText::Parse(std::string(text));
  if (parsed && !is_root(LocalName((*parsed)->root()))) return NoMpd(text);
  if (!parsed && !is_root(FirstElement(text)) && text.size() <= XmlText::kMaxBytes) return NoMpd(text);
  return parsed;
}

sdk::Error NoMpd(std::string_view text) {
  const auto start = sdk::TrimControls(text);
  auto why = "the body is no XML"sv;
  if (start.empty()) why = "the body is empty";
  if (text.starts_with("\x1f\x8b")) why = "the body is compressed (gzip)";
  if (start.starts_with('{') || start.starts_with('[')) why = "the body is JSON";
  if (start.starts_with("#EXTM3U")) why = "the body is an HLS playlist";
  if (start.starts_with('<')) {
    const bool html = sdk::EqualsIgnoreCase(FirstElement(start), "html") ||
                      sdk::EqualsIgnoreCase(start.substr(0, 14), "<!doctype html");
    why = html ? "the body is HTML" : "its first element is not MPD";
  }
  return {.code = sdk::Errc::kUpstreamFailed, .message = "not an MPD: " + std::string(why)};
}

}  // namespace sluice::plugins::mpd

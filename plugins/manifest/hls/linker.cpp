// SPDX-License-Identifier: MIT
#include "linker.hpp"

#include <algorithm>
#include <cstddef>
#include <sluice/sdk/text.hpp>

#include "directives.hpp"

namespace sluice::plugins::hls {
namespace {

std::string OriginOf(std::string_view url) {
  auto origin = sdk::Origin(url);
  return origin ? std::move(*origin) : std::string();
}

}  // namespace

std::string_view SchemeOf(std::string_view reference) {
  const auto stop = reference.find_first_of(":/?#{ ");
  return stop != std::string_view::npos && reference[stop] == ':' ? reference.substr(0, stop) : std::string_view();
}

Linker::Linker(const sdk::Manifest& manifest, sdk::LinkMinter& links, const LinkOptions& options)
    : links_(links),
      options_(options),
      base_(WithoutDirectives(manifest.base_url)),
      resolver_(base_),
      origin_(options.mode == Mode::kCdn ? OriginOf(base_) : std::string()),
      local_(resolver_.scheme() == "file"),
      secure_(resolver_.scheme() == "https" && !options.allow_insecure),
      all_minted_(options.mode == Mode::kProxy && sdk::HasHttpHost(base_)) {}

std::string Linker::Resolved(std::string_view reference) {
  resolver_.Resolve(reference, url_);
  return Judge(reference) == Fate::kLinked ? url_.substr(0, url_.find('#')) : std::string();
}

Linker::Fate Linker::Link(std::string_view reference, const LinkUse& use, std::string& out) {
  resolver_.Resolve(reference, url_);
  if (const auto fate = Judge(reference); fate != Fate::kLinked) return fate;
  const std::string_view url(url_);
  const auto hash = std::min(url.find('#'), url.size());
  const auto way = use.note.empty() ? WayOf(use.licence ? sdk::LinkKind::kKey : use.kind) : Way::kGateway;
  const auto fate = Append(url.substr(0, hash), way, use.kind, use.note, out);
  if (fate == Fate::kLinked) out.append(url, hash);
  return fate;
}

Linker::Fate Linker::LinkResolved(std::string_view reference, sdk::LinkKind kind, std::string& out) {
  const auto fate = Judge(reference);
  return fate == Fate::kLinked ? Append(url_, WayOf(kind), kind, {}, out) : fate;
}

/// kLinked: nothing speaks against it.
Linker::Fate Linker::Judge(std::string_view reference) const {
  if (!Fetchable(reference)) return Fate::kStays;
  return secure_ && url_.starts_with("http://") ? Fate::kInsecure : Fate::kLinked;
}

Linker::Fate Linker::Append(std::string_view target, Way way, sdk::LinkKind kind, std::string_view note,
                            std::string& out) {
  if (way == Way::kCdn && OriginOf(target) != origin_) way = Way::kGateway;
  if (way == Way::kGateway || local_) return Mint(target, kind, note, out);
  if (way == Way::kCdn)
    AppendOnCdn(target, out);
  else
    out.append(target);
  return Fate::kLinked;
}

Linker::Fate Linker::MintNoted(std::string_view target, sdk::LinkKind kind, std::string_view note, std::string& out) {
  const auto minted = links_.Link({.url = target, .kind = kind, .note = note});
  if (!minted || minted->empty()) return Fate::kUnminted;
  out.append(*minted);
  return Fate::kLinked;
}

Linker::Way Linker::WayOf(sdk::LinkKind kind) const {
  const bool segment = kind == sdk::LinkKind::kSegment || kind == sdk::LinkKind::kInit;
  switch (options_.mode) {
    case Mode::kProxy:
      return Way::kGateway;
    case Mode::kCdn:
      return segment ? Way::kCdn : Way::kGateway;
    case Mode::kKeys:
      if (kind == sdk::LinkKind::kKey) return Way::kGateway;
      break;
    case Mode::kPlaylists:
      break;
  }
  return kind == sdk::LinkKind::kManifest ? Way::kGateway : Way::kUpstream;
}

/// Whether `url_`, which `reference` resolved to, is something that a gateway may fetch for this document. A local file
/// is one only for a local playlist that names it relatively: nothing from the network may point into the disk.
bool Linker::Fetchable(std::string_view reference) const {
  return sdk::HasHttpHost(url_) || (local_ && url_.starts_with("file:///") && SchemeOf(reference).empty());
}

/// RFC 3986 §5.3: a path that is empty before a query is "/".
void Linker::AppendOnCdn(std::string_view target, std::string& out) const {
  const auto path = std::min(target.find_first_of("/?", target.find("://") + 3), target.size());
  out.append(options_.cdn_base);
  if (path == target.size() || target[path] == '?') out += '/';
  out.append(target.substr(path));
}

}  // namespace sluice::plugins::hls

// SPDX-License-Identifier: MIT
#include "directives.hpp"

#include <cstddef>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "note.hpp"
#include "pathway.hpp"

namespace sluice::plugins::hls {
namespace {

/// Players know some ten of them.
constexpr std::size_t kMaxDirectives = 32;

std::string_view TakePair(std::string_view& query) {
  const auto pair = query.substr(0, query.find('&'));
  query.remove_prefix(pair.size() == query.size() ? pair.size() : pair.size() + 1);
  return pair;
}

/// Without a link nothing but its name says what a resource is.
bool IsNamedAsPlaylist(std::string_view url) {
  return sdk::HasPathExtension(url, "m3u8") || sdk::HasPathExtension(url, "m3u");
}

std::string_view NameOf(std::string_view pair) { return pair.substr(0, pair.find('=')); }

}  // namespace

std::string WithoutDirectives(std::string_view url) {
  const auto mark = url.find('?');
  if (mark == std::string_view::npos || url.find(kDirectivePrefix, mark) == std::string_view::npos)
    return std::string(url);
  const auto hash = url.find('#', mark);
  auto query = url.substr(mark + 1, hash == std::string_view::npos ? hash : hash - mark - 1);
  std::string kept;
  while (!query.empty()) {
    const auto pair = TakePair(query);
    if (!pair.starts_with(kDirectivePrefix)) kept.append(kept.empty() ? "?" : "&").append(pair);
  }
  std::string out(url.substr(0, mark));
  out += kept;
  if (hash != std::string_view::npos) out += url.substr(hash);
  return out;
}

sdk::Result<sdk::Destination> Follow(const sdk::Followed& followed, sdk::SecretsService& secrets, const Holds& holds) {
  sdk::Destination out{.url = std::string(followed.url)};
  if (followed.minted && Note::Leads(followed.note) == Note::To::kPart) {
    out.wait = Holds::kShortest;  // until it is recorded, and while it is
    return out;
  }
  const bool playlist = followed.kind == sdk::LinkKind::kManifest;
  if (followed.minted && !playlist && followed.kind != sdk::LinkKind::kData) return out;
  if (!followed.minted && !IsNamedAsPlaylist(followed.url)) return out;
  if (const auto sealed = sdk::QueryParam(followed.query, kPathwayParam); sealed && followed.minted && playlist) {
    auto moved = MoveToPathway(out.url, followed.note, *sealed, secrets);
    if (!moved) return std::move(moved).error();
    out.url = std::move(*moved);
  }
  std::size_t count = 0;
  for (auto query = followed.query; !query.empty();) {
    const auto pair = TakePair(query);
    if (!pair.starts_with(kDirectivePrefix)) continue;
    if (++count > kMaxDirectives)
      return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "query: want at most 32 delivery directives"};
    SetQueryParam(NameOf(pair), pair, out.url);
    if (NameOf(pair) == "_HLS_msn") out.wait = holds.Of(out.url);
  }
  return out;
}

}  // namespace sluice::plugins::hls

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Which tags carry URIs, in which attribute, and what those point to.

#include <sluice/sdk/types.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>

namespace sluice::plugins::hls {

/// How a tag differs from "one attribute, one kind of link".
enum class TagRole {
  kPlain,
  kKey,              ///< Nothing to fetch when METHOD=NONE.
  kPart,             ///< A partial segment.
  kPreloadHint,      ///< The next one; TYPE=MAP hints an init section.
  kVariant,          ///< The next URI line is a playlist.
  kDefine,           ///< EXT-X-DEFINE.
  kRendition,        ///< A playlist that the multivariant playlist lists.
  kRenditionReport,  ///< The same, named by one beside it.
  kSteering,         ///< A steering manifest.
  kAssetList,        ///< A list of interstitials.
};

/// One attribute of one tag.
struct TagRule {
  std::string_view tag;        ///< After "#EXT-X-".
  std::string_view attribute;  ///< Empty: none of its own.
  sdk::LinkKind kind = sdk::LinkKind::kData;
  TagRole role = TagRole::kPlain;
  bool multivariant = false;  ///< Stands in multivariant playlists only.
};

/// RFC 8216bis §4.4, and EXT-X-IMAGE-STREAM-INF as Roku and shaka-player have it. Sorted by the length of the tag's
/// name; rules of one tag stand together.
inline constexpr TagRule kTagRules[] = {
    {"KEY", "URI", sdk::LinkKind::kKey, TagRole::kKey, false},
    {"MAP", "URI", sdk::LinkKind::kInit, TagRole::kPlain, false},
    {"PART", "URI", sdk::LinkKind::kSegment, TagRole::kPart, false},
    {"MEDIA", "URI", sdk::LinkKind::kManifest, TagRole::kRendition, true},
    {"DEFINE", "", sdk::LinkKind::kData, TagRole::kDefine, false},
    {"DATERANGE", "X-ASSET-URI", sdk::LinkKind::kManifest, TagRole::kPlain, false},
    {"DATERANGE", "X-ASSET-LIST", sdk::LinkKind::kData, TagRole::kAssetList, false},
    {"STREAM-INF", "", sdk::LinkKind::kManifest, TagRole::kVariant, true},
    {"SESSION-KEY", "URI", sdk::LinkKind::kKey, TagRole::kKey, true},
    {"PRELOAD-HINT", "URI", sdk::LinkKind::kSegment, TagRole::kPreloadHint, false},
    {"SESSION-DATA", "URI", sdk::LinkKind::kData, TagRole::kPlain, true},
    {"RENDITION-REPORT", "URI", sdk::LinkKind::kManifest, TagRole::kRenditionReport, false},
    {"IMAGE-STREAM-INF", "URI", sdk::LinkKind::kManifest, TagRole::kRendition, true},
    {"CONTENT-STEERING", "SERVER-URI", sdk::LinkKind::kData, TagRole::kSteering, true},
    {"I-FRAME-STREAM-INF", "URI", sdk::LinkKind::kManifest, TagRole::kRendition, true},
};
static_assert(std::is_sorted(std::begin(kTagRules), std::end(kTagRules),
                             [](const auto& a, const auto& b) { return a.tag.size() < b.tag.size(); }));

/// For each length of a name, the first rule that has one of it or a longer one.
inline constexpr auto kFirstOfSize = [] {
  std::array<std::size_t, std::end(kTagRules)[-1].tag.size() + 2> first{};
  for (std::size_t size = 0, rule = 0; size < first.size(); ++size) {
    while (rule < std::size(kTagRules) && kTagRules[rule].tag.size() < size) ++rule;
    first[size] = rule;
  }
  return first;
}();

/// The rules of the tag called `name`; empty: it carries no URI.
constexpr std::span<const TagRule> RulesOf(std::string_view name) {
  if (name.size() + 1 >= kFirstOfSize.size()) return {};
  const TagRule* const end = kTagRules + kFirstOfSize[name.size() + 1];
  for (const TagRule* rule = kTagRules + kFirstOfSize[name.size()]; rule != end; ++rule) {
    if (rule->tag != name) continue;
    const TagRule* last = rule + 1;
    while (last != end && last->tag == name) ++last;
    return {rule, last};
  }
  return {};
}

}  // namespace sluice::plugins::hls

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Which tags carry URIs, in which attribute, and what those point to.

#include <sluice/sdk/types.hpp>

#include <string_view>

namespace sluice::plugins::hls {

/// How a tag differs from "one attribute, one kind of link".
enum class TagRole {
  kPlain,
  kKey,          ///< Nothing to fetch when METHOD=NONE.
  kPreloadHint,  ///< TYPE=MAP hints an init section.
  kVariant,      ///< The next URI line is a playlist.
  kDefine,       ///< EXT-X-DEFINE.
};

/// One attribute of one tag.
struct TagRule {
  std::string_view tag;        ///< After "#EXT-X-".
  std::string_view attribute;  ///< Empty: none of its own.
  sdk::LinkKind kind = sdk::LinkKind::kData;
  TagRole role = TagRole::kPlain;
  bool multivariant = false;  ///< Stands in multivariant playlists only.
};

/// RFC 8216bis §4.4, and EXT-X-IMAGE-STREAM-INF as Roku and shaka-player have it. Rules of one tag stand together.
inline constexpr TagRule kTagRules[] = {
    {"KEY", "URI", sdk::LinkKind::kKey, TagRole::kKey, false},
    {"MAP", "URI", sdk::LinkKind::kInit, TagRole::kPlain, false},
    {"PART", "URI", sdk::LinkKind::kSegment, TagRole::kPlain, false},
    {"PRELOAD-HINT", "URI", sdk::LinkKind::kSegment, TagRole::kPreloadHint, false},
    {"RENDITION-REPORT", "URI", sdk::LinkKind::kManifest, TagRole::kPlain, false},
    {"DATERANGE", "X-ASSET-URI", sdk::LinkKind::kManifest, TagRole::kPlain, false},
    {"DATERANGE", "X-ASSET-LIST", sdk::LinkKind::kData, TagRole::kPlain, false},
    {"DEFINE", "", sdk::LinkKind::kData, TagRole::kDefine, false},
    {"STREAM-INF", "", sdk::LinkKind::kManifest, TagRole::kVariant, true},
    {"MEDIA", "URI", sdk::LinkKind::kManifest, TagRole::kPlain, true},
    {"I-FRAME-STREAM-INF", "URI", sdk::LinkKind::kManifest, TagRole::kPlain, true},
    {"IMAGE-STREAM-INF", "URI", sdk::LinkKind::kManifest, TagRole::kPlain, true},
    {"SESSION-KEY", "URI", sdk::LinkKind::kKey, TagRole::kKey, true},
    {"SESSION-DATA", "URI", sdk::LinkKind::kData, TagRole::kPlain, true},
    {"CONTENT-STEERING", "SERVER-URI", sdk::LinkKind::kData, TagRole::kPlain, true},
};

}  // namespace sluice::plugins::hls

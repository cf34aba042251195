// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Linker: from a reference in a playlist or in its JSON to what the viewer is given for it.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/url.hpp>

#include <string>
#include <string_view>

namespace sluice::plugins::hls {

/// Which links go through the gateway.
enum class Mode {
  kProxy,      ///< All.
  kPlaylists,  ///< Playlists, and the JSON that leads to playlists. The others become absolute URLs of the upstream.
  kKeys,       ///< The same, and keys.
  kCdn,        ///< All but segments of the playlist's own origin, which become URLs of a CDN.
};

struct LinkOptions {
  Mode mode = Mode::kProxy;
  std::string cdn_base{};       ///< Without a slash at its end. Of kCdn.
  bool allow_insecure = false;  ///< http references in what came by https.
};

/// Why a document with such a reference is refused.
inline constexpr std::string_view kInsecureReference =
    "an http reference in what came by https; want https, or `allow_insecure_segments`";

/// What stands before the colon of an absolute reference; empty: it is relative, or begins with a variable.
std::string_view SchemeOf(std::string_view reference);

/// What a link leads to.
struct LinkUse {
  sdk::LinkKind kind = sdk::LinkKind::kData;
  std::string_view note{};  ///< Of the link; a link with one always goes through the gateway.
  bool licence = false;     ///< What a key system of its own hands out: it goes the way of keys, whatever its kind.
};

/// Used for one document. Threads: one.
class Linker {
 public:
  /// What becomes of a reference.
  enum class Fate {
    kStays,     ///< It is nothing that a gateway fetches.
    kLinked,    ///< What stands for it was appended.
    kInsecure,  ///< It leads from https to http.
    kUnminted,  ///< The host made no link.
    kNotPlain,  ///< Of LinkPlain: it takes a closer look.
  };

  /// All outlive this. \param manifest  its base_url is what references are resolved against.
  Linker(const sdk::Manifest& manifest, sdk::LinkMinter& links, const LinkOptions& options);
  Linker(const Linker&) = delete;
  Linker& operator=(const Linker&) = delete;

  /// False: the document's own URL is no absolute one, and nothing can be resolved.
  bool usable() const { return !resolver_.scheme().empty(); }

  /// What a reference resolves to, without its fragment; empty: nothing that a gateway fetches.
  std::string Resolved(std::string_view reference);

  /// \param out  gets what the viewer is given. Fragments are the player's business: they stay outside of links.
  Fate Link(std::string_view reference, const LinkUse& use, std::string& out);

  /// The same for the common case: without note, fragment, options, variables and anything that had to be escaped.
  Fate LinkPlain(std::string_view reference, sdk::LinkKind kind, std::string& out) {
    if (!resolver_.ResolvePlain(reference, url_)) return Fate::kNotPlain;
    // What is absolute begins with its scheme; what is not can be fetched as the document could.
    return all_minted_ && !reference.starts_with("http") ? Mint(url_, kind, {}, out)
                                                         : LinkResolved(reference, kind, out);
  }

 private:
  /// By which way the viewer gets what a link leads to.
  enum class Way { kGateway, kCdn, kUpstream };

  Fate LinkResolved(std::string_view reference, sdk::LinkKind kind, std::string& out);
  Fate Judge(std::string_view reference) const;
  Fate Mint(std::string_view target, sdk::LinkKind kind, std::string_view note, std::string& out) {
    if (!note.empty()) return MintNoted(target, kind, note, out);
    const auto minted = links_.Proxied(target, kind);
    if (minted.empty()) return Fate::kUnminted;
    out.append(minted);
    return Fate::kLinked;
  }
  Fate Append(std::string_view target, Way way, sdk::LinkKind kind, std::string_view note, std::string& out);
  Fate MintNoted(std::string_view target, sdk::LinkKind kind, std::string_view note, std::string& out);
  Way WayOf(sdk::LinkKind kind) const;
  bool Fetchable(std::string_view reference) const;
  void AppendOnCdn(std::string_view target, std::string& out) const;

  sdk::LinkMinter& links_;
  const LinkOptions& options_;
  const std::string base_;  ///< Without the directives that the playlist was asked for with.
  const sdk::ReferenceResolver resolver_;
  const std::string origin_;  ///< Of the document; of kCdn.
  const bool local_;          ///< The document is a file.
  const bool secure_;         ///< It came by https, and leads to nothing else.
  const bool all_minted_;     ///< Whatever is beside it goes through the gateway.

  std::string url_;  ///< Reused for every link.
};

}  // namespace sluice::plugins::hls

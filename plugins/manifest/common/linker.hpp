// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Linker: from a reference in an MPD to what the viewer is given for it.

#include <sluice/sdk/manifest.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::plugins::mpd {

/// What a reference leads to.
struct LinkUse {
  sdk::LinkKind kind = sdk::LinkKind::kSegment;
  std::string_view mime_type{};  ///< Of media: players judge links by their extension.
  std::string_view note{};
  std::string_view extension{};  ///< Empty: by what it leads to.
};

/// Used for one document. Threads: one.
class Linker {
 public:
  /// What stands for the reference; nothing: the gateway fetches no such URLs, and it stays.
  using Linked = sdk::Result<std::optional<std::string>>;

  /// \param document_url    where the document was finally retrieved from. \param links  outlives this.
  /// \param allow_insecure  whether what came by https may refer to http.
  Linker(std::string_view document_url, sdk::LinkMinter& links, bool allow_insecure);

  /// \param base  absolute. Empty: not known, and only absolute references lead anywhere.
  /// \returns  kUpstreamFailed where a reference leads from https to http, or nowhere; kInternal: no link was made.
  Linked Link(std::string_view base, std::string_view reference, const LinkUse& use);

  /// A link that is a template, for a reference that is one.
  /// \param variants  that may be filled in; empty for a template that uses neither RepresentationID nor Bandwidth.
  Linked Template(std::string_view base, std::string_view reference, std::span<const sdk::TemplateVariant> variants,
                  const LinkUse& use);

 private:
  Linked Mint(sdk::LinkOrder order, const LinkUse& use);
  sdk::Result<std::optional<std::string>> Resolve(std::string_view base, std::string_view reference) const;

  sdk::LinkMinter& links_;
  const bool secure_;  ///< The document came by https, and leads to nothing else.
  const bool local_;   ///< It is a file, and may lead to others.
};

/// Whether `text` is a URL by itself: it begins with a scheme.
bool IsAbsolute(std::string_view text);

}  // namespace sluice::plugins::mpd

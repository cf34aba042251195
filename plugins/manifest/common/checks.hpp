// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the rules of DASH find wrong with an MPD. Rewriting does not need most of them kept; players do.

#include <sluice/sdk/manifest.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/common/xml_text.hpp"

namespace sluice::plugins::mpd {

/// Of one document.
class Findings {
 public:
  static constexpr std::size_t kMost = 1000;

  /// \param document  outlives this.
  explicit Findings(const XmlText& document);

  /// \param clause  of ISO/IEC 23009-1: "5.3.9.6".
  void Add(pugi::xml_node node, std::string_view clause, std::string text);
  std::vector<sdk::ManifestFinding>& list() { return list_; }

 private:
  const XmlText& document_;
  std::vector<std::size_t> line_ends_;
  std::vector<sdk::ManifestFinding> list_;
};

/// Whether a Period of that element ends somewhere that the document tells, or will tell.
bool HasEnd(pugi::xml_node period);

/// ISO/IEC 23009-1 §5.3.9.6.
void CheckTimeline(pugi::xml_node timeline, bool period_ends, Findings& findings);

/// ISO/IEC 23009-1 §5.3, as far as the MPD by itself can tell; remote elements are not looked into. At most 1000
/// findings, in the order of their lines.
std::vector<sdk::ManifestFinding> CheckMpd(const XmlText& document);

/// The same for a rewriter. Of a patch there is nothing to say. \returns  as ReadXml.
sdk::Status Check(std::string_view text, sdk::FindingSink& findings);

}  // namespace sluice::plugins::mpd

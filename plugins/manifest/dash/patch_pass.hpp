// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PatchPass: links in patch documents of MPDs (ISO/IEC 23009-1 §5.15; RFC 5261).

#include <sluice/sdk/result.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "manifest/common/linker.hpp"
#include "manifest/common/xml_text.hpp"
#include "mpd_pass.hpp"

namespace sluice::plugins::dash {

/// What a link to a patch says of the MPD that it patches.
struct PatchNote {
  std::string mpd_url;
  std::string mpd_base;

  /// Empty: too long.
  std::string Pack() const;
  static std::optional<PatchNote> Unpack(std::string_view note);
  static bool IsOne(std::string_view note) noexcept;
};

/// Used once. Threads: one.
class PatchPass {
 public:
  /// All outlive this.
  PatchPass(const mpd::XmlText& document, const PatchNote& from, mpd::Linker& linker, const PassOptions& options);

  /// \returns  kUpstreamFailed for a patch that changes what only the whole MPD tells, such as a template below a
  ///           Period: the player then loads the MPD.
  sdk::Status Run();
  std::string Take() { return edits_.Apply(document_.text()); }

 private:
  sdk::Status Operation(pugi::xml_node operation);
  sdk::Status Added(pugi::xml_node node, bool below_mpd);

  const mpd::XmlText& document_;
  const PatchNote& from_;
  mpd::Edits edits_;
  SingleLinks single_;
  PeriodLinks periods_;
  const bool decrypted_;
};

}  // namespace sluice::plugins::dash

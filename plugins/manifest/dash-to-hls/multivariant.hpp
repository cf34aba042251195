// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Multivariant: the multivariant playlist for an MPD.

#include <sluice/sdk/result.hpp>

#include <map>
#include <string>
#include <vector>

#include "codecs.hpp"
#include "manifest/common/linker.hpp"
#include "manifest/common/mpd.hpp"
#include "rendition.hpp"

namespace sluice::plugins::dash_to_hls {

/// Used once. Threads: one.
class Multivariant {
 public:
  /// All outlive this. \param presentation  `Wanted::presentation` of its links. \param codecs  of the MPD's
  /// Representations.
  Multivariant(const mpd::Mpd& mpd, std::string presentation, mpd::Linker& linker, Codecs& codecs, bool decrypted);

  /// \returns  kUpstreamFailed for an MPD that has nothing that HLS can say.
  sdk::Result<std::string> Write();

 private:
  /// Sound of one codec, in every language: what HLS calls a group.
  struct AudioGroup {
    std::string id;
    std::vector<Rendition> members{};
    std::uint64_t bandwidth = 0;  ///< The highest.
    std::string codecs{};
  };

  void Sort(const std::vector<Rendition>& renditions);
  void AddAudio(const Rendition& rendition);
  bool WriteAudio(const AudioGroup& group);
  bool WriteSubtitles();
  void WriteCaptions();
  bool WriteVariant(const Rendition& rendition, const AudioGroup* group);
  bool WriteIFrames(const Rendition& rendition);
  static std::string Picture(const mpd::Representation& one);
  static std::string NameIn(std::vector<std::string>& taken, const mpd::AdaptationSet& set, std::string_view fallback);
  bool Link(const Rendition& rendition, std::string& out);

  const mpd::Mpd& mpd_;
  const std::string presentation_;
  mpd::Linker& linker_;
  Codecs& codecs_;
  const bool decrypted_;
  std::vector<Rendition> videos_, audios_, subtitles_, i_frames_;
  std::vector<AudioGroup> groups_;
  std::string captions_;  ///< Lines of them.
  std::string out_;
  std::optional<sdk::Error> fault_;
};

/// The Period whose renditions are offered: the one that has most of them; of several the first, live the last.
const mpd::Period* RichestPeriod(const mpd::Mpd& mpd, bool decrypted);

}  // namespace sluice::plugins::dash_to_hls

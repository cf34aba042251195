// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// MediaPlaylist: the media playlist for one rendition of an MPD.

#include <sluice/sdk/host.hpp>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/url_template.hpp>

#include <optional>
#include <string>
#include <vector>

#include "clock.hpp"
#include "indexes.hpp"
#include "manifest/common/linker.hpp"
#include "manifest/common/mpd.hpp"
#include "manifest/common/track.hpp"
#include "rendition.hpp"
#include "sequence.hpp"

namespace sluice::plugins::dash_to_hls {

/// Puts a gap into every hole that is longer than what rounding makes.
void FillHoles(mpd::Track& track);

/// What a playlist is made with. All outlive the making.
struct Making {
  const sdk::Call& call;
  const sdk::Host& host;
  const mpd::Mpd& mpd;
  mpd::Linker& linker;
  sdk::ReferenceFetcher* references;
  bool decrypted;  ///< The gateway decrypts: players need no keys.
};

/// Used once. Threads: one.
class MediaPlaylist {
 public:
  MediaPlaylist(const Making& making, const Wanted& wanted);

  /// \returns  kNotFound: no Period has such a rendition; kUpstreamFailed.
  sdk::Result<std::string> Write();

 private:
  /// What one Period puts into the list.
  struct Part {
    const mpd::Period* period;
    std::string representation_id{};
    mpd::Track track{};
    bool absent = false;      ///< The Period has no such rendition: its segments are gaps.
    bool numbered = false;    ///< Numbers tell segments apart, not times.
    std::string map{};        ///< The EXT-X-MAP line; empty: none.
    std::string keys{};       ///< The EXT-X-KEY lines.
    std::string file_link{};  ///< What ranges are of, or the whole sidecar file.
    std::optional<sdk::UrlTemplate> media{};
    sdk::LinkKind kind = sdk::LinkKind::kSegment;
    std::string mime_type{};
    std::string note{};  ///< Of the media's links: the init section, for a filter that decrypts. Empty: none does.
  };

  sdk::Status Collect();
  sdk::Result<Part> ReadPart(const mpd::Period& period, const Rendition& rendition);
  sdk::Status FindLinks(const mpd::Representation& one, Part& part);
  sdk::Result<std::string> MapLine(const mpd::InitSection& piece, const Part& part);
  sdk::Result<std::string> LinkTo(const Part& part, std::string_view reference);
  Part GapPart(const mpd::Period& period) const;
  mpd::Extent ExtentOf(const mpd::Period& period, const mpd::Representation& one);
  std::vector<Mark> Marks() const;
  std::uint64_t Target() const;
  bool Continues(std::size_t part) const;
  void WriteHead(const Numbers& numbers);
  sdk::Status WritePart(std::size_t index);
  void WriteDate(const Part& part, mpd::Micros since);
  sdk::Status WriteSegment(const Part& part, const mpd::Segment& segment);
  const Now& Clock();

  const Making& making_;
  const Wanted& wanted_;
  Indexes indexes_;
  std::optional<Now> now_;
  std::vector<Part> parts_;
  bool one_file_ = true;  ///< Static, and never known as a live list.
  std::string out_;
};

}  // namespace sluice::plugins::dash_to_hls

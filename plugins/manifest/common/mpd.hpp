// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Mpd: what a DASH manifest says of its Periods and of what can be chosen in them (ISO/IEC 23009-1 §5.3).

#include <sluice/sdk/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/common/times.hpp"
#include "manifest/common/xml_text.hpp"

namespace sluice::plugins::mpd {

/// A scheme, and what it makes of a value: Role, Accessibility, EssentialProperty and their like.
struct Descriptor {
  std::string scheme;
  std::string value;
};

/// One way to get at the keys of a Representation.
struct DrmSystem {
  std::string id;             ///< A UUID in lower case.
  std::string pssh{};         ///< Base64, as the MPD has it.
  std::string pro{};          ///< Of PlayReady, base64.
  std::string licence_url{};  ///< As the MPD has it.
};

struct Protection {
  std::string scheme{};  ///< "cenc", "cbcs", "cens", "cbc1"; empty: the MPD does not say.
  std::string key_id{};  ///< A UUID in lower case; empty: the MPD does not say.
  std::vector<DrmSystem> systems{};
};

struct Representation {
  std::string id{};
  std::uint64_t bandwidth = 0;  ///< Bits a second.
  std::string codecs{};
  std::string supplemental_codecs{};
  std::string mime_type{};
  std::uint64_t width = 0, height = 0;  ///< Pixels as coded; 0: not said.
  std::string sar{};                    ///< "4:3"
  std::string frame_rate{};             ///< "25", "30000/1001"
  std::string channels{};               ///< "2"; empty: not said.
  std::uint64_t start_with_sap = 0;
  std::vector<Descriptor> essential{}, supplemental{};
  std::optional<Protection> protection{};
  std::string base_url{};
  pugi::xml_node node{};  ///< Whose segments: see track.hpp.
};

enum class MediaType { kVideo, kAudio, kText, kImage, kOther };

struct AdaptationSet {
  std::string id{};
  MediaType type = MediaType::kOther;
  std::string language{};
  std::string label{};
  std::vector<std::string> roles{};  ///< Of urn:mpeg:dash:role:2011, and FORCED ones of others.
  std::vector<Descriptor> accessibility{};
  std::vector<Representation> representations{};

  bool Is(std::string_view role) const;
};

struct Period {
  std::string id{};  ///< The MPD's; where it has none, its start.
  Micros start{};
  std::optional<Micros> duration{};  ///< Nothing: it goes on.
  std::vector<AdaptationSet> sets{};
  std::string continues{};  ///< The id of the Period whose timeline goes on in it; empty: none.
};

struct Mpd {
  bool dynamic = false;
  std::string url{};                   ///< From where it is loaded the next time.
  std::optional<Instant> available{};  ///< availabilityStartTime
  std::optional<Micros> buffer{};      ///< timeShiftBufferDepth. Nothing: without end.
  std::optional<Micros> delay{};       ///< suggestedPresentationDelay
  std::optional<Micros> longest{};     ///< maxSegmentDuration
  std::vector<Descriptor> clocks{};    ///< UTCTiming
  std::string base_url{};
  std::vector<Period> periods{};  ///< Those whose start is known.
};

/// \param document  outlives the answer.
/// \param url       where it was finally retrieved from.
Mpd ReadMpd(const XmlText& document, const std::string& url);

}  // namespace sluice::plugins::mpd

// SPDX-License-Identifier: MIT
#include "rendition.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>

#include "keys.hpp"
#include "manifest/common/addressing.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

using namespace std::literals;

constexpr std::string_view kName = "dash-to-hls:";
constexpr std::string_view kTrickMode = "http://dashif.org/guidelines/trickmode";
/// Essential properties that say what VIDEO-RANGE says, or what does not matter.
constexpr std::string_view kColour = "urn:mpeg:mpegB:cicp:";

struct Family {
  std::string_view name;
  std::string_view codec;  ///< How its codecs begin.
  bool is_sound;
};
constexpr std::array kFamilies{
    Family{"avc", "avc1", false},  Family{"avc", "avc3", false},  Family{"hevc", "hvc1", false},
    Family{"hevc", "hev1", false}, Family{"dv", "dvh1", false},   Family{"dv", "dvhe", false},
    Family{"dv", "dvav", false},   Family{"av1", "av01", false},  Family{"vp9", "vp09", false},
    Family{"aac", "mp4a", true},   Family{"ac-3", "ac-3", true},  Family{"ec-3", "ec-3", true},
    Family{"ac-4", "ac-4", true},  Family{"opus", "opus", true},  Family{"opus", "Opus", true},
    Family{"flac", "fLaC", true},  Family{"flac", "flac", true},  Family{"dts", "dts", true},
    Family{"alac", "alac", true},  Family{"mpegh", "mhm1", true},
};

const Family* FamilyOf(std::string_view codec) {
  const auto* const found =
      std::find_if(kFamilies.begin(), kFamilies.end(), [&](const Family& one) { return codec.starts_with(one.codec); });
  return found == kFamilies.end() ? nullptr : found;
}

bool IsUnderstood(const std::vector<mpd::Descriptor>& essential, bool& trick) {
  return std::all_of(essential.begin(), essential.end(), [&](const mpd::Descriptor& property) {
    trick = trick || property.scheme == kTrickMode;
    return property.scheme == kTrickMode || property.scheme.starts_with(kColour);
  });
}

std::optional<RenditionType> TypeOf(const mpd::AdaptationSet& set, const mpd::Representation& one) {
  bool trick = false;
  if (!IsUnderstood(one.essential, trick)) return std::nullopt;
  const bool mp4 = one.mime_type.ends_with("/mp4");
  switch (set.type) {
    case mpd::MediaType::kVideo:
      if (!mp4) return std::nullopt;
      return trick ? RenditionType::kIFrames : RenditionType::kVideo;
    case mpd::MediaType::kAudio:
      return mp4 && !trick ? std::optional(RenditionType::kAudio) : std::nullopt;
    case mpd::MediaType::kText:
      if (mp4 || one.mime_type == "text/vtt") return RenditionType::kSubtitles;
      return std::nullopt;
    case mpd::MediaType::kImage:
    case mpd::MediaType::kOther:
      break;
  }
  return std::nullopt;
}

std::string MainRole(const mpd::AdaptationSet& set) { return set.roles.empty() ? std::string() : set.roles.front(); }

std::uint64_t Distance(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

/// How well a rendition fits; the higher the better.
unsigned Score(const Rendition& rendition, const Wanted& wanted) {
  const auto& set = *rendition.set;
  unsigned score = 0;
  if (CodecFamily(rendition.representation->codecs) == wanted.family) score += 8;
  if (MainRole(set) == wanted.role) score += 4;
  if (set.label == wanted.label) score += 2;
  if (rendition.representation->id == wanted.representation_id) score += 1;
  return score;
}

}  // namespace

std::string CodecFamily(std::string_view codecs) {
  const auto first = codecs.substr(0, codecs.find(','));
  const auto* const family = FamilyOf(first);
  return std::string(family != nullptr ? family->name : first.substr(0, first.find('.')));
}

bool IsMuxed(std::string_view codecs) {
  bool pictures = false;
  bool sound = false;
  while (!codecs.empty()) {
    const auto* const family = FamilyOf(sdk::TrimSpace(sdk::TakeUpTo(codecs, ',')));
    if (family != nullptr) (family->is_sound ? sound : pictures) = true;
  }
  return pictures && sound;
}

std::string Wanted::Pack() const {
  std::string out(kName);
  out += static_cast<char>(type);
  for (const auto& field : {representation_id, std::to_string(bandwidth), family, language, role, label, presentation})
    out.append(",").append(sdk::PercentEncode(field));
  return out;
}

bool Wanted::IsOne(std::string_view note) noexcept { return note.starts_with(kName); }

std::optional<Wanted> Wanted::Unpack(std::string_view note) {
  if (!IsOne(note) || note.size() == kName.size()) return std::nullopt;
  note.remove_prefix(kName.size());
  Wanted out{.type = static_cast<RenditionType>(note.front())};
  if ("vasi"sv.find(note.front()) == std::string_view::npos) return std::nullopt;
  std::string bandwidth;
  for (auto* field :
       {&out.representation_id, &bandwidth, &out.family, &out.language, &out.role, &out.label, &out.presentation}) {
    const auto comma = note.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    note.remove_prefix(comma + 1);
    auto text = sdk::PercentDecode(note.substr(0, note.find(',')));
    if (!text) return std::nullopt;
    *field = std::move(*text);
  }
  if (!mpd::ReadNumber(bandwidth, out.bandwidth)) return std::nullopt;
  return out;
}

std::vector<Rendition> RenditionsOf(const mpd::Period& period, bool decrypted) {
  std::vector<Rendition> out;
  for (const auto& set : period.sets) {
    for (const auto& one : set.representations) {
      const auto type = TypeOf(set, one);
      const bool readable = !one.protection || decrypted || IsExpressible(*one.protection);
      if (type && readable) out.push_back({&set, &one, *type});
    }
  }
  return out;
}

Wanted Describe(const Rendition& rendition) {
  const auto cut = [](const std::string& text) { return text.substr(0, 128); };
  return {.type = rendition.type,
          .representation_id = cut(rendition.representation->id),
          .bandwidth = rendition.representation->bandwidth,
          .family = cut(CodecFamily(rendition.representation->codecs)),
          .language = cut(rendition.set->language),
          .role = cut(MainRole(*rendition.set)),
          .label = cut(rendition.set->label)};
}

std::optional<Rendition> Find(const std::vector<Rendition>& renditions, const Wanted& wanted) {
  std::optional<Rendition> best;
  for (const auto& rendition : renditions) {
    if (rendition.type != wanted.type) continue;
    if (wanted.type == RenditionType::kSubtitles && rendition.set->language != wanted.language) continue;
    if (!best) {
      best = rendition;
      continue;
    }
    const auto same_language = [&](const Rendition& one) { return one.set->language == wanted.language; };
    const auto score = Score(rendition, wanted) + (same_language(rendition) ? 16U : 0U);
    const auto best_score = Score(*best, wanted) + (same_language(*best) ? 16U : 0U);
    const bool closer = Distance(rendition.representation->bandwidth, wanted.bandwidth) <
                        Distance(best->representation->bandwidth, wanted.bandwidth);
    if (score > best_score || (score == best_score && closer)) best = rendition;
  }
  return best;
}

}  // namespace sluice::plugins::dash_to_hls
